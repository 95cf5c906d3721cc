// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Kernel

@Suite struct TerminalTextTests {
  /// All that was printed, without styles, trailing blanks and empty lines at the end.
  private func seen(_ text: [UInt8]) -> String {
    var lines = PlainText.of(String(decoding: text, as: UTF8.self)).unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
      .map {
        line in
        var line = line
        while line.last == " " { line.removeLast() }
        return String(String.UnicodeScalarView(line))
      }
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  private func all(_ model: inout TerminalText) -> [UInt8] { model.takeSettled() + model.rest }

  @Test(arguments: TerminalTextCases.all.indices)
  func showsWhatATerminalShows(index: Int) {
    let (name, printed, screen) = TerminalTextCases.all[index]
    var model = TerminalText()
    model.feed(printed)
    #expect(seen(all(&model)) == screen, "\(name)")
  }

  /// Messages end anywhere, in the middle of an escape too.
  @Test(arguments: TerminalTextCases.all.indices)
  func piecesMakeNoDifference(index: Int) {
    let (name, printed, screen) = TerminalTextCases.all[index]
    var model = TerminalText()
    for scalar in printed.unicodeScalars { model.feed(String(scalar)) }
    #expect(seen(all(&model)) == screen, "\(name)")
  }

  @Test(arguments: [
    ("\u{1B}[31mred\u{1B}[0m", "\u{1B}[31mred\u{1B}[0m"),
    ("\u{1B}[1m\u{1B}[31mx\u{1B}[22my\u{1B}[39mz", "\u{1B}[1;31mx\u{1B}[0;31my\u{1B}[0mz"),
    // Each line ends what it began, so that it can be shown by itself.
    ("\u{1B}[4mone\ntwo", "\u{1B}[4mone\u{1B}[0m\n\u{1B}[4mtwo\u{1B}[0m"),
    ("\u{1B}[38;5;208ma\u{1B}[48;2;1;2;3mb", "\u{1B}[38;5;208ma\u{1B}[0;38;5;208;48;2;1;2;3mb\u{1B}[0m"),
    ("\u{1B}[38:2::9:8:7ma\u{1B}[94mb", "\u{1B}[38;2;9;8;7ma\u{1B}[0;94mb\u{1B}[0m"),
    ("\u{1B}]8;;https://a.b\u{07}link\u{1B}]8;;\u{07}.", "\u{1B}]8;;https://a.b\u{1B}\\link\u{1B}]8;;\u{1B}\\."),
    ("\u{1B}]8;id=1;https://a.b\u{1B}\\x", "\u{1B}]8;;https://a.b\u{1B}\\x\u{1B}]8;;\u{1B}\\"),
    ("\u{1B}[31mab\u{1B}[0m\rX", "X\u{1B}[31mb\u{1B}[0m"),
    ("$$5 and $& $` $'", "$$5 and $& $` $'"),
    ("trailing  \n", "trailing  \n"),
    ("a\n\n\nb", "a\n\n\nb"),
    ("\u{1B}Pq#0;2;0;0;0\u{1B}\\after", "after"),
    ("\u{1B}_Gpicture\u{1B}\\after", "after"),
    ("\u{9B}31mx", "\u{1B}[31mx\u{1B}[0m"),
  ])
  func keepsColoursAndLinks(printed: String, text: String) {
    var model = TerminalText()
    model.feed(printed)
    #expect(String(decoding: all(&model), as: UTF8.self) == text)
  }

  /// One half of a wide character is none: the other becomes a blank. As xterm does it; pyte, the source of the table, leaves it standing.
  @Test(arguments: [("日本\rx", "x 本"), ("日本\u{1B}[2GX", " X本"), ("日本\u{1B}[2G\u{1B}[1X.", " .本"), ("日本\r\u{1B}[P", " 本")])
  func wideCharactersGoWhole(printed: String, text: String) {
    var model = TerminalText()
    model.feed(printed)
    #expect(String(decoding: model.rest, as: UTF8.self) == text)
  }

  /// What was never ended must not swallow what comes behind it.
  @Test func anOpenEscapeEndsSomewhere() {
    var model = TerminalText()
    model.feed("\u{1B}]8;;http://never\nended\n" + "\u{1B}]0;" + String(repeating: "t", count: 10_000) + "end")
    let text = String(decoding: all(&model), as: UTF8.self)
    #expect(text.hasPrefix("\nended\n"))
    #expect(text.hasSuffix("end"))
  }

  /// Rows that scrolled out are out of reach, and none is lost.
  @Test func manyLinesAreSettledInOrder() {
    var model = TerminalText()
    var text: [UInt8] = []
    for number in 0..<100_000 {
      model.feed("\(number)\n")
      if model.settledBytes > 1 << 16 { text += model.takeSettled() }
      #expect(model.lines.count <= 2 * TerminalText.rows)
    }
    text += all(&model)
    #expect(String(decoding: text, as: UTF8.self) == (0..<100_000).map { "\($0)\n" }.joined())
  }

  @Test func aLineWithoutEndIsKeptWhole() {
    var model = TerminalText()
    let piece = String(repeating: "0123456789", count: 100)
    var text: [UInt8] = []
    for _ in 0..<1_000 {
      model.feed(piece)
      text += model.takeSettled()
    }
    text += model.rest
    #expect(text.count == 1_000_000)
    #expect(model.lines[0].cells.count <= TerminalText.mostColumns + 1)
  }

  /// A few bytes can ask for much; what is kept stays bounded.
  @Test(arguments: [
    "\u{1B}[99999Cx\n", "\u{1B}[99999;99999Hx", "\u{1B}[99999L", "\u{1B}[99999@x", "\u{1B}[99999Bx\n", "e\u{301}\u{301}\u{301}\u{301}",
    "\u{1B}]8;;https://\u{0}x\u{1B}\\a", "\u{1B}[99999Mx\u{1B}[3Jx\u{1B}M", "\u{1B}c\n\n\u{1B}[99999S", "日\u{1B}[D\u{1B}[1X\u{1B}[P",
  ])
  func hostileTextStaysBounded(piece: String) {
    var model = TerminalText()
    var settled = 0
    for number in 0..<1_500 {
      model.feed(piece.replacing("\0", with: "\(number)"))
      settled += model.takeSettled().count
    }
    let cells = model.lines.reduce(0) { $0 + $1.cells.count }
    #expect(model.lines.count <= 2 * TerminalText.rows)
    #expect(cells <= 700_000)
    #expect(settled < 10_000_000)
  }

  /// Any bytes at all are survived, in any pieces.
  @Test(arguments: 0..<20 as Range<UInt64>) func survivesAnything(seed: UInt64) {
    var random = SeededRandom(seed)
    var model = TerminalText()
    let alphabet = Array(
      "\u{1B}\u{1B}\u{1B}[[[]];;:0123456789ABCDEFGHJKLMPSTXZ@`abcdefhmnsu?>! $()\n\r\t\u{8}\u{7}\u{9B}\u{301}日é👩🏽‍💻\\_^".utf8)
    for _ in 0..<500 {
      let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
        Int.random(in: 0..<20, using: &random) == 0 ? UInt8.random(in: 0...255, using: &random) : alphabet.randomElement(using: &random)!
      }
      model.feed(bytes.span)
    }
    let text = all(&model)
    #expect(String(validating: text, as: UTF8.self) != nil)
  }

  @Test(arguments: [(400_000, "x\n"), (60_000, "\rprogress bar 50% |#####     |"), (100_000, "日本\u{1B}[31m!\u{1B}[0m\n")])
  func timeIsLinear(count: Int, piece: String) {
    func seconds(_ count: Int) -> Duration {
      ContinuousClock().measure {
        var model = TerminalText()
        for _ in 0..<count {
          model.feed(piece)
          if model.settledBytes > 1 << 16 { _ = model.takeSettled() }
        }
      }
    }
    let (small, large) = (seconds(count / 20), seconds(count / 2))
    // Ten times as much; a hundred times as long would be quadratic. Wide, for a machine that does other things.
    #expect(large < small * 40 + .milliseconds(100))
  }
}
