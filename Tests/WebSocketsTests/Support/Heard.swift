// SPDX-License-Identifier: Apache-2.0

import Synchronization
import WebSockets

/// What a WebSocket said, in order, to be waited for.
final class Heard: Sendable {
  private let stream: AsyncStream<WebSocketEvent>
  private let end: AsyncStream<WebSocketEvent>.Continuation

  init() { (stream, end) = AsyncStream.makeStream() }

  var listener: @Sendable (WebSocketEvent) -> Void { { [end] in end.yield($0) } }

  /// The next event.
  func next() async -> WebSocketEvent? {
    for await event in stream { return event }
    return nil
  }

  /// The next message; nil when it was the end that came.
  func message() async -> WebSocketMessage? {
    guard case .message(let message)? = await next() else { return nil }
    return message
  }

  /// The end; nil when a message came.
  func closure() async -> WebSocketClosure? {
    guard case .closed(let closure)? = await next() else { return nil }
    return closure
  }
}

extension WebSocketMessage {
  var text: String { String(decoding: bytes, as: UTF8.self) }
}
