// SPDX-License-Identifier: Apache-2.0

internal import CWebSockets

/// One WebSocket, from the handshake to the end. Belongs to the loop's thread.
final class WebSocketChannel: WebConnection {
  /// Something to send, and who waits for that.
  struct Outgoing {
    var message: WebSocketMessage
    var sent: @Sendable (WebError?) -> Void
  }

  typealias Opened = @Sendable (Result<String?, WebError>) -> Void

  private let request: WebSocketRequest
  private let opened: Opened
  private let onEvent: @Sendable (WebSocketEvent) -> Void
  private var isOpen = false
  private var chosenProtocol: String?
  private var queue: [Outgoing] = []
  /// Where the queue begins; what is before was sent.
  private var first = 0
  /// In bytes of the first message in the queue.
  private var offset = 0
  private var incoming: [UInt8] = []
  /// What we say when we close; nil while nobody asked for it.
  private var goodbye: (code: Int, reason: String)?
  /// What the other side said when it closed.
  private var farewell: (code: Int?, reason: String)?

  init(
    _ request: WebSocketRequest, at addresses: [String], opened: @escaping Opened, onEvent: @escaping @Sendable (WebSocketEvent) -> Void
  ) {
    self.request = request
    self.opened = opened
    self.onEvent = onEvent
    super.init(
      request.address, at: addresses, trust: request.trust, headers: request.headers, attempt: request.attempt, method: nil,
      offering: request.protocols, within: request.timeLimit)
  }

  override func act(_ occasion: WebOccasion) -> Int32 {
    switch occasion.reason {
    case LWS_CALLBACK_CLIENT_CONFIRM_EXTENSION_SUPPORTED: return request.compresses ? 0 : 1
    case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH:
      chosenProtocol = unsafe readHeader(WSI_TOKEN_PROTOCOL, occasion.handle)
      return 0
    case LWS_CALLBACK_CLIENT_ESTABLISHED: return open(occasion)
    case LWS_CALLBACK_CLIENT_RECEIVE: return receive(occasion)
    case LWS_CALLBACK_CLIENT_WRITEABLE: return write(occasion)
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE: return noteFarewell(occasion)
    case LWS_CALLBACK_CLIENT_CLOSED: return connectionClosed()
    default: return 0
    }
  }

  override func connectionFailed(_ reason: String, _ occasion: WebOccasion) {
    let status = Int(unsafe lws_http_client_http_response(occasion.handle))
    guard wasConnected, status != 0 else { return super.connectionFailed(reason, occasion) }
    let words = status == 101 ? "its handshake is wrong (\(reason))" : "it answered with status \(status)"
    fail(WebError(.upgradeRefused(status == 101 ? nil : status), "\(attempt): the server did not open it, \(words)"))
  }

  override func tellEnd(_ error: WebError) {
    tellUnsent(error)
    guard isOpen else { return opened(.failure(error)) }
    onEvent(.closed(WebSocketClosure(code: farewell?.code, reason: farewell?.reason ?? "", error: error)))
  }

  override func isOverdue() {
    // After the handshake there is one time limit: that of a goodbye which the other side does not answer.
    guard isOpen else { return super.isOverdue() }
    _ = connectionClosed()
    if let handle = unsafe handle { unsafe lws_set_timeout(handle, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC) }
  }

  private func open(_ occasion: WebOccasion) -> Int32 {
    isOpen = true
    deadline = nil
    acknowledge(occasion)
    opened(.success(chosenProtocol))
    if hasWork { askToWrite() }
    return 0
  }

  private func noteFarewell(_ occasion: WebOccasion) -> Int32 {
    let payload = unsafe Array(occasion.received)
    let code = payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil
    farewell = (code, String(decoding: payload.dropFirst(2), as: UTF8.self))
    return 0
  }

  private func connectionClosed() -> Int32 {
    guard end() else { return -1 }
    tellUnsent(WebError(.broken, "the WebSocket '\(address)' was closed before everything was sent"))
    onEvent(.closed(WebSocketClosure(code: farewell?.code, reason: farewell?.reason ?? "", error: nil)))
    return -1
  }

  private func acknowledge(_ occasion: WebOccasion) {
    if request.acknowledgesAtOnce { unsafe acknowledgeAtOnce(occasion.handle) }
  }
}

// MARK: - Receiving

extension WebSocketChannel {
  private func receive(_ occasion: WebOccasion) -> Int32 {
    guard !isOver else { return 0 }
    acknowledge(occasion)
    if unsafe lws_is_first_fragment(occasion.handle) != 0 { incoming = [] }
    let rest = unsafe lws_remaining_packet_payload(occasion.handle)
    guard incoming.count + occasion.length + max(rest, 0) <= request.sizeLimit else { return refuseSize(occasion) }
    if rest > 0, incoming.isEmpty { incoming.reserveCapacity(occasion.length + rest) }
    unsafe incoming.append(contentsOf: occasion.received)
    guard unsafe rest == 0 && lws_is_final_fragment(occasion.handle) != 0 else { return 0 }
    let isBinary = unsafe lws_frame_is_binary(occasion.handle) != 0
    let bytes = incoming
    incoming = []
    onEvent(.message(isBinary ? .binary(bytes) : .text(bytes)))
    return 0
  }

  private func refuseSize(_ occasion: WebOccasion) -> Int32 {
    incoming = []
    let limit = request.sizeLimit
    if end() { tellEnd(WebError(.tooLarge, "the WebSocket '\(address)' was closed: a message is longer than the limit of \(limit) bytes")) }
    // Closing in the middle of a frame that is being received makes the library crash: it is closed at the next chance to write.
    unsafe lws_close_reason(occasion.handle, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, nil, 0)
    unsafe lws_callback_on_writable(occasion.handle)
    unsafe lws_set_timeout(occasion.handle, PENDING_TIMEOUT_USER_OK, 5)
    return 0
  }
}

// MARK: - Sending

extension WebSocketChannel {
  private var hasWork: Bool { first < queue.count || goodbye != nil }

  /// Puts a message behind those that wait.
  func send(_ outgoing: Outgoing) {
    guard !isOver, goodbye == nil else { return outgoing.sent(WebError(.broken, "the WebSocket '\(address)' is closed")) }
    queue.append(outgoing)
    if isOpen { askToWrite() }
  }

  /// Says goodbye after what waits; when the other side does not answer in time, ends without.
  func close(code: Int, reason: String, by deadline: Int64) {
    guard !isOver, goodbye == nil else { return }
    goodbye = (code, reason)
    self.deadline = deadline
    askToWrite()
  }

  private func write(_ occasion: WebOccasion) -> Int32 {
    guard first < queue.count else { return sayGoodbye(occasion) }
    let message = queue[first].message
    let count = min(message.bytes.count - offset, WebLoopCore.pieceSize)
    let isLast = offset + count == message.bytes.count
    let room = unsafe occasion.core.scratch + JF_WEBSOCKETS_BEFORE
    unsafe message.bytes.withUnsafeBufferPointer { bytes in
      if let start = bytes.baseAddress { unsafe room.update(from: start + offset, count: count) }
    }
    guard unsafe lws_write(occasion.handle, room, count, kind(message, isLast: isLast)) >= 0 else { return -1 }
    acknowledge(occasion)
    offset += count
    if isLast { firstWasSent() }
    if hasWork { askToWrite() }
    return 0
  }

  private func kind(_ message: WebSocketMessage, isLast: Bool) -> lws_write_protocol {
    let kind = offset > 0 ? LWS_WRITE_CONTINUATION : message.isBinary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT
    return lws_write_protocol(rawValue: kind.rawValue | (isLast ? 0 : LWS_WRITE_NO_FIN.rawValue))
  }

  private func firstWasSent() {
    let done = queue[first]
    first += 1
    offset = 0
    if first == queue.count || first > 1_024 {
      queue.removeFirst(first)
      first = 0
    }
    done.sent(nil)
  }

  private func sayGoodbye(_ occasion: WebOccasion) -> Int32 {
    guard let goodbye else { return 0 }
    var reason = Array(goodbye.reason.utf8.prefix(120))
    unsafe lws_close_reason(occasion.handle, lws_close_status(rawValue: UInt32(goodbye.code)), &reason, reason.count)
    return -1
  }

  private func tellUnsent(_ error: WebError) {
    let unsent = queue[first...]
    queue = []
    first = 0
    for outgoing in unsent { outgoing.sent(error) }
  }
}
