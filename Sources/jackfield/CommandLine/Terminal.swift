// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON

/// Writing to the person or program at the other end.
enum Terminal {
  static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }
  static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Columns of the terminal that standard output goes to; nil when it goes elsewhere.
  static var width: Int? {
    var size = winsize()
    guard outputIsTerminal, unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  static func print(_ text: String) { Output.write(text + "\n", to: STDOUT_FILENO) }
  static func writeError(_ text: String) { Output.write(text, to: STDERR_FILENO) }

  /// Prints a message that may hold words of a plugin.
  static func printError(_ text: String) { writeError(plainLines(text) + "\n") }

  /// Pretty for a person, one line for a program.
  static func print(_ value: JSONValue) { print(json(value, pretty: outputIsTerminal)) }

  /// Prints a value as one line.
  static func printLine(_ value: JSONValue) { print(json(value, pretty: false)) }

  static func print(_ table: TextTable) { print(table.lines(width: width).joined(separator: "\n")) }

  /// Prints a text wrapped to the terminal; lines after the first are indented.
  static func printWrapped(_ text: String) {
    guard let width else { return print(plainLines(text)) }
    let lines = TextLayout.wrap(plainLines(text), width: width - 2)
    print(lines.enumerated().map { $0.offset == 0 ? $0.element : "  " + $0.element }.joined(separator: "\n"))
  }

  /// Shows each character that a terminal would obey as "?".
  static func plain(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isObeyed) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isObeyed($0) ? "?" : $0 }))
  }

  /// The same, and leaves the ends of lines.
  static func plainLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { plain(String($0)) }.joined(separator: "\n")
  }

  /// JSON with escapes for the characters that JSON lets pass and a terminal obeys.
  static func json(_ value: JSONValue, pretty: Bool) -> String {
    let text = value.serialized(pretty: pretty)
    guard text.unicodeScalars.contains(where: { $0 != "\n" && isObeyed($0) }) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar != "\n", isObeyed(scalar) {
        let digits = String(scalar.value, radix: 16)
        result += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// Control characters, ends of lines, and what changes the direction of writing; all of them below U+10000.
  private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
