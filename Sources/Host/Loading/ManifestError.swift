// SPDX-License-Identifier: Apache-2.0

/// Everything that is wrong with a manifest.
package struct ManifestError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence each, at least one.
  package let sentences: [String]

  init(_ sentences: [String]) { self.sentences = sentences }

  /// One sentence a line.
  package var description: String { sentences.joined(separator: "\n") }

  /// The first sentence, and how many more there are.
  package var summary: String {
    let more = sentences.count - 1
    return sentences[0] + (more == 0 ? "" : more == 1 ? " (and 1 more problem)" : " (and \(more) more problems)")
  }
}
