// SPDX-License-Identifier: Apache-2.0

/// What comes out of an open WebSocket.
public enum WebSocketEvent: Sendable {
  /// The other side said something.
  case message(WebSocketMessage)
  /// It is over. The last event, and exactly one.
  case closed(WebSocketClosure)
}
