// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Ends connections of this process as a network does that breaks: without a word at either end.
enum BrokenNetwork {
  /// - Parameter port: Where they lead, on this machine.
  /// - Returns: How many there were.
  static func breakConnections(toPort port: Int) -> Int {
    (0..<1_024).filter { peer(of: $0) == port && shutdown($0, Int32(SHUT_RDWR)) == 0 }.count
  }

  /// Nil for what is no connection of IPv4 or IPv6.
  private static func peer(of descriptor: Int32) -> Int? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard getpeername(descriptor, address, &length) == 0, [AF_INET, AF_INET6].contains(Int32(address.pointee.sa_family)) else {
          return nil
        }
        // Both kinds hold the port at the same place.
        return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { Int(UInt16(bigEndian: $0.pointee.sin_port)) }
      }
    }
  }
}
