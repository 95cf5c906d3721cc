// SPDX-License-Identifier: Apache-2.0

/// The name of a kept checkpoint: by its content, and for a hard link also what its file was like then.
///
/// A hard link and the trainer's file are one file. A trainer that saves to the same name again opens it anew for writing, as torch.save does,
/// and so changes what was kept. The name of a link therefore tells the size and the time of the last change that belong to the
/// digest: one look at the file shows whether it still is what it was, without reading it.
struct KeptName: Sendable, Hashable {
  let digest: String
  /// Nil for a copy, which nobody else writes to.
  let link: Link?

  struct Link: Sendable, Hashable {
    let bytes: Int64
    /// In nanoseconds.
    let modified: Int64
  }

  init(digest: String, linkTo facts: FileFacts?) {
    self.digest = digest
    link = facts.map { Link(bytes: $0.bytes, modified: $0.modified) }
  }

  /// Reads a name; nil for one that is none of ours.
  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard let digest = parts.first, digest.utf8.count == 64, digest.utf8.allSatisfy(Self.isHexadecimal) else { return nil }
    self.digest = String(digest)
    switch parts.count {
    case 1: link = nil
    case 3:
      guard let bytes = Int64(parts[1]), let modified = Int64(parts[2]), bytes >= 0 else { return nil }
      link = Link(bytes: bytes, modified: modified)
    default: return nil
    }
  }

  var text: String { link.map { "\(digest)-\($0.bytes)-\($0.modified)" } ?? digest }

  /// Whether a file is still what was kept, as far as can be seen without reading it.
  func isIntact(_ facts: FileFacts) -> Bool {
    guard let link else { return true }
    return facts.bytes == link.bytes && facts.modified == link.modified
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}
