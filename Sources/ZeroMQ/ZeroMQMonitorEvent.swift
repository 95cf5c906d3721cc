// SPDX-License-Identifier: Apache-2.0

internal import CZeroMQ

/// Something that happened to a connection of a socket.
public struct ZeroMQMonitorEvent: Sendable, Hashable {
  /// What can happen, as far as anybody here asks.
  public enum Kind: Sendable, Hashable, CaseIterable {
    /// A peer can now be talked to: greeted, and keys agreed on.
    case ready
    /// A connection that was there is broken.
    case disconnected
    /// A peer was refused, or refused us, in the greeting: wrong keys, or no peer of this kind.
    case refused
    /// The next attempt to connect is put off.
    case retried
  }

  /// What happened.
  public let kind: Kind
  /// With whom.
  public let endpoint: String

  static let watched =
    ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CONNECT_RETRIED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
    | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH

  /// Reads the two frames of the library; nil for what nobody asked for.
  init?(_ frames: [[UInt8]]) {
    guard frames.count == 2, frames[0].count >= 2 else { return nil }
    switch Int32(frames[0][0]) | Int32(frames[0][1]) << 8 {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: kind = .ready
    case ZMQ_EVENT_DISCONNECTED: kind = .disconnected
    case ZMQ_EVENT_CONNECT_RETRIED: kind = .retried
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: kind = .refused
    default: return nil
    }
    endpoint = String(decoding: frames[1], as: UTF8.self)
  }
}
