// SPDX-License-Identifier: Apache-2.0

/// Fits text into the width of a terminal.
enum TextLayout {
  /// Breaks a text at its spaces. A word that is longer than a line stays whole: it is a path or an example, and will be copied.
  static func wrap(_ text: String, width: Int) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { wrapLine($0, width: width) }
  }

  private static func wrapLine(_ text: Substring, width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if let line = lines.last, line.count + 1 + word.count <= width {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  /// Wraps the right side beside the left one: as a table's last column, or an option and its help.
  static func beside(_ left: String, _ right: String, width: Int) -> [String] {
    let indent = left.count
    let lines = wrap(right, width: max(width - indent, 24))
    let padding = String(repeating: " ", count: indent)
    return lines.enumerated().map { trimmed(($0.offset == 0 ? left : padding) + $0.element) }
  }

  private static func trimmed(_ line: String) -> String {
    String(line.prefix(upTo: line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex))
  }

  static func padded(_ text: String, to width: Int, right: Bool = false) -> String {
    let padding = String(repeating: " ", count: max(0, width - text.count))
    return right ? padding + text : text + padding
  }
}
