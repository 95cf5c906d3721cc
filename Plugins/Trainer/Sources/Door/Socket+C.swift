// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A socket that never blocks. Whoever made it closes it.
struct Socket: Sendable {
  /// What a read came to.
  enum Reading {
    case bytes([UInt8])
    case nothingYet
    /// The other side ended, or the line broke.
    case ended
  }

  /// What a write came to.
  enum Writing {
    case written(Int)
    case noRoom
    case broken
  }

  let descriptor: Int32

  func close() { _ = Glibc.close(descriptor) }

  /// Reads what is there, through a buffer that is used again: the result is as large as what came.
  func read(through buffer: inout [UInt8]) -> Reading {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
      if count > 0 { return .bytes(Array(buffer[..<count])) }
      if count == 0 { return .ended }
      if errno == EINTR { continue }
      return errno == EAGAIN || errno == EWOULDBLOCK ? .nothingYet : .ended
    }
  }

  /// Writes as much as there is room for.
  func write(_ bytes: ArraySlice<UInt8>) -> Writing {
    while true {
      let count = unsafe bytes.withUnsafeBytes { unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count >= 0 { return .written(count) }
      if errno == EINTR { continue }
      return errno == EAGAIN || errno == EWOULDBLOCK ? .noRoom : .broken
    }
  }

  /// Makes the socket return instead of waiting, and keeps it from child processes.
  func setNonBlocking() {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  func set(_ option: Int32, level: Int32 = SOL_SOCKET, to value: Int32) {
    var value = value
    _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }
}
