// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A plugin as it was found on disk. Either its manifest was read or `refusal` says why not.
package struct DiscoveredPlugin: Sendable {
  /// From the manifest; the name of the directory or file when it has none.
  package let id: String
  /// The plugin's directory, or its single file.
  package let path: String
  /// Where its files lie.
  package let directory: String
  /// plugin.json; nil when the manifest is inside the library.
  package let manifestPath: String?
  package let libraryPath: String?
  /// The bytes of plugin.json that were read.
  let manifestText: [UInt8]?
  package let manifest: Manifest?
  /// Why it must stay outside.
  package internal(set) var refusal: Refusal?

  init(
    id: String, path: String, directory: String, manifestPath: String? = nil, libraryPath: String? = nil, manifestText: [UInt8]? = nil,
    manifest: Manifest? = nil, refusal: Refusal? = nil
  ) {
    self.id = id
    self.path = path
    self.directory = directory
    self.manifestPath = manifestPath
    self.libraryPath = libraryPath
    self.manifestText = manifestText
    self.manifest = manifest
    self.refusal = refusal
  }

  /// Changes when the manifest or the library becomes another file, or is written to.
  package var fingerprint: String {
    [manifestPath, libraryPath].map { path in
      var status = stat()
      guard let path, unsafe stat(path, &status) == 0 else { return "-" }
      return "\(status.st_dev):\(status.st_ino):\(status.st_size):\(status.st_mtim.nanoseconds):\(status.st_ctim.nanoseconds)"
    }.joined(separator: "/")
  }
}

extension timespec {
  fileprivate var nanoseconds: Int { tv_sec &* 1_000_000_000 &+ tv_nsec }
}
