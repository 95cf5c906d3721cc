// SPDX-License-Identifier: Apache-2.0

/// What becomes of a client that wants a WebSocket.
public enum WebUpgradeDecision: Sendable {
  /// It gets one.
  ///
  /// `subprotocol` must be one of those it offers; nil: none is named. `opened` is called on the server's thread when the handshake's answer was
  /// sent, must not wait, and gives what is to be called with each event, on the same thread, in order.
  case accept(
    subprotocol: String? = nil, options: WebServerSocketOptions = WebServerSocketOptions(),
    opened: @Sendable (WebServerSocket) -> @Sendable (WebServerEvent) -> Void)
  /// It gets an ordinary answer instead, as 401.
  case refuse(WebServerResponse)
}

/// How a WebSocket is kept.
public struct WebServerSocketOptions: Sendable, Hashable {
  /// Keep what is sent until the client's first message: for clients that lose what comes with the handshake's answer.
  public var waitsForFirstMessage: Bool
  /// Tell of a message over the limit, leave it out and go on; else the connection is closed with code 1009.
  public var skipsTooLarge: Bool
  /// End with a reset what takes too long or is too large, or is open at the server's stop, instead of saying goodbye: for clients that take a goodbye for
  /// a message. What breaks the protocol is told with a code even then.
  public var endsWithReset: Bool

  /// Describes how it is kept; nothing special unless told.
  public init(waitsForFirstMessage: Bool = false, skipsTooLarge: Bool = false, endsWithReset: Bool = false) {
    self.waitsForFirstMessage = waitsForFirstMessage
    self.skipsTooLarge = skipsTooLarge
    self.endsWithReset = endsWithReset
  }
}
