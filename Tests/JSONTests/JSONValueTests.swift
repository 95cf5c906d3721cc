// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@Suite struct JSONValueTests {
  @Test(
    arguments: [
      ("null", JSONValue.null), ("true", true), (" false ", false), ("0", 0), ("-0", 0), ("-0.0", .number(-0.0)),
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("9223372036854775808", .number(0x1p63)), ("18446744073709551615", .number(0x1p64)),
      ("18446744073709551616", .number(0x1p64)), ("-9223372036854775809", .number(-0x1p63)),
      ("1e3", .number(1000)), ("1.5", 1.5), ("4.9406564584124654e-324", .number(.leastNonzeroMagnitude)), ("1e-400", .number(0)),
      (#""a\u00e9\ud83d\ude00\u0000b""#, "aé😀\0b"), ("[]", []), ("{}", [:]), (#"[1,[2,{"a":[]}]]"#, [1, [2, ["a": []]]]),
      (#"{"":1}"#, ["": 1]),
    ] as [(String, JSONValue)])
  func parses(text: String, value: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == value)
  }

  @Test func integersOfAnyLengthBecomeNumbersWhereverTheyStand() throws {
    let long = String(repeating: "9", count: 40)
    let text = #"{"\#(long)":"\#(long) \" \#(long)","a":[\#(long),-\#(long),1.\#(long),1e-0000000000000000000000000000001,\#(long)]}"#
    let value = try JSONValue(parsing: text)
    #expect(value[long]?.stringValue == "\(long) \" \(long)")
    #expect(value["a"] == [1e40, -1e40, 2.0, 0.1, 1e40])
  }

  @Test(
    arguments: [
      ("", "not JSON: the text is empty"),
      (" \n\t", "not JSON: the text is empty"),
      ("{", "not JSON: a bracket, comma, colon or quote is missing or misplaced"),
      ("[1,]", "not JSON: a bracket, comma, colon or quote is missing or misplaced"),
      ("[1 2]", "not JSON: a bracket, comma, colon or quote is missing or misplaced"),
      (#"{"a":1} x"#, "not JSON: a bracket, comma, colon or quote is missing or misplaced"),
      (#"{"a":1}{"b":2}"#, "not JSON: a bracket, comma, colon or quote is missing or misplaced"),
      ("{'a':1}", "not JSON: a bracket, comma, colon or quote is missing or misplaced"),
      ("nul", "not JSON: an unquoted word that is none of true, false, null"),
      ("truefalse", "not JSON: an unquoted word that is none of true, false, null"),
      ("NaN", "not JSON: a bracket, comma, colon or quote is missing or misplaced"),
      ("01", "not JSON: a number is written wrongly or too large for a double"),
      ("-", "not JSON: a number is written wrongly or too large for a double"),
      ("1.", "not JSON: a number is written wrongly or too large for a double"),
      ("1e400", "not JSON: a number is written wrongly or too large for a double"),
      ("\"abc", "not JSON: a string has no closing quote"),
      ("\"a\nb\"", "not JSON: a string holds a control character; write it as an escape"),
      (#""\x""#, "not JSON: a string holds a wrong escape, or half of a surrogate pair"),
      (#""\u12""#, "not JSON: a string holds a wrong escape, or half of a surrogate pair"),
      (#""\ud800""#, "not JSON: a string holds a wrong escape, or half of a surrogate pair"),
      (#""\ud800\u0041""#, "not JSON: a string holds a wrong escape, or half of a surrogate pair"),
      (#""\ud800\ud800""#, "not JSON: a string holds a wrong escape, or half of a surrogate pair"),
      (#""\udc00""#, "not JSON: a string holds a wrong escape, or half of a surrogate pair"),
      ("\u{FEFF}{}", "not JSON: a bracket, comma, colon or quote is missing or misplaced"),
    ] as [(String, String)])
  func refuses(text: String, sentence: String) {
    #expect(throws: JSONError(message: sentence)) { try JSONValue(parsing: text) }
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xC0, 0x80, 0x22],
      [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22],
    ] as [[UInt8]])
  func refusesTextThatIsNotUTF8(bytes: [UInt8]) {
    #expect(throws: JSONError(message: "not JSON: the text is not UTF-8")) { try JSONValue(parsing: bytes) }
  }

  @Test(arguments: [[0], [0x7B, 0x7D, 0], [0x22, 0, 0x22], [0x5B, 0, 0x5D]] as [[UInt8]])
  func refusesZeroBytes(bytes: [UInt8]) {
    #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
  }

  @Test(arguments: ["[", #"{"a":"#])
  func nestingIsLimited(open: String) throws {
    func nested(_ depth: Int) -> String {
      String(repeating: open, count: depth) + "1" + String(repeating: open == "[" ? "]" : "}", count: depth)
    }
    #expect(throws: Never.self) { try JSONValue(parsing: nested(JSONParser.maximumDepth - 1)) }
    for depth in [JSONParser.maximumDepth + 1, 1_000_000] {
      #expect(throws: JSONError(message: "not JSON that is accepted: nested deeper than 128 levels")) {
        try JSONValue(parsing: nested(depth))
      }
    }
    #expect(throws: JSONError.self) { try JSONValue(parsing: String(repeating: open, count: 1_000_000)) }
  }

  @Test func twentyMegabytesOfStringPass() throws {
    let long = String(repeating: "ä", count: 10 << 20)
    #expect(try JSONValue(parsing: "[\"\(long)\"]")[0]?.stringValue?.utf8.count == 20 << 20)
  }

  @Test func theLaterOfTwoMembersCounts() throws {
    #expect(try JSONValue(parsing: #"{"a":1,"b":2,"a":3}"#) == ["a": 3, "b": 2])
  }

  @Test func writesSortedAndEscaped() {
    let value: JSONValue = ["b": [1, 2.5, .number(.nan), .number(.infinity), nil, true], "a\"\\\n\u{1}\u{7F}/é": [:], "c": []]
    #expect(value.serialized() == #"{"a\"\\\n\u0001\u007f/é":{},"b":[1,2.5,null,null,null,true],"c":[]}"#)
    let pretty = JSONValue.object(["a": [1], "b": [:]]).serialized(pretty: true)
    #expect(pretty == "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}")
  }

  @Test func readsBackWhatItWrote() throws {
    let numbers: [Double] = [0.1, 1e-7, 1e21, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -0.0, 1, 1e16, 123_456_789.123]
    let value: JSONValue = [
      "numbers": .array(numbers.map(JSONValue.number)), "integers": [.integer(.min), .integer(.max), 0],
      "strings": ["", "\0", "\u{10FFFF}", "\u{2028}", "\r\t\u{8}\u{C}"], "rest": [nil, true, false, [:], []],
    ]
    #expect(try JSONValue(parsing: value.serialized()) == value)
    #expect(try JSONValue(parsing: value.bytes(pretty: true)) == value)
  }

  @Test func accessorsAnswerOnlyTheirKind() {
    let value: JSONValue = ["i": 3, "d": 3.5, "w": 3.0, "s": "x", "b": true, "n": nil, "a": [1]]
    #expect(value["i"]?.intValue == 3 && value["i"]?.doubleValue == 3 && value["w"]?.intValue == 3 && value["d"]?.intValue == nil)
    #expect(value["s"]?.stringValue == "x" && value["s"]?.boolValue == nil && value["b"]?.boolValue == true)
    #expect(value["n"]?.isNull == true && value["a"]?[0] == 1 && value["a"]?[1] == nil && value["a"]?[-1] == nil && value["x"] == nil)
    #expect(value["a"]?["x"] == nil && value[0] == nil)
  }

  @Test func membersAreSetInPlace() {
    var value: JSONValue = nil
    value["a"] = 1
    value["b"] = [:]
    value["b"]?["c"] = "d"
    value["a"] = .none
    #expect(value == ["b": ["c": "d"]])
  }

  /// Texts are copied in runs, eight bytes at a time: what needs an escape may stand anywhere in one.
  @Test func escapesAnywhere() throws {
    let special = ["\"", "\\", "\n", "\u{0}", "\u{1f}", "\u{7f}", "\u{20}", "\u{80}", "ä", "🚲", "\u{ff}", "!", "~"]
    for piece in special {
      for before in 0..<20 {
        for after in [0, 1, 7, 9] {
          let text = String(repeating: "a", count: before) + piece + String(repeating: "z", count: after) + piece
          let written = JSONValue.string(text).serialized()
          #expect(try JSONValue(parsing: written) == .string(text))
          #expect(!written.utf8.contains { $0 < 0x20 || $0 == 0x7f })
        }
      }
    }
  }
}
