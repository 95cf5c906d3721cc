// SPDX-License-Identifier: Apache-2.0

/// A look at the threads of a process that does not answer, as text, a frame a line.
package enum StackSample {
  package static let maximumLines = 200
  static let maximumSize = 1 << 20

  /// Reads a sample that somebody wrote to a file; empty when there is none, or it is too large.
  package static func lines(of path: String) -> [String] {
    guard let text = try? SmallFile.read(path, limit: maximumSize) else { return [] }
    return bounded(String(decoding: text, as: UTF8.self).split(separator: "\n", maxSplits: maximumLines).map(String.init))
  }

  static func bounded(_ lines: [String]) -> [String] { lines.prefix(maximumLines).map { $0.shown(limit: 300) } }
}
