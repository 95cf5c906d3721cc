// SPDX-License-Identifier: Apache-2.0

/// Words of scripts, made fit for a terminal: nothing in them is obeyed, and no line of them looks like one of ours.
enum ScriptText {
  static let mark = "│ "
  private static let mostLines = 200

  /// One line; the ends of lines are shown as "?".
  static func line(_ text: String, _ longest: Int = 500) -> String {
    let line = Terminal.plain(text.count > longest ? String(text.prefix(longest)) + "…" : text)
    return line
  }

  /// All lines, marked. A text beyond a screenful is cut.
  static func lines(_ text: String) -> [String] {
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    let shown = lines.prefix(mostLines).map { mark + line(String($0), 2_000) }
    return lines.count > mostLines ? shown + ["\(mark)… \(lines.count - mostLines) lines more"] : shown
  }
}
