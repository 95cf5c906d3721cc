// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK

/// The few things that a transfer does with files as such.
enum TransferFiles {
  /// Whether anything has that name.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  /// Removes a database file and what the library may have left beside it.
  static func removeDatabase(_ path: String) {
    for suffix in ["", "-journal", "-wal", "-shm"] { _ = unsafe unlink(path + suffix) }
  }

  /// In bytes, 0 for a missing file.
  static func size(_ path: String) -> Int64 {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? Int64(status.st_size) : 0
  }

  /// Refuses a path that is not absolute.
  static func requireAbsolute(_ path: String) throws {
    guard path.hasPrefix("/"), !path.utf8.contains(0) else {
      throw PluginFailure("the path '\(path)' is not absolute; give one that begins with '/'", code: "path_not_absolute", status: .invalid)
    }
  }
}
