// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// One connection to the host's control door, closed with the object. Belongs to one thread.
final class ControlSocket {
  enum Transfer {
    case bytes(Int)
    case wouldBlock
    case ended
  }

  let descriptor: Int32

  /// Connects. A Unix socket answers at once: it is there or it is not.
  ///
  /// - Throws: errno.
  init(path: String) throws(ErrnoError) {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { throw ErrnoError(number: errno) }
    let number = Self.connect(descriptor, path)
    // The object is whole, so that letting go of it closes the descriptor.
    guard number == 0 else { throw ErrnoError(number: number) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private static func connect(_ descriptor: Int32, _ path: String) -> Int32 {
    let bytes = Array(path.utf8)
    var address = sockaddr_un()
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return ENAMETOOLONG }
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 ? 0 : errno
      }
    }
  }

  /// Reads into the beginning of `buffer`, at most its count.
  func read(into buffer: inout [UInt8]) -> Transfer {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
      if count > 0 { return .bytes(count) }
      if count == 0 { return .ended }
      if errno == EINTR { continue }
      return errno == EAGAIN ? .wouldBlock : .ended
    }
  }

  /// Writes `bytes` from `start` on, as many as the host takes.
  func write(_ bytes: [UInt8], from start: Int) -> Transfer {
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

/// An error of the system.
struct ErrnoError: Error, Hashable {
  let number: Int32
}

/// Wakes the thread that waits on it, from any other.
final class Bell: Sendable {
  private let descriptor: Int32

  /// - Throws: errno, when the process has no descriptor left.
  init() throws(ErrnoError) {
    descriptor = linux_event_make()
    guard descriptor >= 0 else { throw ErrnoError(number: -descriptor) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func ring() {
    var one: UInt64 = 1
    _ = unsafe write(descriptor, &one, 8)
  }

  /// Waits until it rings, the socket can be read or, if that is wanted, written, or the time has passed.
  ///
  /// - Returns: Whether the socket has something, or is at its end.
  func wait(_ socket: ControlSocket?, wantsToWrite: Bool, milliseconds: Int32) -> Bool {
    let events = wantsToWrite ? Int16(POLLIN | POLLOUT) : Int16(POLLIN)
    var watched = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: socket?.descriptor ?? -1, events: events, revents: 0),
    ]
    _ = unsafe poll(&watched, 2, milliseconds)
    if watched[0].revents != 0 {
      var count: UInt64 = 0
      _ = unsafe read(descriptor, &count, 8)
    }
    return watched[1].revents & ~Int16(POLLOUT) != 0
  }
}
