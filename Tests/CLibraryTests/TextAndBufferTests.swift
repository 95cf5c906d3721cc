// SPDX-License-Identifier: Apache-2.0
import JSON
import PluginSDK
import PluginTestKit
import Testing

@Suite struct TextAndBufferTests {
  // MARK: Texts

  @Test func textsGoInAndComeOut() async throws {
    let path = try FixtureLibrary.ownCopy()
    let library = try await CLibraryHarness(
      [
        "length": ["symbol": "fx_length", "returns": "u64", "args": [["name": "text", "type": "cstring", "optional": true]]],
        "length_at": ["symbol": "fx_length_at", "returns": "u64", "args": [["name": "text", "type": "cstring", "pointer": true]]],
        "name": ["symbol": "fx_name", "returns": ["type": "cstring", "name": "word"], "args": [["name": "number", "type": "i32"]]],
        "join": [
          "symbol": "fx_join", "returns": ["type": "cstring", "free": "fx_free_text"],
          "args": [["name": "a", "type": "cstring"], ["name": "b", "type": "cstring", "default": "!"]],
        ],
        "split": [
          "symbol": "fx_split", "returns": "void",
          "args": [
            ["name": "text", "type": "cstring"], ["name": "first", "type": "cstring", "direction": "out", "free": "fx_free_text"],
          ],
        ],
      ], library: path)
    #expect(try await library.text("fx.length", #"{"text":"café"}"#) == #"{"result":5}"#)
    #expect(try await library.text("fx.length", #"{"text":""}"#) == #"{"result":0}"#)
    #expect(try await library.text("fx.length") == #"{"result":"18446744073709551615"}"#)
    #expect(try await library.text("fx.length_at", #"{"text":"abc"}"#) == #"{"result":3}"#)
    #expect(try await library.text("fx.name", #"{"number":0}"#) == #"{"word":null}"#)
    #expect(try await library.text("fx.name", #"{"number":2}"#) == #"{"word":"café \#u{FFFD}"}"#)
    #expect(try await library.text("fx.join", #"{"a":"hello"}"#) == #"{"result":"hello!"}"#)
    #expect(try await library.text("fx.split", #"{"text":"one two"}"#) == #"{"first":"one"}"#)
    #expect(try number("fx_texts", in: path) == 0)
    #expect(
      try await library.fault("fx.length", #"{"text":"a\u0000b"}"#)
        == "cannot call 'fx.length': 'text' has a NUL, which ends a text in C; leave it out")
    #expect(try await library.fault("fx.length", #"{"text":7}"#) == "cannot call 'fx.length': 'text' is 7; write text")
    await library.close()
  }

  // MARK: Buffers that go in

  private static let sums: [String: JSONValue] = [
    "sum": [
      "symbol": "fx_sum_bytes", "returns": "u64",
      "args": [["name": "bytes", "type": "bytes"], ["type": "length", "of": "bytes", "as": "u16"]],
    ],
    "hex": [
      "symbol": "fx_sum_bytes", "returns": "u64",
      "args": [["name": "bytes", "type": "bytes", "encoding": "hex"], ["type": "length", "of": "bytes", "as": "u16"]],
    ],
    "text": [
      "symbol": "fx_sum_bytes", "returns": "u64",
      "args": [["name": "bytes", "type": "bytes", "encoding": "utf8"], ["type": "length", "of": "bytes", "as": "u16"]],
    ],
    "words": [
      "symbol": "fx_sum_words", "returns": "u64",
      "args": [["name": "words", "type": "bytes", "encoding": "hex"], ["type": "length", "of": "words", "as": "u8", "unit": 4]],
    ],
    "null": ["symbol": "fx_is_null", "returns": "i32", "args": [["name": "bytes", "type": "bytes", "optional": true]]],
  ]

  @Test func bytesGoIn() async throws {
    let library = try await CLibraryHarness(Self.sums)
    #expect(try await library.text("fx.sum", #"{"bytes":"AQL/"}"#) == #"{"result":258}"#)
    #expect(try await library.text("fx.sum", #"{"bytes":""}"#) == #"{"result":0}"#)
    #expect(try await library.text("fx.hex", #"{"bytes":"0102Ff"}"#) == #"{"result":258}"#)
    #expect(try await library.text("fx.text", #"{"bytes":"ab"}"#) == #"{"result":195}"#)
    #expect(try await library.text("fx.words", #"{"words":"0100000002000000"}"#) == #"{"result":3}"#)
    #expect(try await library.text("fx.null", "") == #"{"result":1}"#)
    #expect(try await library.text("fx.null", #"{"bytes":""}"#) == #"{"result":0}"#)
    await library.close()
  }

  @Test func rawBytesAreForACommandWithOneBuffer() async throws {
    let library = try await CLibraryHarness(Self.sums)
    let answer = try await library.host.begin("fx.sum", Payload(bytes: [1, 2, 255], content: .bytes)).answer()
    #expect(answer.text == #"{"result":258}"# && answer.payload.content == .json)
    let refused = try await library.host.begin("fx.sum", Payload(bytes: [0xa0], content: .cbor)).answer()
    #expect(refused.failure?.message == "cannot call 'fx.sum': its input is neither JSON nor raw bytes; send JSON")
    await library.close()
  }

  @Test(arguments: [
    ("sum", #"{"bytes":"AQL"}"#, "'bytes' is not base64 with padding; correct it"),
    ("sum", #"{"bytes":"A*=="}"#, "'bytes' is not base64 with padding; correct it"),
    ("sum", #"{"bytes":"===="}"#, "'bytes' is not base64 with padding; correct it"),
    ("sum", #"{"bytes":[1]}"#, "'bytes' is an array; write the bytes as base64 with padding"),
    ("sum", "{}", "'bytes' is missing; add it"),
    ("sum", #"{"bytes":"","more":1}"#, "it has no argument 'more'; it takes 'bytes'"),
    ("hex", #"{"bytes":"0g"}"#, "'bytes' is not hexadecimal digits, two a byte; correct it"),
    ("hex", #"{"bytes":"0"}"#, "'bytes' is not hexadecimal digits, two a byte; correct it"),
    ("words", #"{"words":"0102"}"#, "'words' has 2 bytes, which is no multiple of 4; complete the last element"),
    ("sum", "[1]", "its input is an array; send an object: { … }"),
    ("sum", "{", "its input is not JSON: a bracket, comma, colon or quote is missing or misplaced"),
  ])
  func bytesThatAreNoneAreRefused(command: String, input: String, cause: String) async throws {
    let library = try await CLibraryHarness(Self.sums)
    #expect(try await library.fault("fx.\(command)", input) == "cannot call 'fx.\(command)': \(cause)")
    await library.close()
  }

  @Test func aBufferLongerThanItsLengthCanSayIsRefused() async throws {
    let library = try await CLibraryHarness(Self.sums)
    let answer = try await library.host.begin("fx.sum", Payload(bytes: [UInt8](repeating: 1, count: 65_536), content: .bytes)).answer()
    #expect(answer.status == .tooLarge)
    #expect(answer.failure?.message == "cannot call 'fx.sum': 'bytes' has 65536 bytes, more than a 'u16' can say; send less")
    let fits = try await library.host.begin("fx.sum", Payload(bytes: [UInt8](repeating: 1, count: 65_535), content: .bytes)).answer()
    #expect(fits.text == #"{"result":65535}"#)
    let huge = try await library.host.begin("fx.null", Payload(bytes: [UInt8](repeating: 1, count: 16 << 20 + 1), content: .bytes)).answer()
    #expect(huge.failure?.message == "cannot call 'fx.null': 'bytes' has 16777217 bytes; at most 16777216 (16 MiB) are taken")
    await library.close()
  }

  // MARK: Buffers that come out

  private static let outputs: [String: JSONValue] = [
    "reverse": [
      "symbol": "fx_reverse", "returns": "void",
      "args": [
        ["name": "bytes", "type": "bytes", "direction": "inout", "encoding": "hex"], ["type": "length", "of": "bytes", "as": "u64"],
      ],
    ],
    "write": [
      "symbol": "fx_write", "returns": "i64",
      "args": [
        [
          "name": "text", "type": "bytes", "direction": "out", "encoding": "utf8", "length": "return",
          "capacity": ["member": "room", "default": 64],
        ],
        ["type": "length", "of": "text", "as": "u32"],
      ],
    ],
    "fill": [
      "symbol": "fx_fill", "returns": "i32", "errors": "nonzero",
      "args": [
        ["name": "bytes", "type": "bytes", "direction": "out", "capacity": ["member": "room"]],
        ["type": "length", "of": "bytes", "as": "u32", "direction": "inout"], ["name": "value", "type": "u8"],
      ],
    ],
    "text": [
      "symbol": "fx_text_into", "returns": "void",
      "args": [
        ["name": "text", "type": "bytes", "direction": "out", "encoding": "utf8", "length": "nul", "capacity": 32],
        ["type": "length", "of": "text", "as": "u64"],
      ],
    ],
    "copy": [
      "symbol": "fx_copy", "returns": "void",
      "args": [
        ["name": "from", "type": "bytes", "encoding": "hex", "size": ["of": ["width", "height"]]],
        [
          "name": "to", "type": "bytes", "direction": "out", "encoding": "hex",
          "capacity": ["of": ["width", "height"], "times": 1, "plus": 1],
        ],
        ["name": "width", "type": "u64"], ["name": "height", "type": "u64"],
      ],
    ],
    "boast": [
      "symbol": "fx_boast", "returns": "i64",
      "args": [
        ["name": "bytes", "type": "bytes", "direction": "out", "length": "return", "capacity": 8],
        ["type": "length", "of": "bytes", "as": "u64"],
      ],
    ],
  ]

  @Test func bytesComeOut() async throws {
    let library = try await CLibraryHarness(Self.outputs)
    #expect(try await library.text("fx.reverse", #"{"bytes":"010203"}"#) == #"{"bytes":"030201"}"#)
    #expect(try await library.text("fx.write") == #"{"text":"hello, 42"}"#)
    #expect(try await library.text("fx.fill", #"{"room":10,"value":65}"#) == #"{"bytes":"QUFBQQ=="}"#)
    #expect(try await library.text("fx.text") == #"{"text":"as text"}"#)
    #expect(
      try await library.text("fx.copy", #"{"from":"010203040506","width":2,"height":3}"#) == #"{"to":"01020304050600"}"#)
    await library.close()
  }

  @Test func rawBytesComeBackForRawBytes() async throws {
    let library = try await CLibraryHarness(Self.outputs)
    let answer = try await library.host.begin("fx.reverse", Payload(bytes: [1, 2, 0, 255], content: .bytes)).answer()
    #expect(answer.payload == Payload(bytes: [255, 0, 2, 1], content: .bytes))
    let refused = try await library.host.begin("fx.copy", Payload(bytes: [1], content: .bytes)).answer()
    #expect(
      refused.failure?.message
        == "cannot call 'fx.copy': raw bytes are for a command with one buffer and nothing else that must be given; send JSON")
    await library.close()
  }

  @Test(arguments: [
    (
      "fill", #"{"room":1099511627776,"value":1}"#,
      "cannot call 'fx.fill': 'room' is 1099511627776; write a number of bytes from 1 to 16777216"
    ),
    ("fill", #"{"room":0,"value":1}"#, "cannot call 'fx.fill': 'room' is 0; write a number of bytes from 1 to 16777216"),
    ("fill", #"{"value":1}"#, "cannot call 'fx.fill': 'room' is missing; add it"),
    (
      "copy", #"{"from":"01","width":1048576,"height":1048576}"#,
      "cannot call 'fx.copy': the size of 'from' would be below zero or above 16777216 bytes (16 MiB); ask for less"
    ),
    (
      "copy", #"{"from":"01","width":18446744073709551615,"height":2}"#,
      "cannot call 'fx.copy': the size of 'from' would be below zero or above 16777216 bytes (16 MiB); ask for less"
    ),
    ("copy", #"{"from":"01","width":2,"height":2}"#, "cannot call 'fx.copy': 'from' has 1 bytes; it must have 4"),
    (
      "boast", "{}",
      "'fx.boast' went wrong: 'fx_boast' says that 'bytes' has 9 elements, and there is room for 8; give it more room, or correct the signature"
    ),
    (
      "write", #"{"room":3}"#,
      "'fx.write' went wrong: 'fx_write' says that 'text' has 9 elements, and there is room for 3; give it more room, or correct the signature"
    ),
    ("fill", #"{"room":3,"value":1}"#, "'fx.fill' failed: 'fx_fill' returned -5"),
  ])
  func buffersThatCannotBeAreRefused(command: String, input: String, sentence: String) async throws {
    let library = try await CLibraryHarness(Self.outputs)
    #expect(try await library.fault("fx.\(command)", input) == sentence)
    await library.close()
  }
}
