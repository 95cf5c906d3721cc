// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Whole files of bounded size, as configuration and manifests are. Never waits for a pipe or a device.
package enum SmallFile {
  /// Reads a regular file of at most `limit` bytes; symbolic links are followed.
  ///
  /// - Parameters:
  ///   - mustBePrivate: Refuse a file that its group or others may read or write.
  ///   - mustBeOwn: Refuse a file that somebody else than this user and root could have written, and a symbolic link.
  package static func read(
    _ path: String, limit: Int, mustBePrivate: Bool = false, mustBeOwn: Bool = false
  ) throws(FileError) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (mustBeOwn ? O_NOFOLLOW : 0))
    guard descriptor >= 0 else { throw FileError(verb: "read", path: path, cause: .system(errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(verb: "read", path: path, cause: .system(errno)) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(verb: "read", path: path, cause: .notRegular) }
    if mustBeOwn { try requireOwn(status, path) }
    if mustBePrivate, status.st_mode & 0o077 != 0 { throw FileError(verb: "read", path: path, cause: .notPrivate) }
    guard status.st_size <= limit else { throw FileError(verb: "read", path: path, cause: .tooLarge(limit: limit)) }
    return try bytes(of: descriptor, path: path, limit: limit)
  }

  private static func requireOwn(_ status: stat, _ path: String) throws(FileError) {
    guard status.st_uid == 0 || status.st_uid == geteuid() else {
      throw FileError(verb: "read", path: path, cause: .foreignOwner(status.st_uid))
    }
    guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else { throw FileError(verb: "read", path: path, cause: .writableByOthers) }
  }

  /// Replaces a file as a whole: whoever reads sees the old text or the new one, even after a power cut. Mode 0600.
  package static func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
    let temporary = "\(path).\(getpid()).tmp"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw FileError(verb: "write", path: temporary, cause: .system(errno)) }
    do throws(FileError) {
      defer { close(descriptor) }
      try write(bytes, to: descriptor, path: temporary)
      guard fsync(descriptor) == 0 else { throw FileError(verb: "write", path: temporary, cause: .system(errno)) }
    } catch {
      unsafe unlink(temporary)
      throw error
    }
    guard unsafe rename(temporary, path) == 0 else {
      let failure = FileError(verb: "write", path: path, cause: .system(errno))
      unsafe unlink(temporary)
      throw failure
    }
  }

  private static func bytes(of descriptor: Int32, path: String, limit: Int) throws(FileError) -> [UInt8] {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError(verb: "read", path: path, cause: .system(errno)) }
      if count == 0 { return all }
      all += chunk[..<count]
      guard all.count <= limit else { throw FileError(verb: "read", path: path, cause: .tooLarge(limit: limit)) }
    }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError(verb: "write", path: path, cause: .system(errno)) }
      rest = rest.dropFirst(count)
    }
  }
}
