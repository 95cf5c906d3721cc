// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import jackfield

@Suite struct TerminalFilterTests {
  private func pass(_ pieces: [String], terminal: Bool) -> String {
    var filter = TerminalFilter(isTerminal: terminal)
    return pieces.map { filter.pass($0) }.joined()
  }

  /// What comes, and what of it a terminal and a pipe get.
  @Test(
    arguments: [
      ("plain\ttext\r\n", "plain\ttext\r\n", "plain\ttext\r\n"),
      ("ü€日本🐍", "ü€日本🐍", "ü€日本🐍"),
      ("100%|█████|\r", "100%|█████|\r", "100%|█████|\r"),
      ("a\u{8}b", "a\u{8}b", "a\u{8}b"),
      // Colours.
      ("\u{1B}[31mred\u{1B}[0m", "\u{1B}[31mred\u{1B}[0m", "red"),
      ("\u{1B}[38;2;1;2;3mx\u{1B}[38:5:9my\u{1B}[m", "\u{1B}[38;2;1;2;3mx\u{1B}[38:5:9my\u{1B}[m", "xy"),
      ("\u{9B}31mred", "\u{1B}[31mred", "red"),
      // What is obeyed and is no colour: gone.
      ("a\u{1B}[2Jb\u{1B}[Hc\u{1B}[10;10Hd\u{1B}[Ae\u{1B}[Kf", "abcdef", "abcdef"),
      ("a\u{1B}]0;title\u{7}b\u{1B}]52;c;AAAA\u{1B}\\c", "abc", "abc"),
      ("a\u{1B}Pq#0\u{1B}\\b\u{1B}_Gi=1;AAAA\u{1B}\\c\u{1B}^x\u{1B}\\d\u{1B}Xy\u{1B}\\e", "abcde", "abcde"),
      ("a\u{9D}0;title\u{9C}b\u{90}q\u{9C}c", "abc", "abc"),
      ("a\u{1B}cb\u{1B}7c\u{1B}(0d\u{1B}#8e", "abcde", "abcde"),
      ("a\u{1B}[?1049hb\u{1B}[?25lc\u{1B}[6nd\u{1B}[>ce", "abcde", "abcde"),
      ("a\u{1B}[>4;1mb\u{1B}[?1mc\u{1B}[1 md", "abcd", "abcd"),
      // Within and without an end.
      ("a\u{1B}]never ended\nb", "a\nb", "a\nb"),
      ("a\u{1B}[31", "a", "a"),
      ("a\u{1B}", "a", "a"),
      ("a\u{1B}[3\u{1B}[31mb", "a\u{1B}[31mb", "ab"),
      ("a\u{1B}]x\u{1B}[31mb", "a\u{1B}[31mb", "ab"),
      ("a\u{1B}[3\nb", "a\nb", "a\nb"),
      // Lone ones and directions of writing: nothing in a pipe obeys them, and they may be what the data is.
      ("a\u{0}b\u{7}c\u{C}d\u{7F}e\u{85}f", "a?b?c?d?e?f", "a\u{0}b\u{7}c\u{C}d\u{7F}e\u{85}f"),
      ("a\u{202E}b\u{2066}c", "a?b?c", "a\u{202E}b\u{2066}c"),
    ] as [(String, String, String)])
  func onlyColoursAreObeyed(text: String, terminal: String, pipe: String) {
    #expect(pass([text], terminal: true) == terminal)
    #expect(pass([text], terminal: false) == pipe)
    // In pieces of one character it is the same.
    #expect(pass(text.unicodeScalars.map { String($0) }, terminal: true) == terminal)
    #expect(pass(text.unicodeScalars.map { String($0) }, terminal: false) == pipe)
  }

  /// The sequence itself is bounded: what is longer than any colour is none.
  @Test func endlessParametersAreNoColour() {
    let long = String(repeating: "1;", count: 100_000)
    #expect(pass(["a\u{1B}[\(long)mb"], terminal: true) == "ab")
  }

  @Test(arguments: [("\u{1B}[31mred", true), ("\u{1B}[31mred\u{1B}[0m", false), ("\u{1B}[31mred\u{1B}[m", false), ("red", false)])
  func coloursAreEndedWhereTheyAreSet(text: String, isReset: Bool) {
    var filter = TerminalFilter(isTerminal: true)
    _ = filter.pass(text)
    #expect(filter.reset() == (isReset ? "\u{1B}[0m" : ""))
    #expect(filter.reset() == "")
  }
}
