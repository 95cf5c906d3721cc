// SPDX-License-Identifier: Apache-2.0

/// Which bytes of which plugin may be loaded.
struct PluginLock: Hashable, Sendable {
  struct Entry: Hashable, Sendable {
    var version: String
    /// Of all files together; see `PluginDigest`.
    var sha256: String
    /// Of each file, by name.
    var files: [String: String]
    /// Where it was found last.
    var path: String
    /// When these bytes were first let in, as RFC 3339.
    var firstSeen: String
  }

  static let fileName = "plugins.lock"
  static let maximumSize = 4 << 20

  /// By the plugins' ids.
  var plugins: [String: Entry] = [:]
}
