// SPDX-License-Identifier: Apache-2.0

internal import CWebSockets
internal import Glibc
internal import Synchronization

/// A socket that listens.
final class WebListener: Sendable {
  /// Nil: closed.
  private let open: Mutex<Int32?>
  /// Nil: a Unix socket.
  let port: Int?
  /// Nil: a port.
  let path: String?

  init(_ settings: WebServerSettings.Listener) throws(WebError) {
    let descriptor: Int32
    switch settings {
    case .port(let port):
      descriptor = try Self.bindPort(port)
      path = nil
    case .path(let path):
      descriptor = try Self.bindPath(path)
      self.path = path
    case .descriptor(let given):
      guard Self.isListening(given) else {
        throw WebError(.invalid, "cannot serve on descriptor \(given): it is no socket that listens")
      }
      descriptor = given
      path = nil
      _ = fcntl(given, F_SETFD, FD_CLOEXEC)
      _ = fcntl(given, F_SETFL, fcntl(given, F_GETFL) | O_NONBLOCK)
    }
    open = Mutex(descriptor)
    port = Self.port(of: descriptor)
  }

  deinit { close() }

  func close() {
    if let descriptor = open.withLock({ $0.take() }) { Glibc.close(descriptor) }
  }

  /// Another descriptor of the same socket; whoever asks closes it.
  func copy() throws(WebError) -> Int32 {
    guard let descriptor = open.withLock({ $0 }) else {
      throw WebError(.stopped, "cannot copy the descriptor of a listening socket: the server was stopped")
    }
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw WebError(.invalid, "cannot copy the descriptor of a listening socket: \(systemReason())") }
    return copy
  }

  private static let backlog: Int32 = 1_024

  private static func bindPort(_ port: Int) throws(WebError) -> Int32 {
    guard let number = UInt16(exactly: port) else {
      throw WebError(.invalid, "cannot serve on port \(port): a port is a number up to 65535, or 0 for any that is free")
    }
    let made = try makeSocket(AF_INET, "port \(port)")
    var on: Int32 = 1
    unsafe setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = number.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    try listen(made, bind(made, &address), "port \(port)", "choose another port, or 0 for any that is free")
    return made
  }

  private static func bindPath(_ path: String) throws(WebError) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard !bytes.isEmpty, bytes.count < room, !bytes.contains(0) else {
      throw WebError(.invalid, "cannot serve on '\(path)': the path of a Unix socket has from 1 to \(room - 1) bytes")
    }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let made = try makeSocket(AF_UNIX, "'\(path)'")
    // What bind makes takes its rights from the socket.
    fchmod(made, 0o600)
    var result = bind(made, &address)
    if result != 0, errno == EADDRINUSE, isDeserted(&address) {
      _ = unsafe unlink(path)
      result = bind(made, &address)
    }
    try listen(made, result, "'\(path)'", "choose another path, or remove the file if nobody uses it")
    return made
  }

  private static func makeSocket(_ family: Int32, _ what: String) throws(WebError) -> Int32 {
    let made = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard made >= 0 else { throw WebError(.invalid, "cannot serve on \(what): \(systemReason())") }
    return made
  }

  private static func bind<Address>(_ descriptor: Int32, _ address: inout Address) -> Int32 {
    unsafe withUnsafeBytes(of: &address) { bytes in
      guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
      return unsafe Glibc.bind(descriptor, start, socklen_t(bytes.count))
    }
  }

  /// Whether a Unix socket's file has nobody behind it.
  private static func isDeserted(_ address: inout sockaddr_un) -> Bool {
    let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard probe >= 0 else { return false }
    defer { Glibc.close(probe) }
    let result: Int32 = unsafe withUnsafeBytes(of: &address) { bytes in
      guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return 0 }
      return unsafe connect(probe, start, socklen_t(bytes.count))
    }
    return result != 0 && errno == ECONNREFUSED
  }

  private static func listen(_ made: Int32, _ bound: Int32, _ what: String, _ cure: String) throws(WebError) {
    guard bound == 0, Glibc.listen(made, backlog) == 0 else {
      let reason = systemReason()
      Glibc.close(made)
      throw WebError(.invalid, "cannot serve on \(what): \(reason); \(cure)")
    }
  }

  private static func isListening(_ descriptor: Int32) -> Bool {
    var value: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return unsafe getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0
  }

  private static func port(of descriptor: Int32) -> Int? {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result: Int32 = unsafe withUnsafeMutableBytes(of: &address) { bytes in
      guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
      return unsafe getsockname(descriptor, start, &size)
    }
    return result == 0 && Int32(address.sin_family) == AF_INET ? Int(UInt16(bigEndian: address.sin_port)) : nil
  }
}

/// The system's words for the error of the last call.
func systemReason() -> String { unsafe String(cString: strerror(errno)) }
