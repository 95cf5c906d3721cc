// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Trainer

@Suite struct LineFramerTests {
  private func lines(_ pieces: [String], _ framer: LineFramer = LineFramer(maxLineBytes: 16)) -> [String] {
    var lines: [String] = []
    for piece in pieces { framer.feed(Array(piece.utf8)) { lines.append(String(decoding: copy($0), as: UTF8.self)) } }
    return lines
  }

  @Test(arguments: [
    (["a\nb\n"], ["a", "b"]),
    (["a", "b", "\n"], ["ab"]),
    (["\n\na\n\n"], ["a"]),
    (["a\nb", "c\nd", "\n"], ["a", "bc", "d"]),
    (["a\r\n"], ["a\r"]),
    (["0123456789abcdef\n"], ["0123456789abcdef"]),
    ([""], []),
  ])
  func cutsAtNewlinesWhereverTheStreamIsCut(pieces: [String], expected: [String]) {
    #expect(lines(pieces) == expected)
    #expect(lines(pieces.joined().map(String.init)) == expected)
  }

  @Test func lineWithoutAnEndIsThrownAwayAndMeasured() {
    let framer = LineFramer(maxLineBytes: 16)
    #expect(lines(["a\nbcd"], framer) == ["a"])
    #expect(framer.finish() == 3)
    #expect(framer.finish() == 0)
  }

  @Test(arguments: [["0123456789abcdefg\nb\n"], ["0123456789", "abcdefg", "hij", "k\nb\n"], ["0123456789abcdef", "g\nb\n"]])
  func lineOverTheLimitIsSkippedAndTheNextIsRead(pieces: [String]) {
    let framer = LineFramer(maxLineBytes: 16)
    #expect(lines(pieces, framer) == ["b"])
    #expect(framer.skippedLines == 1)
  }
}
