// SPDX-License-Identifier: Apache-2.0
// Reads files that anybody may have made. A mapping would be shorter, and would kill the daemon with SIGBUS when the file is
// cut while it is read.
import Glibc

/// A regular file open for reading.
///
/// The descriptor is closed when the value goes away. Reading never changes the file's position.
final class PlainFile {
  enum Failure: Error {
    case notRegular
    /// The number of the system's error.
    case system(Int32)
  }

  let path: String
  /// In bytes, when the file was opened.
  let size: Int
  private let descriptor: Int32

  /// Opens a file; a pipe or device in its place is refused without waiting for it.
  init(_ path: String) throws(Failure) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw .system(errno) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .notRegular
    }
    self.path = path
    size = Int(status.st_size)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Exactly `count` bytes from `offset`; nil when the file does not have them all.
  func bytes(at offset: Int, count: Int) -> [UInt8]? {
    guard offset >= 0, count >= 0, offset <= size, count <= size - offset else { return nil }
    guard count > 0 else { return [] }
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = unsafe pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))  // not empty: count > 0
        if got < 0, errno == EINTR { continue }
        guard got > 0 else { return }
        filled += got
      }
    }
    return bytes.count == count ? bytes : nil
  }

  /// All bytes up to the file's end, whatever size it claims; nil when there are more than `limit`.
  func everything(limit: Int) -> [UInt8]? {
    var all: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let got = unsafe block.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, off_t(all.count)) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0, all.count + got <= limit else { return nil }
      if got == 0 { return all }
      all += block.prefix(got)
    }
  }
}
