// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file system of a few megabytes, in memory, gone when released.
final class SmallDisk {
  struct NotMade: Error {}

  let path = "/tmp/jackfield-disk-\(UInt64.random(in: 0 ... .max))"

  static var canBeMade: Bool { (try? SmallDisk(megabytes: 1)) != nil }

  init(megabytes: Int) throws {
    guard mkdir(path, 0o700) == 0 else { throw NotMade() }
    guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
      rmdir(path)
      throw NotMade()
    }
  }

  deinit {
    umount2(path, 2)  // MNT_DETACH: what is still open keeps it until it is closed
    rmdir(path)
  }

  /// Bytes that do not pack.
  static func noise(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let descriptor = open("/dev/urandom", O_RDONLY)
    defer { close(descriptor) }
    guard read(descriptor, &bytes, count) == count else { throw NotMade() }
    return bytes
  }

  /// Takes all room there is.
  func fill() throws {
    let descriptor = open(path + "/filler", O_WRONLY | O_CREAT, 0o600)
    guard descriptor >= 0 else { throw NotMade() }
    defer { close(descriptor) }
    let block = [UInt8](repeating: 1, count: 1 << 16)
    while write(descriptor, block, block.count) == block.count {}
    while write(descriptor, block, 1) == 1 {}
  }
}
