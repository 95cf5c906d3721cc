// SPDX-License-Identifier: Apache-2.0
// The socket calls of the control door. Failures come back as errno, for only the caller can say what was tried.
import CLinux
import Glibc

/// Non-blocking Unix stream sockets.
enum UnixSocket {
  /// The longest path the kernel takes, without its closing NUL.
  static let longestPath = 107

  /// What a read or a write came to.
  enum Transfer: Equatable {
    case bytes(Int)
    case wouldBlock
    case ended
  }

  static func make() -> Int32 {
    socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
  }

  /// Returns 0 or errno.
  static func bind(_ descriptor: Int32, to path: String) -> Int32 {
    unsafe withAddress(path) { address, length in unsafe Glibc.bind(descriptor, address, length) == 0 ? 0 : errno }
  }

  /// Returns 0 or errno.
  static func connect(_ descriptor: Int32, to path: String) -> Int32 {
    unsafe withAddress(path) { address, length in unsafe Glibc.connect(descriptor, address, length) == 0 ? 0 : errno }
  }

  private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    let bytes = Array(path.utf8)
    guard bytes.count <= longestPath else { return ENAMETOOLONG }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  /// The next waiting connection, non-blocking; a negative errno when there is none.
  static func accept(_ listener: Int32) -> Int32 { linux_accept(listener) }

  /// The user who connected; nil when the kernel does not say.
  static func peerUser(_ descriptor: Int32) -> UInt32? {
    var user: UInt32 = 0
    return unsafe linux_peer_uid(descriptor, &user) == 0 ? user : nil
  }

  /// Reads into `buffer`, at most its count.
  static func read(_ descriptor: Int32, into buffer: inout [UInt8]) -> Transfer {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
      if count > 0 { return .bytes(count) }
      if count == 0 { return .ended }
      if errno == EINTR { continue }
      return errno == EAGAIN ? .wouldBlock : .ended
    }
  }

  /// Writes `bytes` from `start` on, as many as the peer takes.
  static func write(_ descriptor: Int32, _ bytes: [UInt8], from start: Int) -> Transfer {
    while true {
      let count = unsafe bytes.withUnsafeBytes { bytes in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[start...])
        return unsafe send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
      }
      if count >= 0 { return .bytes(count) }
      if errno == EINTR { continue }
      return errno == EAGAIN ? .wouldBlock : .ended
    }
  }
}
