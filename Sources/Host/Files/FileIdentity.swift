// SPDX-License-Identifier: Apache-2.0
package import Glibc

/// Which file it is and when it was written to last, as far as the file system tells.
///
/// Two equal ones speak for unchanged bytes and do not prove them: a clock tick is some milliseconds long, and writing through a mapping
/// may be noticed late.
package struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  private let size: Int64
  private let modified: [Int]
  private let changed: [Int]
  private let mode: UInt32
  private let owner: UInt32

  package init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
    changed = [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
    (mode, owner) = (status.st_mode, status.st_uid)
  }

  /// Of an open file; nil when the system does not tell.
  package init?(descriptor: Int32) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Of a path itself: a symbolic link is not followed.
  package init(path: String) throws(FileError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { throw FileError(verb: "look at", path: path, cause: .system(errno)) }
    self.init(status)
  }

  package var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
  package var isRegularFile: Bool { mode & S_IFMT == S_IFREG }
}
