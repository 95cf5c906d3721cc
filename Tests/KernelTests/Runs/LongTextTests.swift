// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import Kernel

@Suite struct LongTextTests {
  private func pieces(_ content: String, of most: Int) throws -> [JSONValue] {
    var pieces: [JSONValue] = []
    try #require(LongText(Array(content.utf8))).forEachPiece(of: most) { piece in
      pieces.append((try? JSONValue(parsing: piece)) ?? .string("no JSON: \(String(decoding: piece, as: UTF8.self))"))
    }
    return pieces
  }

  /// Whatever is cut where: each piece is JSON, and together they are the text.
  @Test(arguments: 1...40) func noCharacterAndNoEscapeIsCut(most: Int) throws {
    let text = "a\\\\b\\n\\u00e4\\ud83d\\ude00é€😀\\\"\\/\\u0041\\uD834\\uDD1E\\tend"
    let whole = try #require(JSONValue(parsing: Array("\"\(text)\"".utf8)).stringValue)
    let pieces = try pieces(#" { "x": [1, {"text": "]}"}], "text" : "\#(text)" , "name":"stderr"}"#, of: most)
    #expect(pieces.compactMap { $0["text"]?.stringValue }.joined() == whole)
    #expect(pieces.allSatisfy { $0["name"]?.stringValue == "stderr" })
    #expect(pieces.count > 1 || most > 30)
  }

  @Test(arguments: [#"{"name":"stdout"}"#, #"{"text":5}"#, "{}", "[1]", #"{"a":{"text":"no"}}"#])
  func contentWithoutATextIsNotCut(content: String) { #expect(LongText(Array(content.utf8)) == nil) }
}
