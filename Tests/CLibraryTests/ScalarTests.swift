// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@Suite struct ScalarTests {
  private static func signature(_ type: String) -> JSONValue {
    ["symbol": .string("fx_\(type)"), "returns": .string(type), "args": [["name": "v", "type": .string(type)]]]
  }

  private static let types = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64"]

  private static func all() async throws -> CLibraryHarness {
    try await CLibraryHarness(Dictionary(uniqueKeysWithValues: types.map { ($0, signature($0)) }))
  }

  @Test func everyTypeComesBackAsItWent() async throws {
    let library = try await Self.all()
    let values = [
      ("i8", "-128"), ("i8", "127"), ("i16", "-32768"), ("i32", "-2147483648"), ("i64", "-9223372036854775808"),
      ("i64", "9223372036854775807"), ("i64", "9007199254740993"), ("u8", "255"), ("u16", "65535"), ("u32", "4294967295"), ("u64", "0"),
      ("u64", "9223372036854775807"), ("f32", "0.1"), ("f32", "3.4028235e+38"), ("f64", "0.1"), ("f64", "5e-324"), ("f64", "-0.0"),
    ]
    for (type, value) in values {
      #expect(try await library.text("fx.\(type)", #"{"v":\#(value)}"#) == #"{"result":\#(value)}"#, "\(type)")
    }
    await library.close()
  }

  @Test func whatJSONReadersRoundTravelsAsText() async throws {
    let library = try await Self.all()
    for input in ["18446744073709551615", #""18446744073709551615""#] {
      #expect(try await library.text("fx.u64", #"{"v":\#(input)}"#) == #"{"result":"18446744073709551615"}"#)
    }
    #expect(try await library.text("fx.i64", #"{"v":"-9007199254740993"}"#) == #"{"result":-9007199254740993}"#)
    for value in ["NaN", "Infinity", "-Infinity"] {
      #expect(try await library.text("fx.f64", #"{"v":"\#(value)"}"#) == #"{"result":"\#(value)"}"#)
      #expect(try await library.text("fx.f32", #"{"v":"\#(value)"}"#) == #"{"result":"\#(value)"}"#)
    }
    #expect(try await library.text("fx.u8", #"{"v":7.0}"#) == #"{"result":7}"#)
    #expect(try await library.text("fx.f64", #"{"v":7}"#) == #"{"result":7.0}"#)
    await library.close()
  }

  @Test(arguments: [
    ("u8", "256", "is 256; write a whole number from 0 to 255"), ("u8", "-1", "is -1; write a whole number from 0 to 255"),
    ("i8", "-129", "is -129; write a whole number from -128 to 127"),
    ("u64", "-1", "is -1; write a whole number from 0 to 18446744073709551615"),
    ("u64", "18446744073709551616", "is 1.8446744073709552e+19; write a whole number from 0 to 18446744073709551615"),
    ("u64", "1e300", "is 1e+300; write a whole number from 0 to 18446744073709551615"),
    ("i64", "18446744073709551615", "is 18446744073709551615; write a whole number from -9223372036854775808 to 9223372036854775807"),
    ("i32", "1.5", "is 1.5; write a whole number from -2147483648 to 2147483647"),
    ("i32", #""1""#, "is text; write a whole number from -2147483648 to 2147483647"),
    ("i64", #""9x""#, "is text; write a whole number from -9223372036854775808 to 9223372036854775807"),
    ("i32", "true", "is true; write a whole number from -2147483648 to 2147483647"), ("i32", "null", "is missing; add it"),
    ("f64", "[]", #"is an array; write a number, or one of "NaN", "Infinity" and "-Infinity""#),
    ("f64", #""nan""#, #"is text; write a number, or one of "NaN", "Infinity" and "-Infinity""#),
    ("f32", "1e39", "is 1e+39; a 'f32' goes to 3.4028235e+38"),
  ])
  func whatDoesNotFitIsRefused(type: String, value: String, cause: String) async throws {
    let library = try await CLibraryHarness([type: Self.signature(type)])
    #expect(try await library.fault("fx.\(type)", #"{"v":\#(value)}"#) == "cannot call 'fx.\(type)': 'v' \(cause)")
    await library.close()
  }

  @Test func aRangeOfTheManifestHolds() async throws {
    let library = try await CLibraryHarness([
      "i32": ["symbol": "fx_i32", "returns": "i32", "args": [["name": "v", "type": "i32", "minimum": 8, "maximum": 2_048]]],
      "u64": ["symbol": "fx_u64", "returns": "u64", "args": [["name": "v", "type": "u64", "maximum": 10]]],
    ])
    #expect(try await library.text("fx.i32", #"{"v":8}"#) == #"{"result":8}"#)
    for value in ["7", "2049", "-8"] {
      #expect(
        try await library.fault("fx.i32", #"{"v":\#(value)}"#)
          == "cannot call 'fx.i32': 'v' is \(value); write a whole number from 8 to 2048")
    }
    #expect(
      try await library.fault("fx.u64", #"{"v":18446744073709551615}"#)
        == "cannot call 'fx.u64': 'v' is 18446744073709551615; write a whole number from 0 to 10")
    await library.close()
  }

  @Test func truthValuesAndManyArguments() async throws {
    let types = ["i8", "f64", "u64", "f32", "i16", "f64", "u8", "i64", "f64", "u32"]
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
    let arguments = zip(names, types).map { name, type -> JSONValue in ["name": .string(name), "type": .string(type)] }
    let library = try await CLibraryHarness([
      "not": ["symbol": "fx_not", "returns": "bool", "args": [["name": "v", "type": "bool"]]],
      "many": ["symbol": "fx_many", "returns": "f64", "args": .array(arguments)],
    ])
    #expect(try await library.text("fx.not", #"{"v":false}"#) == #"{"result":true}"#)
    #expect(try await library.fault("fx.not", #"{"v":0}"#) == "cannot call 'fx.not': 'v' is 0; write true or false")
    let input = #"{"a":-1,"b":0.5,"c":1000000,"d":0.25,"e":-300,"f":2,"g":255,"h":-5000000000,"i":0.125,"j":4000000000}"#
    #expect(try await library.ask("fx.many", JSONValue(parsing: input)) == ["result": .number(-999_000_043.125)])
    await library.close()
  }

  @Test func numbersGoThroughPointers() async throws {
    let library = try await CLibraryHarness([
      "divide": [
        "symbol": "fx_divide", "returns": "void",
        "args": [
          ["name": "a", "type": "i32"], ["name": "b", "type": "i32", "default": 10],
          ["name": "quotient", "type": "i32", "direction": "out"],
          ["name": "rest", "type": "i32", "direction": "out"],
        ],
      ],
      "double": ["symbol": "fx_double", "returns": "void", "args": [["name": "v", "type": "i64", "direction": "inout"]]],
      "half": ["symbol": "fx_half_of", "returns": "f64", "args": [["name": "v", "type": "f64", "pointer": true]]],
    ])
    #expect(try await library.text("fx.divide", #"{"a":-17,"b":5}"#) == #"{"quotient":-3,"rest":-2}"#)
    #expect(try await library.text("fx.divide", #"{"a":47}"#) == #"{"quotient":4,"rest":7}"#)
    #expect(try await library.text("fx.double", #"{"v":-21}"#) == #"{"v":-42}"#)
    #expect(try await library.text("fx.half", #"{"v":5}"#) == #"{"result":2.5}"#)
    await library.close()
  }

  @Test func variableFunctionsTakeAFixedCount() async throws {
    let library = try await CLibraryHarness([
      "total": [
        "symbol": "fx_total", "returns": "f64", "variadic": 1,
        "args": [
          ["name": "count", "type": "i32", "value": 3], ["name": "a", "type": "i32"], ["name": "b", "type": "f64"],
          ["name": "c", "type": "i32"],
        ],
      ]
    ])
    #expect(try await library.text("fx.total", #"{"a":1,"b":2.5,"c":-7}"#) == #"{"result":-3.5}"#)
    #expect(
      try await library.fault("fx.total", #"{"count":1}"#)
        == "cannot call 'fx.total': it has no argument 'count'; it takes 'a', 'b', 'c'")
    await library.close()
  }
}
