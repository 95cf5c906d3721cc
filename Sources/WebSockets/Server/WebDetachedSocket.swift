// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// An open WebSocket between two processes: what one hands to the other.
public struct WebDetachedSocket: Sendable, Hashable {
  /// Whoever holds this closes it, or has it taken over.
  public let descriptor: Int32
  /// What was read of the next frame.
  public let unread: [UInt8]
  /// Path and query of the handshake. May hold secrets.
  public let target: String
  /// The one that was named to the client.
  public let subprotocol: String?

  /// Puts together what came from another process.
  public init(descriptor: Int32, unread: [UInt8], target: String, subprotocol: String?) {
    self.descriptor = descriptor
    self.unread = unread
    self.target = target
    self.subprotocol = subprotocol
  }

  /// Closes it with a reset, for one that nobody takes over: the client sees that it broke.
  public func abort() {
    var lingering = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
    close(descriptor)
  }
}
