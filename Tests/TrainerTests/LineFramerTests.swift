// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Trainer

@Suite struct LineFramerTests {
  private func lines(_ pieces: [String], limit: Int = 100) -> (lines: [String], framer: LineFramer) {
    var framer = LineFramer(limit: limit)
    var lines: [String] = []
    for piece in pieces {
      framer.add(Array(piece.utf8).span) { line in
        lines.append(String(decoding: (0..<line.count).map { line[$0] }, as: UTF8.self))
      }
    }
    return (lines, framer)
  }

  @Test(arguments: [["ab\ncd\n"], ["a", "b\nc", "d\n"], ["a", "b", "\n", "c", "d", "\n"], ["\n\nab\r\n", "\r\ncd\n\n"]])
  func theSameLinesHoweverTheyArrive(_ pieces: [String]) {
    let (lines, framer) = lines(pieces)
    #expect(lines == ["ab", "cd"])
    #expect(!framer.isTorn)
  }

  @Test func anUnfinishedLineIsTorn() {
    let (lines, framer) = lines(["ab\ncd"])
    #expect(lines == ["ab"])
    #expect(framer.isTorn)
  }

  @Test(arguments: [["0123456789\nok\n"], ["01234567", "89\nok\n"], ["012345", "678", "9", "0123\nok", "\n"]])
  func aLineOverTheLimitIsSkippedToItsEnd(_ pieces: [String]) {
    let (lines, framer) = lines(pieces, limit: 8)
    #expect(lines == ["ok"])
    #expect(framer.longLines == 1)
  }

  @Test func aLineOfExactlyTheLimitPasses() {
    #expect(lines(["0123", "4567\n"], limit: 8).lines == ["01234567"])
  }
}
