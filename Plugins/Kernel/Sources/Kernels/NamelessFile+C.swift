// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK

/// A file without a name; it is gone when this is. Several threads may use it at once, each another place of it.
final class NamelessFile: Sendable {
  private let descriptor: Int32

  /// - Parameter path: Where it is made, and has a name for a moment.
  init(path: String) throws {
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw PluginFailure("cannot make '\(path)': \(unsafe String(cString: strerror(errno)))") }
    _ = unsafe unlink(path)
  }

  deinit { close(descriptor) }

  /// Writes bytes at a place.
  ///
  /// - Returns: Whether all of them are there.
  func write(_ bytes: [UInt8], at offset: Int) -> Bool {
    var written = 0
    while written < bytes.count {
      let some = unsafe bytes.withUnsafeBytes {
        unsafe pwrite(descriptor, $0.baseAddress! + written, $0.count - written, offset + Int(written))
      }
      if some < 0 && errno == EINTR { continue }
      guard some > 0 else { return false }
      written += some
    }
    return true
  }

  /// Reads bytes from a place; none when the disk does not give all of them.
  func read(_ count: Int, at offset: Int) -> [UInt8] {
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, taken in
      taken = 0
      while taken < count {
        let some = unsafe pread(descriptor, buffer.baseAddress! + taken, count - taken, offset + Int(taken))
        if some < 0 && errno == EINTR { continue }
        guard some > 0 else { break }
        taken += some
      }
    }
    return bytes.count == count ? bytes : []
  }
}
