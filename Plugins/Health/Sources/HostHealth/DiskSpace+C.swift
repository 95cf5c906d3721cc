// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The room on the disk that holds a directory.
struct DiskSpace: Sendable, Equatable {
  /// What this process may still use.
  var freeBytes: Int64
  var totalBytes: Int64

  /// - Returns: Nil when the directory cannot be looked at; `errno` says why.
  static func of(_ directory: String) -> DiskSpace? {
    var told = statvfs()
    guard unsafe statvfs(directory, &told) == 0 else { return nil }
    let block = Int64(clamping: told.f_frsize)
    return DiskSpace(
      freeBytes: Int64(clamping: told.f_bavail).multipliedReportingOverflow(by: block).partialValue,
      totalBytes: Int64(clamping: told.f_blocks).multipliedReportingOverflow(by: block).partialValue)
  }
}
