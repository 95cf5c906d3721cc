// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import Dashboard

@Suite struct JSONPieceTests {
  @Test(arguments: [
    #"{}"#, #"{"a":1}"#, #" { "a" : [ 1 , {"b":"]}"} ] , "c" : "q\"uo\\te" , "d" : null , "e":{"f":{}},"g":-1.5e3 } "#,
    #"{"a":"","b":[],"c":{},"d":true,"tail":[[["x,y"]],"{"]}"#, #"{"ü":"ü","é":2}"#,
  ])
  func membersAreThoseOfTheObject(_ text: String) throws {
    let expected = try #require(JSONValue(parsing: text).objectValue)
    let members = JSONPiece(Array(text.utf8)).members()
    #expect(members.members.count == expected.count)
    for (name, value) in expected { #expect(members.named(name)?.value == value) }
  }

  @Test func theFirstOfTwoCounts() {
    let members = JSONPiece(Array(#"{"a":1,"a":2,"ab":3}"#.utf8)).members()
    #expect(members["a"]?.int == 1)
    #expect(members["b"] == nil)
  }

  /// Whatever it is, nothing is read outside of it.
  @Test(arguments: [
    "", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":\"", "{\"a\":\"\\", "{\"a\":[", "{\"a\":1", "{\"a\":1,", "[1,2]", "\"{}\"", "7",
    "}",
    "{]", "{\"a\"]", "{\"a\":]", "{\"a\":}}", "{\"a\" 1}", "\u{0}",
  ])
  func whatIsNoObjectHasNoMembersOrFewer(_ text: String) {
    let piece = JSONPiece(Array(text.utf8))
    for member in piece.members().members { #expect(member.value.upperBound <= text.utf8.count) }
  }

  @Test func everyCutOfATextIsSurvived() {
    let text = Array(#"{"jsonrpc":"2.0","id":5,"result":{"call":5,"result":[{"a":"\\\""},null]}}"#.utf8)
    for end in 0...text.count {
      for start in 0...end { _ = JSONPiece(text, start..<end).members().members.count }
    }
  }

  @Test func linesAreCutWhereverTheBytesComeApart() {
    let text = Array("first\n\nsecond line\nthird".utf8)
    for size in 1...text.count {
      var cutter = LineCutter()
      var lines: [String] = []
      for start in stride(from: 0, to: text.count, by: size) {
        cutter.append(text[start..<min(start + size, text.count)])
        while let line = cutter.next() { lines.append(String(decoding: line, as: UTF8.self)) }
      }
      #expect(lines == ["first", "", "second line"])
      #expect(cutter.waiting == 5)
    }
  }
}
