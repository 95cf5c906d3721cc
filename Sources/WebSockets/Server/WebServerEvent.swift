// SPDX-License-Identifier: Apache-2.0

/// What comes out of a client's WebSocket.
public enum WebServerEvent: Sendable, Hashable {
  /// The client said something. Text is checked to be UTF-8.
  case message(WebSocketMessage)
  /// A message in one frame was longer than the limit and is left out: its length in bytes, and the first of them, at most 4096.
  case tooLarge(size: Int, beginning: [UInt8])
  /// It is over. The last event, and exactly one.
  case closed(WebSocketClosure)
}
