// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK

/// A listening TCP socket on this machine.
struct Listener {
  let descriptor: Int32
  /// The port, also when the system chose it.
  let port: UInt16

  /// Opens the socket.
  ///
  /// - Throws: `PluginFailure` that names the port and the cure when it is taken.
  init(address: in_addr, port: UInt16) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Self.failure(port) }
    var yes: Int32 = 1
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    // Inherited by every connection: a trainer gives each write half a second, so there must be room for what it writes.
    var room: Int32 = 4 << 20
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<Int32>.size))
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr = address
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = unsafe withUnsafePointer(to: &name) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, size) }
    }
    guard bound == 0, listen(descriptor, SOMAXCONN) == 0 else {
      let failure = Self.failure(port)
      close(descriptor)
      throw failure
    }
    self.descriptor = descriptor
    self.port = Self.boundPort(descriptor)
  }

  private static func boundPort(_ descriptor: Int32) -> UInt16 {
    var name = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = unsafe withUnsafeMutablePointer(to: &name) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(descriptor, $0, &size) }
    }
    return UInt16(bigEndian: name.sin_port)
  }

  private static func failure(_ port: UInt16) -> PluginFailure {
    let number = errno
    guard number == EADDRINUSE else {
      return PluginFailure("cannot listen for trainers at port \(port): \(unsafe String(cString: strerror(number)))", code: "cannot_listen")
    }
    return PluginFailure(
      "cannot listen for trainers at port \(port): another program has it (another Jackfield, or an editor's dashboard); "
        + "end that, or set 'port' in this plugin's config and \(TrainerConfiguration.portVariable) for the trainers",
      code: "port_taken")
  }
}
