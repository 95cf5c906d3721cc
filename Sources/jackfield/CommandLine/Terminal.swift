// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON

/// Writing to the person or program at the other end.
enum Terminal {
  static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  static func print(_ text: String) { Output.write(text + "\n", to: STDOUT_FILENO) }
  static func printError(_ text: String) { Output.write(text + "\n", to: STDERR_FILENO) }
  static func writeError(_ text: String) { Output.write(text, to: STDERR_FILENO) }

  /// Pretty for a person, one line for a program.
  static func print(_ value: JSONValue) { print(value.serialized(pretty: outputIsTerminal)) }

  /// Rows in aligned columns under their titles. Control characters in cells are shown as "?", so that no plugin writes to the terminal.
  static func printTable(_ titles: [String], _ rows: [[String]]) {
    let cells = [titles] + rows.map { $0.map(plain) }
    let widths = titles.indices.map { column in cells.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    for row in cells {
      let padded = row.enumerated().map { column, cell in
        column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
      }
      print(padded.joined(separator: "  "))
    }
  }

  static func plain(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? "?" : $0 }))
  }
}
