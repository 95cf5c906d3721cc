// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Paths that only the system knows.
enum SystemPaths {
  /// Empty when it cannot be told, as in a directory that was removed.
  static var workingDirectory: String {
    guard let path = unsafe getcwd(nil, 0) else { return "" }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }

  /// The home directory of the user this process runs as, by the system's user database.
  static var homeInUserDatabase: String? {
    guard let entry = unsafe getpwuid(geteuid()), let directory = unsafe entry.pointee.pw_dir else { return nil }
    return unsafe String(cString: directory)
  }
}
