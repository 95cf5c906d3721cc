// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Whether somebody listens where a connection file says.
enum KernelDoor {
  /// Tries the shell's place. True also when that cannot be told without waiting: a kernel of another machine.
  static func isOpen(_ info: ConnectionInfo) -> Bool {
    info.transport == "ipc" ? isOpen(path: "\(info.ip)-\(info.shellPort)") : !info.ip.hasPrefix("127.") || isOpen(info.ip, info.shellPort)
  }

  private static func isOpen(path: String) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    return unsafe withUnsafePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connects(AF_UNIX, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  private static func isOpen(_ ip: String, _ port: Int) -> Bool {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(clamping: port).bigEndian
    guard unsafe inet_pton(AF_INET, ip, &address.sin_addr) == 1 else { return true }
    return unsafe withUnsafePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connects(AF_INET, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  /// On this machine a connection is made or refused at once.
  private static func connects(_ family: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Bool {
    let socket = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return true }
    defer { close(socket) }
    return unsafe connect(socket, address, length) == 0
  }
}
