// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import WebSockets

/// What one host's door hands to the next one's: the listening socket and the open connections of scripts. Whoever holds it adopts it, or closes it.
///
/// The descriptors are numbers of this process; whoever takes the value to another process puts in those they have there.
struct DoorEstate: Sendable, Hashable, Codable {
  /// One script's open WebSocket, with none of its requests open.
  struct Connection: Sendable, Hashable, Codable {
    var descriptor: Int32
    /// Of a frame that began: at most 14 bytes.
    let unread: [UInt8]
    /// Whole messages that came while it was handed over, oldest first: nobody has looked at them.
    let messages: [[UInt8]]
    /// The run's id.
    let run: String
    /// Kept for its life, also by the next door.
    let number: UInt
    /// Whether the script has said anything yet; before it does, nothing may be sent to it.
    let hasSpoken: Bool

    var detached: WebDetachedSocket { WebDetachedSocket(descriptor: descriptor, unread: unread, target: "/", subprotocol: nil) }
  }

  /// Connections that come in between wait on it.
  var listener: Int32
  var connections: [Connection]
  /// No connection had a higher number.
  let lastNumber: UInt

  /// Lets go of everything, for an estate that nobody takes: scripts see their connections reset.
  func close() {
    Glibc.close(listener)
    for connection in connections { connection.detached.abort() }
  }
}
