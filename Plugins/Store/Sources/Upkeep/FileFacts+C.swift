// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What the system says of a file: enough to see that it is another one now, or was written to.
struct FileFacts: Sendable, Hashable {
  let device: UInt64
  let inode: UInt64
  let bytes: Int64
  /// The time of the last change of its bytes, in nanoseconds.
  let modified: Int64
  let isRegular: Bool
  let isDirectory: Bool

  /// Follows links. Nil when there is nothing.
  init?(path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  init?(descriptor: Int32) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    bytes = Int64(status.st_size)
    modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    isRegular = status.st_mode & S_IFMT == S_IFREG
    isDirectory = status.st_mode & S_IFMT == S_IFDIR
  }
}
