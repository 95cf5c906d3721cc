// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A file that somebody else appends to.
enum GrowingFile {
  /// Gives the room of a file's beginning back when it takes more than `limit` bytes of disk; a quarter of that stays.
  static func trim(_ path: String, to limit: Int64) {
    let descriptor = unsafe open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, Int64(status.st_blocks) * 512 > limit else { return }
    // A file system without holes: begun anew, its writer appends.
    if linux_free_beginning(descriptor, Int64(status.st_size) - limit / 4) < 0 { _ = ftruncate(descriptor, 0) }
  }
}
