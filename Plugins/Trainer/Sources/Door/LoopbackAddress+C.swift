// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// An IPv4 address of this machine's loopback and a port.
struct LoopbackAddress: Sendable, CustomStringConvertible {
  private let address: UInt32
  let port: UInt16

  /// - Parameter host: 127.0.0.0/8 in dotted form, or "localhost"; nil for everything else.
  init?(host: String, port: UInt16) {
    var parsed = in_addr()
    guard unsafe inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &parsed) == 1 else { return nil }
    address = UInt32(bigEndian: parsed.s_addr)
    guard address >> 24 == 127 else { return nil }
    self.port = port
  }

  init(_ raw: sockaddr_in) {
    address = UInt32(bigEndian: raw.sin_addr.s_addr)
    port = UInt16(bigEndian: raw.sin_port)
  }

  var host: String { [24, 16, 8, 0].map { "\(address >> $0 & 255)" }.joined(separator: ".") }
  var description: String { "\(host):\(port)" }

  /// As the kernel wants it.
  var raw: sockaddr_in {
    var raw = sockaddr_in()
    raw.sin_family = sa_family_t(AF_INET)
    raw.sin_port = port.bigEndian
    raw.sin_addr = in_addr(s_addr: address.bigEndian)
    return raw
  }
}
