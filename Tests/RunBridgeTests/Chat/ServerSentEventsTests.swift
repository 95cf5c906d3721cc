// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RunBridge

@Suite struct ServerSentEventsTests {
  // After the examples of the HTML Living Standard, section 9.2.6.
  private static let cases: [(String, [String])] = [
    ("data: a\n\ndata: b\n\n", ["a", "b"]), ("data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]), ("data: a\r\rdata: b\r\r", ["a", "b"]),
    ("data: YHOO\ndata: +2\ndata: 10\n\n", ["YHOO\n+2\n10"]),
    (": test stream\n\ndata: first\nid: 1\n\ndata:second\nid\n\ndata:  third\n\n", ["first", "second", " third"]),
    ("data\n\ndata\ndata\n\ndata:", [""]), ("event: x\nretry: 5\n\ndata: a\n\n", ["a"]), ("\n\n\n", []), ("data: late", ["late"]),
    ("data: late\n", ["late"]), ("datax: no\n\ndata: ä\u{1F600}\n\n", ["ä\u{1F600}"]),
  ]

  private func texts(_ pieces: [[UInt8]]) throws -> [String] {
    var events = ServerSentEvents(limit: 1_000)
    var found: [[UInt8]] = []
    for piece in pieces { found += try events.take(piece) }
    if let last = events.finish() { found.append(last) }
    return found.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: cases.indices) func readsHoweverItIsCut(index: Int) throws {
    let (text, expected) = Self.cases[index]
    let bytes = Array(text.utf8)
    #expect(try texts([bytes]) == expected)
    #expect(try texts(bytes.map { [$0] }) == expected)
    for cut in bytes.indices { #expect(try texts([Array(bytes[..<cut]), Array(bytes[cut...])]) == expected) }
  }

  @Test(arguments: ["data: ", "data: x\ndata: x\n", ":"]) func anEndlessEventIsRefused(text: String) {
    var events = ServerSentEvents(limit: 1_000)
    #expect(throws: ServerSentEvents.TooLong.self) {
      _ = try events.take(Array(text.utf8))
      for _ in 0..<1_000 { _ = try events.take(Array((text.hasSuffix("\n") ? text : "xx").utf8)) }
    }
  }
}
