// SPDX-License-Identifier: Apache-2.0

/// JSON given on the command line: itself, "-" for standard input, "@FILE" for a file or a pipe.
enum JSONArgument {
  static func read(_ text: String) throws(CommandFailure) -> [UInt8] {
    if text == "-" { return try Input.standard() }
    guard text.hasPrefix("@") else { return Array(text.utf8) }
    guard text.count > 1 else { throw CommandFailure("'@' wants a file: @FILE", status: SystemExit.usage) }
    return try Input.file(String(text.dropFirst()))
  }
}
