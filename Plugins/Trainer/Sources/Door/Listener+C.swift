// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK

/// The socket trainers connect to.
struct Listener: Sendable {
  /// What an attempt to accept came to.
  enum Accepting {
    case accepted(Socket, peer: String)
    case nobody
    /// The system gives no descriptor or no memory just now.
    case exhausted(reason: String)
  }

  /// A trainer's writes have half a second: what does not fit here, the kernel makes it wait for.
  private static let receiveBufferBytes: Int32 = 8 << 20

  let socket: Socket
  /// With the port in use, also when any was asked for.
  let address: LoopbackAddress

  /// Binds and listens.
  init(at wanted: LoopbackAddress) throws {
    let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Self.failure(wanted, errno) }
    let socket = Socket(descriptor: descriptor)
    socket.setNonBlocking()
    socket.set(SO_REUSEADDR, to: 1)
    // Accepted sockets inherit it. The second is cut to the system's limit, the first is not but needs a privilege.
    socket.set(SO_RCVBUF, to: Self.receiveBufferBytes)
    socket.set(SO_RCVBUFFORCE, to: Self.receiveBufferBytes)
    var address = wanted.raw
    let bound = unsafe withRaw(&address) { unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    guard bound == 0, listen(descriptor, SOMAXCONN) == 0 else {
      let code = errno
      socket.close()
      throw Self.failure(wanted, code)
    }
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = unsafe withRaw(&address) { unsafe getsockname(descriptor, $0, &length) }
    self.socket = socket
    self.address = LoopbackAddress(address)
  }

  /// Takes one waiting trainer.
  func accept() -> Accepting {
    while true {
      var address = sockaddr_in()
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let descriptor = unsafe withRaw(&address) { unsafe Glibc.accept(socket.descriptor, $0, &length) }
      if descriptor >= 0 {
        let accepted = Socket(descriptor: descriptor)
        accepted.setNonBlocking()
        accepted.set(TCP_NODELAY, level: Int32(IPPROTO_TCP), to: 1)
        return .accepted(accepted, peer: LoopbackAddress(address).description)
      }
      switch errno {
      case EINTR, ECONNABORTED: continue
      case EAGAIN, EWOULDBLOCK: return .nobody
      default: return .exhausted(reason: unsafe String(cString: strerror(errno)))
      }
    }
  }

  private static func failure(_ address: LoopbackAddress, _ code: Int32) -> PluginFailure {
    guard code == EADDRINUSE else {
      return PluginFailure("cannot listen for trainers on \(address): \(unsafe String(cString: strerror(code)))")
    }
    return PluginFailure(
      "cannot listen for trainers on \(address): another process has port \(address.port); end it (another host, or the editor extension), "
        + "or set 'port' of the plugin and ONTHEFLY_DASHBOARD_PORT of the trainers to another one",
      code: "port_taken", retryable: true)
  }
}

/// Lends an IPv4 address as the general kind the socket calls want.
private func withRaw<Result>(_ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Result) -> Result {
  unsafe withUnsafeMutablePointer(to: &address) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0) }
  }
}
