// SPDX-License-Identifier: Apache-2.0

/// Where a server listens, whom it trusts, and its limits.
public struct WebServerSettings: Sendable {
  /// Where connections come from.
  public enum Listener: Sendable, Hashable {
    /// A port of 127.0.0.1; 0: any that is free.
    case port(Int)
    /// A Unix socket that only its owner may use. A file that nobody listens on any more is replaced.
    case path(String)
    /// A socket that listens already, from another process. The server closes it.
    case descriptor(Int32)
  }

  /// Which pages of browsers may ask. Whoever sends no `Origin` is no page of another site.
  public enum Origins: Sendable, Hashable {
    /// No page at all.
    case none
    /// Those served under the same host, and those named, as "http://127.0.0.1:3000".
    case sameHost(and: [String] = [])
    /// All. For tests alone.
    case any
  }

  /// Where it listens.
  public var listener: Listener
  /// Names taken in `Host` beside 127.0.0.1, localhost and [::1] with our port; with the port when one is sent, as "box.local:8080".
  public var otherHosts: [String] = []
  /// Which pages may ask.
  public var origins: Origins = .none

  /// Sent with every answer that does not say otherwise under the same name; also with refusals that nobody but the server sees.
  public var commonHeaders: [WebHeader] = []

  /// Open at a time; who comes above it is answered 503.
  public var connections = 1_024
  /// In bytes of a request's first line and headers; over it the answer is 431.
  public var headSize = 16 << 10
  /// In bytes of a request's body; over it the answer is 413.
  public var bodySize = 16 << 20
  /// In bytes of one WebSocket message, either way.
  public var messageSize = 16 << 20
  /// In bytes that wait to be sent on one connection; one message or piece is taken even above it when nothing else waits.
  public var queueSize = 32 << 20

  /// From the connection, or the first byte of a later request, to the end of the head.
  public var headTime = Duration.seconds(10)
  /// From the head to the body's last byte.
  public var bodyTime = Duration.seconds(30)
  /// From the request's last byte to the beginning of the answer; then 503.
  public var answerTime = Duration.seconds(60)
  /// Between two requests of a connection.
  public var idleTime = Duration.seconds(60)
  /// From the first byte of a WebSocket message to its last.
  public var messageTime = Duration.seconds(30)
  /// Without the client taking one byte while something waits for it.
  public var writeTime = Duration.seconds(30)
  /// From our goodbye to the client's.
  public var closeTime = Duration.seconds(3)

  /// Describes a server with the limits of a loopback bridge.
  public init(_ listener: Listener = .port(0)) { self.listener = listener }
}
