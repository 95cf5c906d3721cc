// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc

/// A file system in memory that is full after a few kilobytes; goes with the value.
final class SmallDisk {
  let path: String

  struct NotMounted: Error {
    let code: Int32
  }

  /// Whether this process may mount one.
  static let isPossible = (try? SmallDisk(kilobytes: 64)) != nil

  /// - Parameter path: An existing directory; without it one is made.
  init(kilobytes: Int, at path: String? = nil) throws {
    self.path = path ?? "/tmp/jackfield-disk-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
    guard mount("tmpfs", self.path, "tmpfs", 0, "size=\(kilobytes)k") == 0 else { throw NotMounted(code: errno) }
  }

  deinit {
    umount2(path, Int32(MNT_DETACH))
    rmdir(path)
  }

  /// Takes all the room there is.
  func fill() {
    let descriptor = open(path + "/filler", O_CREAT | O_WRONLY, 0o600)
    let block = [UInt8](repeating: 1, count: 1_024)
    while write(descriptor, block, block.count) > 0 {}
    close(descriptor)
  }

  /// Gives it back.
  func empty() { unlink(path + "/filler") }
}
