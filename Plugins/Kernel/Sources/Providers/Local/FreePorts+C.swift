// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK

/// Ports of the loopback that nobody listens on.
enum FreePorts {
  /// Finds so many, all different. Nothing keeps others from taking one a moment later: a kernel that finds one taken ends, and is begun
  /// again with others.
  static func find(_ count: Int) throws -> [Int] {
    var sockets: [Int32] = []
    defer { for socket in sockets { close(socket) } }
    return try (0..<count).map { _ in
      let (socket, port) = try bound()
      sockets.append(socket)
      return port
    }
  }

  private static func bound() throws -> (socket: Int32, port: Int) {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw failure() }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let number = unsafe withUnsafeMutablePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(socket, address, length) == 0 ? unsafe getsockname(socket, address, &length) : -1
      }
    }
    guard number == 0 else {
      close(socket)
      throw failure()
    }
    return (socket, Int(UInt16(bigEndian: address.sin_port)))
  }

  private static func failure() -> PluginFailure {
    PluginFailure("cannot find free ports for a kernel: \(LocalFileFault().reason)", retryable: true)
  }
}
