// SPDX-License-Identifier: Apache-2.0

/// Numbers connections in the order they were accepted, from 1; never used twice while the plugin lives.
typealias ConnectionID = UInt64

/// What the door saw on a connection.
struct Arrival: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    /// Accepted; the bytes are the peer's address as text.
    case opened
    /// Read; the bytes are a piece of the stream, cut anywhere.
    case bytes
    /// Ended by the peer or by a broken line; no bytes.
    case closed
    /// Not seen by the door: something else is known of a session, which must be told in order with the lines. No bytes.
    case news
    /// Not seen by the door: an event of our own, whole.
    case own(TrainerTopic)
  }

  var connection: ConnectionID
  var kind: Kind
  var bytes: [UInt8]

  init(_ kind: Kind, on connection: ConnectionID, _ bytes: [UInt8] = []) {
    self.connection = connection
    self.kind = kind
    self.bytes = bytes
  }

  /// What it is taken to cost in memory: its bytes and the bookkeeping around them.
  var cost: Int { bytes.count + 64 }
}
