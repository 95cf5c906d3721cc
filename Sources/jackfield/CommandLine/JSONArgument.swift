// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// JSON given on the command line: itself, "-" for standard input, "@FILE" for a file.
enum JSONArgument {
  static func read(_ text: String) throws(CommandFailure) -> [UInt8] {
    if text == "-" { return try bytes(of: "/dev/stdin") }
    guard text.hasPrefix("@") else { return Array(text.utf8) }
    guard text.count > 1 else { throw CommandFailure("'@' wants a file: @FILE", status: SystemExit.usage) }
    return try bytes(of: String(text.dropFirst()))
  }

  private static func bytes(of path: String) throws(CommandFailure) -> [UInt8] {
    do { return Array(try Data(contentsOf: URL(filePath: path))) } catch {
      throw CommandFailure("cannot read '\(path)'; name a file that exists and may be read", status: SystemExit.usage)
    }
  }
}
