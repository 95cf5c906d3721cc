// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc

/// A file system in memory that is full after a few kilobytes or megabytes; gone when released. Mounting one takes root.
public final class SmallDisk: Sendable {
  /// Where it is mounted.
  public let path: String

  /// The system would not mount it, or not fill it.
  public struct Failure: Error {
    /// As `errno` told it.
    public let code: Int32
  }

  /// Whether this process may mount one.
  public static let isPossible = (try? SmallDisk(kilobytes: 64)) != nil

  /// - Parameter path: An existing directory; without it one is made.
  public init(kilobytes: Int, at path: String? = nil) throws {
    self.path = path ?? "\(FileManager.default.temporaryDirectory.path)/jackfield-disk-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
    guard unsafe mount("tmpfs", self.path, "tmpfs", 0, "size=\(kilobytes)k") == 0 else {
      let code = errno
      if path == nil { unsafe rmdir(self.path) }
      throw Failure(code: code)
    }
  }

  /// The same, in mebibytes.
  public convenience init(megabytes: Int) throws { try self.init(kilobytes: megabytes << 10) }

  deinit {
    // What is still open keeps it until it is closed.
    unsafe umount2(path, Int32(MNT_DETACH))
    unsafe rmdir(path)
  }

  /// Takes all the room there is.
  public func fill() throws {
    let descriptor = unsafe open(path + "/filler", O_CREAT | O_WRONLY | O_APPEND, 0o600)
    guard descriptor >= 0 else { throw Failure(code: errno) }
    defer { close(descriptor) }
    let block = [UInt8](repeating: 1, count: 1 << 16)
    while unsafe write(descriptor, block, block.count) == block.count {}
    while unsafe write(descriptor, block, 1) == 1 {}
  }

  /// Gives it back.
  public func empty() { unsafe unlink(path + "/filler") }
}
