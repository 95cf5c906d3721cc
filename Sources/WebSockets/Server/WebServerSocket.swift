// SPDX-License-Identifier: Apache-2.0

/// A client's open WebSocket, as the server has it. Nothing closes it but its calls, the client, a limit, or the server's stop.
public final class WebServerSocket: Sendable {
  /// What the client asked for; without headers after another process has opened it.
  public let head: WebServerHead
  /// The sub-protocol that was named to the client.
  public let subprotocol: String?
  /// Different for each connection of a server.
  public let number: UInt

  private let outlet: WebOutlet
  private let messageSize: Int

  init(
    _ queue: WebLoopQueue<WebServerCore>, connection number: UInt, head: WebServerHead, subprotocol: String?, settings: WebServerSettings
  ) {
    self.head = head
    self.subprotocol = subprotocol
    self.number = number
    outlet = WebOutlet(queue, connection: number, limit: settings.queueSize)
    messageSize = settings.messageSize
  }

  /// In bytes that wait to be sent.
  public var bytesWaiting: Int { outlet.bytesWaiting }

  /// Whether its end was told.
  public var isOver: Bool { outlet.isClosed }

  /// Sends as one frame, and returns when the system has taken the last byte.
  public func send(_ message: WebSocketMessage) async throws(WebError) {
    let frame = try frame(message)
    try await outlet.send(message.bytes.count) { connection, sent in Self.deliver(frame, connection, sent) }
  }

  /// Puts a message behind those that wait and returns at once; the order of calls is kept.
  ///
  /// - Throws: `full`: too much waits, for the client does not read; `tooLarge`; `broken` when it is closed.
  public func post(_ message: WebSocketMessage) throws(WebError) {
    let frame = try frame(message)
    try outlet.send(message.bytes.count, sent: { _ in }) { connection, sent in Self.deliver(frame, connection, sent) }
  }

  /// Sends what waits, then says goodbye; the end is told as an event, at the latest after the time the settings give it.
  ///
  /// - Parameters:
  ///   - code: 1000 to 4999.
  ///   - reason: At most 123 bytes are sent.
  public func close(code: Int = 1_000, reason: String = "") {
    precondition((1_000...4_999).contains(code), "a close code is from 1000 to 4999")
    outlet.run { connection in
      if case .webSocket(let channel) = connection.phase { channel.close(code: code, reason: reason) }
    }
  }

  /// Ends it at once with a reset of the connection, which no client takes for an ordinary end. What waits is lost.
  public func abort() {
    outlet.run { connection in
      if case .webSocket = connection.phase { connection.abort() }
    }
  }

  /// Ends it with a reset once the client's system has taken all that waits, at the latest after the limit.
  public func abort(afterSendingWithin limit: Duration) {
    outlet.run { connection in
      if case .webSocket = connection.phase { connection.leave(.reset, within: limit) }
    }
  }

  /// Gives the open connection away, to be taken over by another process with `WebServer.adopt`; here it ends, as when it just broke.
  ///
  /// Messages are told until it is done, and none after.
  ///
  /// - Parameter limit: How long a message that is under way, either way, may still take.
  /// - Throws: `invalid` when one is under way then: try again after it.
  public func detach(within limit: Duration = .zero) async throws(WebError) -> WebDetachedSocket {
    let closed = WebOutlet.closedError
    let result: Result<WebDetachedSocket, WebError> = await withCheckedContinuation { continuation in
      let isTaken = outlet.run { [head, subprotocol] connection in
        guard case .webSocket = connection.phase else { return continuation.resume(returning: .failure(closed)) }
        let given: WebLeaving.Way = .away { given in
          continuation.resume(
            returning: given.map {
              WebDetachedSocket(descriptor: $0.descriptor, unread: $0.unread, target: head.target, subprotocol: subprotocol)
            })
        }
        connection.leave(given, within: limit)
      } ifGone: {
        continuation.resume(returning: .failure(closed))
      }
      if !isTaken { continuation.resume(returning: .failure(closed)) }
    }
    return try result.get()
  }

  func isClosed() { outlet.close() }

  static var closedError: WebError { WebOutlet.closedError }

  /// As much of a reason as a close frame holds, in whole characters.
  static func fitting(_ reason: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for character in reason.unicodeScalars {
      let more = Array(String(character).utf8)
      guard bytes.count + more.count <= 123 else { break }
      bytes += more
    }
    return bytes
  }

  private static func deliver(_ frame: [[UInt8]], _ connection: WebServerConnection, _ sent: @escaping WebOutlet.Sent) {
    guard case .webSocket(let channel) = connection.phase else { return sent(closedError) }
    channel.send(frame, sent)
  }

  /// One frame, in one piece when it is small.
  private func frame(_ message: WebSocketMessage) throws(WebError) -> [[UInt8]] {
    let bytes = message.bytes
    guard bytes.count <= messageSize else {
      throw WebError(.tooLarge, "cannot send a message of \(bytes.count) bytes: the limit is \(messageSize)")
    }
    let header = FrameHeader.bytes(message.isBinary ? .binary : .text, size: bytes.count)
    return bytes.count <= WebOutput.joined ? [header + bytes] : [header, bytes]
  }
}
