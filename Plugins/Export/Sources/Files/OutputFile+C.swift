// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK

/// A new file that is written from its beginning; closes itself when released.
final class OutputFile {
  private let path: String
  private let descriptor: Int32

  /// Makes a file, readable by its owner alone; refuses when something has that name.
  init(_ path: String) throws {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw FileSystem.failure("make", path, errno) }
  }

  deinit { close(descriptor) }

  /// Appends the first `count` bytes.
  func write(_ bytes: [UInt8], count: Int) throws {
    var done = 0
    while done < count {
      let written = unsafe bytes.withUnsafeBytes { all in
        unsafe Glibc.write(descriptor, all.baseAddress.map { unsafe $0 + done }, count - done)
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw FileSystem.failure("write", path, written < 0 ? errno : ENOSPC) }
      done += written
    }
  }

  /// Appends bytes.
  func write(_ bytes: [UInt8]) throws { try write(bytes, count: bytes.count) }

  /// Has the disk take everything.
  func synchronize() throws {
    guard fsync(descriptor) == 0 else { throw FileSystem.failure("write", path, errno) }
  }
}
