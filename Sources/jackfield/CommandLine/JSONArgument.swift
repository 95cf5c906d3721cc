// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// JSON given on the command line: itself, "-" for standard input, "@FILE" for a file.
enum JSONArgument {
  static func read(_ text: String) throws -> [UInt8] {
    if text == "-" { return try bytes(of: "/dev/stdin") }
    if text.hasPrefix("@") { return try bytes(of: String(text.dropFirst())) }
    return Array(text.utf8)
  }

  private static func bytes(of path: String) throws(CommandFailure) -> [UInt8] {
    do { return Array(try Data(contentsOf: URL(filePath: path))) } catch {
      throw CommandFailure("cannot read '\(path)'; name a file that exists and may be read", status: SystemExit.usage)
    }
  }
}
