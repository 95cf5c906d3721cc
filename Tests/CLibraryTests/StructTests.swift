// SPDX-License-Identifier: Apache-2.0
import JSON
import Signatures
import Testing

@Suite struct StructTests {
  private static let structs: JSONValue = [
    "structs": [
      "record": [
        "fields": [
          ["name": "tag", "type": "u8"], ["name": "weight", "type": "f64"], ["name": "counts", "type": "i32", "count": 3],
          ["name": "name", "type": "u8", "count": 8, "encoding": "utf8"], ["name": "label", "type": "cstring"],
          ["name": "reserved", "type": "pointer"], ["name": "done", "type": "bool"],
        ]
      ]
    ]
  ]
  private static let commands: [String: JSONValue] = [
    "make": [
      "symbol": "fx_record", "returns": "void",
      "args": [["name": "record", "type": "struct:record", "direction": "out"], ["name": "seed", "type": "i32"]],
    ],
    "grow": ["symbol": "fx_grow", "returns": "void", "args": [["name": "record", "type": "struct:record", "direction": "inout"]]],
    "label": ["symbol": "fx_label_length", "returns": "u64", "args": [["name": "record", "type": "struct:record", "optional": true]]],
    "kept": ["symbol": "fx_kept", "returns": "struct:record", "args": [["name": "seed", "type": "i32"]]],
    "size": ["symbol": "fx_record_size", "returns": "u64"],
  ]

  private static func harness() async throws -> CLibraryHarness { try await CLibraryHarness(commands, extra: structs) }

  @Test func structsGoInAndComeOut() async throws {
    let library = try await Self.harness()
    let made = #"{"tag":200,"weight":2.5,"counts":[-5,0,5],"name":"seven","label":"label","done":true}"#
    #expect(try await library.text("fx.make", #"{"seed":5}"#) == #"{"record":\#(made)}"#)
    #expect(try await library.text("fx.kept", #"{"seed":5}"#) == #"{"result":\#(made)}"#)
    #expect(try await library.text("fx.kept", #"{"seed":0}"#) == #"{"result":null}"#)
    #expect(
      try await library.text("fx.grow", #"{"record":{"tag":255,"weight":1.5,"counts":[2,3],"name":"seven","label":"x"}}"#)
        == #"{"record":{"tag":0,"weight":3.0,"counts":[2,3,5],"name":"Xeven","label":"x","done":true}}"#)
    #expect(try await library.text("fx.label", #"{"record":{"label":"four"}}"#) == #"{"result":4}"#)
    #expect(try await library.text("fx.label", #"{"record":{"label":null}}"#) == #"{"result":0}"#)
    #expect(try await library.text("fx.label", "{}") == #"{"result":999}"#)
    await library.close()
  }

  @Test func theLayoutIsThatOfC() async throws {
    let library = try await Self.harness()
    let layout = try LibraryInterface(CLibraryHarness.manifest(Self.commands, extra: Self.structs)).structs["record"]
    #expect(layout?.fields.map(\.offset) == [0, 8, 16, 28, 40, 48, 56])
    #expect(try await library.text("fx.size") == #"{"result":\#(layout?.size ?? 0)}"#)
    await library.close()
  }

  @Test(arguments: [
    (#"7"#, "'record' is 7; write an object: { … }"),
    (#"{"tga":1}"#, "'record' has no field 'tga'; it has 'tag', 'weight', 'counts', 'name', 'label', 'done'"),
    (#"{"reserved":null}"#, "'record' has no field 'reserved'; it has 'tag', 'weight', 'counts', 'name', 'label', 'done'"),
    (#"{"tag":300}"#, "'record.tag' is 300; write a whole number from 0 to 255"),
    (#"{"counts":[1,2,3,4]}"#, "'record.counts' has more than 3 elements; leave some out"),
    (#"{"counts":[1,"x"]}"#, "'record.counts' has an element 1 that is text; write a whole number from -2147483648 to 2147483647"),
    (#"{"counts":1}"#, "'record.counts' is 1; write an array of at most 3 numbers"),
    (#"{"name":"12345678"}"#, "'record.name' has 8 bytes; there is room for 7"),
    (#"{"name":"a\u0000"}"#, "'record.name' has a NUL, which ends a text in C; leave it out"),
    (#"{"done":1}"#, "'record.done' is 1; write true or false"),
  ])
  func fieldsThatDoNotFitAreRefused(record: String, cause: String) async throws {
    let library = try await Self.harness()
    #expect(try await library.fault("fx.grow", #"{"record":\#(record)}"#) == "cannot call 'fx.grow': \(cause)")
    await library.close()
  }
}
