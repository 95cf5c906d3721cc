// SPDX-License-Identifier: Apache-2.0

/// The kinds of archives that are written.
public enum ArchiveFormat: String, Sendable, Hashable, CaseIterable {
  /// One compressed stream a file; can be opened everywhere.
  case zip
  /// POSIX tar in a Zstandard stream.
  case tarZstandard

  /// The kind that a file's name stands for: `.zip`, `.tar.zst` or `.tzst`, in any case; nil for every other name.
  public init?(path: String) {
    let name = path.lowercased()
    if name.hasSuffix(".zip") {
      self = .zip
    } else if name.hasSuffix(".tar.zst") || name.hasSuffix(".tzst") {
      self = .tarZstandard
    } else {
      return nil
    }
  }
}
