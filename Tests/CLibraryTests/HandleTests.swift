// SPDX-License-Identifier: Apache-2.0
import JSON
import PluginSDK
import PluginTestKit
import Testing

@Suite struct HandleTests {
  private static let types: JSONValue = ["handles": ["counter": ["free": "fx_counter_free"], "bag": ["free": "free"]]]
  private static let commands: [String: JSONValue] = [
    "new": [
      "symbol": "fx_counter_new", "returns": ["type": "handle:counter", "name": "counter"], "errors": "zero",
      "args": [["name": "start", "type": "i64"]],
    ],
    "open": [
      "symbol": "fx_counter_open", "returns": "i32", "errors": "nonzero",
      "args": [["name": "start", "type": "i64"], ["name": "counter", "type": "handle:counter", "direction": "out"]],
    ],
    "add": [
      "symbol": "fx_counter_add", "returns": "i64",
      "args": [["name": "counter", "type": "handle:counter", "optional": true], ["name": "more", "type": "i64", "default": 1]],
    ],
    "close": [
      "symbol": "fx_counter_close", "returns": "i32", "errors": "nonzero",
      "args": [["name": "counter", "type": "handle:counter", "releases": true]],
    ],
    "same": ["symbol": "fx_counter_same", "returns": "handle:counter", "args": [["name": "counter", "type": "handle:counter"]]],
    "bag": [
      "symbol": "fx_bag_new", "returns": "handle:bag", "args": [["name": "width", "type": "u32"], ["name": "height", "type": "u32"]],
    ],
    "put": [
      "symbol": "fx_bag_put", "returns": "void",
      "args": [
        ["name": "bag", "type": "handle:bag"],
        ["name": "bytes", "type": "bytes", "encoding": "hex", "size": ["of": ["bag.width", "bag.height"], "times": 2, "plus": 1]],
      ],
    ],
  ]

  private static func harness(_ library: String = FixtureLibrary.everything) async throws -> CLibraryHarness {
    try await CLibraryHarness(commands, library: library, extra: types)
  }

  private func new(_ library: CLibraryHarness, _ start: Int64 = 1) async throws -> Int {
    try #require(try await library.ask("fx.new", ["start": .integer(start)])["counter"]?.intValue)
  }

  @Test func handlesAreUsedAndClosed() async throws {
    let path = try FixtureLibrary.ownCopy()
    let library = try await Self.harness(path)
    let first = try await new(library, 40)
    let second = try #require(try await library.ask("fx.open", ["start": 100])["counter"]?.intValue)
    #expect(first != second && first < 1 << 53 && second < 1 << 53)
    #expect(try await library.text("fx.add", #"{"counter":\#(first),"more":2}"#) == #"{"result":42}"#)
    #expect(try await library.text("fx.add", #"{"counter":\#(second)}"#) == #"{"result":101}"#)
    #expect(try await library.text("fx.add") == #"{"result":-1}"#)
    #expect(try await library.text("fx.close", #"{"counter":\#(first)}"#) == "{}")
    #expect(try number("fx_live", in: path) == 1)
    #expect(
      try await library.fault("fx.add", #"{"counter":\#(first)}"#)
        == "cannot call 'fx.add': 'counter' is \(first), which is no open handle: it was closed, or is of an earlier start; make a new one")
    // Its place is taken by another thing, its number is not.
    let third = try await new(library)
    #expect(third != first && third & 0xffff == first & 0xffff)
    #expect(try await library.fault("fx.close", #"{"counter":\#(first)}"#).contains("no open handle"))
    await library.close()
  }

  @Test func allThatIsOpenIsFreedAtTheStop() async throws {
    let path = try FixtureLibrary.ownCopy()
    let library = try await Self.harness(path)
    for start in 0..<20 { _ = try await new(library, Int64(start)) }
    _ = try await library.ask("fx.bag", ["width": 2, "height": 3])
    #expect(try number("fx_live", in: path) == 20)
    await library.close()
    #expect(try number("fx_live", in: path) == 0)
  }

  @Test func aThingGivenOutTwiceIsFreedOnce() async throws {
    let path = try FixtureLibrary.ownCopy()
    let library = try await Self.harness(path)
    let counter = try await new(library)
    #expect(try await library.ask("fx.same", ["counter": .integer(Int64(counter))]) == ["result": .integer(Int64(counter))])
    await library.close()
    #expect(try number("fx_live", in: path) == 0)
  }

  @Test func aThingThatWouldNotCloseIsStillThere() async throws {
    let path = try FixtureLibrary.ownCopy()
    let library = try await Self.harness(path)
    let stubborn = try await new(library, 13)
    #expect(try await library.fault("fx.close", #"{"counter":\#(stubborn)}"#) == "'fx.close' failed: 'fx_counter_close' returned 1")
    #expect(try await library.text("fx.add", #"{"counter":\#(stubborn)}"#) == #"{"result":14}"#)
    #expect(try await library.text("fx.close", #"{"counter":\#(stubborn)}"#) == "{}")
    #expect(try number("fx_live", in: path) == 0)
    await library.close()
  }

  @Test func numbersThatAreNoHandlesAreRefused() async throws {
    let library = try await Self.harness()
    let bag = try #require(try await library.ask("fx.bag", ["width": 1, "height": 1])["result"]?.intValue)
    let gone = "which is no open handle: it was closed, or is of an earlier start; make a new one"
    let cases = [
      (#""x""#, "is text; write the number of a handle of 'counter'"), ("0", "is 0, \(gone)"), ("-1", "is -1, \(gone)"),
      ("1", "is 1, \(gone)"), ("\(bag + 1)", "is \(bag + 1), \(gone)"), ("\(bag + 65_536)", "is \(bag + 65_536), \(gone)"),
      ("9223372036854775807", "is 9223372036854775807, \(gone)"), ("\(bag)", "is \(bag), which is a handle of 'bag', not of 'counter'"),
    ]
    for (value, cause) in cases {
      #expect(try await library.fault("fx.add", #"{"counter":\#(value)}"#) == "cannot call 'fx.add': 'counter' \(cause)")
    }
    await library.close()
  }

  @Test func handlesOfAnEarlierStartMeanNothing() async throws {
    let first = try await Self.harness()
    let counter = try await new(first)
    await first.close()
    let second = try await Self.harness()
    _ = try await new(second)
    #expect(try await second.fault("fx.add", #"{"counter":\#(counter)}"#).contains("no open handle"))
    await second.close()
  }

  @Test func aBufferHasTheSizeItsHandleWasMadeFor() async throws {
    let library = try await Self.harness()
    let bag = try #require(try await library.ask("fx.bag", ["width": 1, "height": 2])["result"]?.intValue)
    #expect(try await library.text("fx.put", #"{"bag":\#(bag),"bytes":"0102030405"}"#) == "{}")
    #expect(
      try await library.fault("fx.put", #"{"bag":\#(bag),"bytes":"01"}"#) == "cannot call 'fx.put': 'bytes' has 1 bytes; it must have 5")
    await library.close()
  }

  @Test func thereAreOnlySoManyHandles() async throws {
    let path = try FixtureLibrary.ownCopy()
    let library = try await Self.harness(path)
    for _ in 0..<10_000 { _ = try await library.host.call("fx.new", #"{"start":1}"#) }
    let answer = try await library.host.call("fx.new", #"{"start":1}"#)
    #expect(answer.status == .busy && answer.failure?.message == "cannot call 'fx.new': 10000 handles are open; close some")
    #expect(try number("fx_live", in: path) == 10_000)
    await library.close()
    #expect(try number("fx_live", in: path) == 0)
  }

  @Test func aLibraryIsEnteredAndLeft() async throws {
    let path = try FixtureLibrary.ownCopy()
    func extra(_ number: Int64) -> JSONValue {
      [
        "handles": Self.types["handles"]!,
        "onLoad": [
          "symbol": "fx_enter", "returns": "i32", "errors": "negative",
          "args": [["name": "number", "type": "i32", "value": .integer(number)]],
        ],
        "onUnload": ["symbol": "fx_leave", "returns": "void"],
      ]
    }
    let library = try await CLibraryHarness(Self.commands, library: path, extra: extra(7))
    _ = try await new(library)
    await library.close()
    // Entered once; left when nothing of it was alive any more.
    #expect(try number("fx_unloads", in: path) == 10)
    await #expect(throws: (any Error).self) { try await CLibraryHarness(Self.commands, library: path, extra: extra(8)) }
  }
}
