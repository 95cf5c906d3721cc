// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A connection to a Unix socket, line by line, blocking.
final class ControlSocket {
  enum Failure: Error, Equatable {
    /// Nobody listens, or there is no such socket.
    case nobody
    case system(Int32)
    case closed
    /// Ctrl-C came while waiting.
    case interrupted
    /// Nothing came in the time that was given.
    case silent
    /// The other descriptor that was waited for is readable.
    case other
  }

  /// Readable when something has come; for a caller that waits for other things, too.
  let descriptor: Int32
  private let patience: Int32
  private var received: [UInt8] = []
  /// Where the next line begins in `received`.
  private var begin = 0

  /// - Parameter patience: In milliseconds, how long to wait for bytes; nil for ever.
  init(path: String, patience: Int32? = nil) throws(Failure) {
    self.patience = patience ?? -1
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .system(errno) }
    // From here on `deinit` closes it, also when this throws.
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw .system(ENAMETOOLONG) }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let connected = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(descriptor, $0, size) }
    }
    guard connected == 0 else { throw [ENOENT, ECONNREFUSED, ENOTDIR].contains(errno) ? .nobody : .system(errno) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func send(line: String) throws(Failure) {
    let bytes = Array((line + "\n").utf8)
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))  // not empty: ends in "\n"
      }
      if count > 0 {
        sent += count
      } else if errno == EPIPE || errno == ECONNRESET {
        throw .closed
      } else if errno != EINTR {
        throw .system(errno)
      }
    }
  }

  /// Waits for the next line.
  ///
  /// - Parameters:
  ///   - other: A descriptor that ends the wait when it is readable; -1 for none.
  ///   - patience: In milliseconds, for this line alone; nil for that of the connection.
  /// - Throws: `interrupted` when Ctrl-C has come and `interruptible` is set, also while lines are waiting.
  func receive(interruptible: Bool, other: Int32 = -1, patience: Int32? = nil) throws(Failure) -> [UInt8] {
    if interruptible, Interrupt.isRequested { throw .interrupted }
    var searched = begin
    while true {
      if let end = received[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { begin = end + 1 }
        return Array(received[begin..<end])
      }
      received.removeSubrange(..<begin)
      begin = 0
      searched = received.count
      try waitForBytes(interruptible, other, patience ?? self.patience)
      try readMore()
    }
  }

  private func waitForBytes(_ interruptible: Bool, _ other: Int32, _ patience: Int32) throws(Failure) {
    var wanted = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: interruptible ? Interrupt.descriptor : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: other, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      let count = unsafe poll(&wanted, 3, patience)
      if count == 0 { throw .silent }
      if count < 0, errno != EINTR { throw .system(errno) }
      if interruptible, Interrupt.isRequested { throw .interrupted }
      if count > 0, wanted[0].revents == 0, wanted[2].revents != 0 { throw .other }
      if count > 0 { return }
    }
  }

  private func readMore() throws(Failure) {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    let count = unsafe read(descriptor, &chunk, chunk.count)
    if count == 0 { throw .closed }
    if count < 0 {
      if errno == EINTR { return }
      throw errno == ECONNRESET ? .closed : .system(errno)
    }
    received += chunk[..<count]
  }
}
