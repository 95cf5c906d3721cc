// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// The few things that a transfer does with files as such.
enum TransferFiles {
  /// Removes a database file and what the library may have left beside it.
  static func removeDatabase(_ path: String) {
    for suffix in ["", "-journal", "-wal", "-shm"] { FileTools.remove(path + suffix) }
  }

  /// Refuses a path that is not absolute.
  static func requireAbsolute(_ path: String) throws {
    guard path.hasPrefix("/"), !path.utf8.contains(0) else {
      throw PluginFailure("the path '\(path)' is not absolute; give one that begins with '/'", code: "path_not_absolute", status: .invalid)
    }
  }
}
