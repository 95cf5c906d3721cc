// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A lock on a directory that those who know of it keep to; ends with its owner, however that ends.
///
/// Each is of its own: two in one process are in each other's way as two of different processes are.
final class DirectoryLock {
  private let descriptor: Int32

  /// Waits until nobody has the directory for itself. Nil where the file system knows no locks, or the directory is gone.
  static func shared(_ directory: String) -> DirectoryLock? { DirectoryLock(directory, LOCK_SH) }

  /// Does not wait; nil while anybody else has one.
  static func exclusive(_ directory: String) -> DirectoryLock? { DirectoryLock(directory, LOCK_EX | LOCK_NB) }

  private init?(_ directory: String, _ kind: Int32) {
    descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    while flock(descriptor, kind) != 0 {
      guard errno == EINTR else {
        close(descriptor)
        return nil
      }
    }
  }

  deinit { close(descriptor) }
}
