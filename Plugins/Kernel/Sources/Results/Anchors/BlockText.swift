// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// Lines of code compared as code: trailing blanks and a common indentation make no difference.
enum BlockText {
  /// Splits a text into lines; a line break at the end begins no line, CR LF is one break.
  static func lines(of text: String) -> [Substring] {
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
      Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  /// The lines without what makes no difference.
  static func normalized(_ lines: some Sequence<Substring>) -> [Substring] {
    let trimmed = lines.map(withoutTrailingBlanks)
    let indentation = trimmed.filter { !$0.isEmpty }.map { $0.utf8.prefix(while: isBlank).count }.min() ?? 0
    return trimmed.map { Substring($0.utf8.dropFirst(indentation)) }
  }

  /// What stands for the lines in the database.
  static func hash(_ source: String) -> String {
    let text = normalized(lines(of: source)).joined(separator: "\n")
    // The one way it could fail is a library without SHA-256; then no two blocks are the same.
    return (try? SHA256.digest(of: Array(text.utf8)).description) ?? ""
  }

  /// A line without blanks on both sides, as a key to find it by.
  static func key(_ line: Substring) -> Substring {
    Substring(withoutTrailingBlanks(line).utf8.drop(while: isBlank))
  }

  private static func withoutTrailingBlanks(_ line: Substring) -> Substring {
    var bytes = line.utf8
    while let last = bytes.last, isBlank(last) || last == UInt8(ascii: "\r") { bytes.removeLast() }
    return Substring(bytes)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
