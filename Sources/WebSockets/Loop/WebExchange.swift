// SPDX-License-Identifier: Apache-2.0

internal import CWebSockets
internal import Glibc

/// One request and its answer. Belongs to the loop's thread.
final class WebExchange: WebConnection {
  typealias Finish = @Sendable (Result<WebResponse, WebError>) -> Void

  private let requestBody: [UInt8]
  private let sizeLimit: Int
  private let finish: Finish
  /// Takes the body as it comes; nil: it is collected.
  private let pieces: WebPieces?
  private var sent = 0
  private var status = 0
  private var responseHeaders: [WebHeader] = []
  private var body: [UInt8] = []
  /// In bytes of the body.
  private var received = 0
  private var wasHeadTold = false
  /// What the head says of the body's length; nil: it ends with the connection, or is chunked.
  private var expected: Int?
  private var isChunked = false
  /// Whether the library is taking pieces out of what came. It calls a chunked answer complete when its last chunk was read, and also when
  /// the connection just ended.
  private var isReading = false

  /// - Parameter finish: Called with the whole answer, or with its head when the body goes into pieces.
  init(_ request: WebRequest, at addresses: [String], into pieces: WebPieces? = nil, finish: @escaping Finish) {
    requestBody = request.body ?? []
    sizeLimit = request.sizeLimit
    self.finish = finish
    self.pieces = pieces
    var headers = request.headers
    if let body = request.body { headers.append(WebHeader("Content-Length", String(body.count))) }
    super.init(
      request.address, at: addresses, trust: request.trust, headers: headers, attempt: request.attempt, method: request.method,
      within: request.timeLimit)
  }

  override func tellEnd(_ error: WebError) {
    if !wasHeadTold { finish(.failure(error)) }
    pieces?.end(error)
  }

  override func act(_ occasion: WebOccasion) -> Int32 {
    switch occasion.reason {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: announceBody(occasion)
    case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE: sendPiece(occasion)
    case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP: readHead(occasion)
    case LWS_CALLBACK_RECEIVE_CLIENT_HTTP: readPiece(occasion)
    case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ: take(occasion)
    case LWS_CALLBACK_COMPLETED_CLIENT_HTTP: isChunked && !isReading ? connectionClosed() : complete()
    case LWS_CALLBACK_CLOSED_CLIENT_HTTP: connectionClosed()
    default: 0
    }
  }

  private func announceBody(_ occasion: WebOccasion) -> Int32 {
    unsafe acknowledgeAtOnce(occasion.handle)
    guard !requestBody.isEmpty else { return 0 }
    unsafe lws_client_http_body_pending(occasion.handle, 1)
    unsafe lws_callback_on_writable(occasion.handle)
    return 0
  }

  private func sendPiece(_ occasion: WebOccasion) -> Int32 {
    let count = min(requestBody.count - sent, WebLoopCore.pieceSize)
    guard count > 0 else { return 0 }
    let isLast = sent + count == requestBody.count
    let room = unsafe occasion.core.scratch + JF_WEBSOCKETS_BEFORE
    unsafe requestBody.withUnsafeBufferPointer { unsafe room.update(from: $0.baseAddress! + sent, count: count) }
    let written = unsafe lws_write(occasion.handle, room, count, isLast ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP)
    guard written >= count else { return -1 }
    sent += count
    if isLast {
      unsafe lws_client_http_body_pending(occasion.handle, 0)
    } else {
      unsafe lws_callback_on_writable(occasion.handle)
    }
    return 0
  }

  private func readHead(_ occasion: WebOccasion) -> Int32 {
    status = Int(unsafe lws_http_client_http_response(occasion.handle))
    responseHeaders = unsafe readHeaders(occasion.handle)
    isChunked = responseHeaders.contains { $0.name == "transfer-encoding" && $0.value.lowercased().hasSuffix("chunked") }
    if !isChunked { expected = responseHeaders.first { $0.name == "content-length" }.flatMap { Int($0.value) } }
    if method == "HEAD" || status == 204 || status == 304 || expected == 0 { return complete() }
    if let expected, expected > sizeLimit { return refuseSize() }
    if pieces != nil { tellHead() }
    return 0
  }

  private func tellHead() {
    guard !wasHeadTold else { return }
    wasHeadTold = true
    finish(.success(WebResponse(status: status, headers: responseHeaders, body: body)))
  }

  private func readPiece(_ occasion: WebOccasion) -> Int32 {
    isReading = !hasEnded(occasion)
    defer { isReading = false }
    // The pieces come back by calls of `take`, within this one.
    return unsafe occasion.core.scratch.withMemoryRebound(to: CChar.self, capacity: WebLoopCore.pieceSize) { start in
      var place: UnsafeMutablePointer<CChar>? = unsafe start
      var room = Int32(WebLoopCore.pieceSize)
      return unsafe lws_http_client_read(occasion.handle, &place, &room) < 0 ? -1 : 0
    }
  }

  /// Whether there is nothing more to read but the end, of its own accord or by a reset.
  private func hasEnded(_ occasion: WebOccasion) -> Bool {
    var byte: UInt8 = 0
    let count = unsafe recv(lws_get_socket_fd(occasion.handle), &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
    return count == 0 || count < 0 && errno == ECONNRESET
  }

  private func take(_ occasion: WebOccasion) -> Int32 {
    guard !isOver else { return -1 }
    received += occasion.length
    guard received <= sizeLimit else { return refuseSize() }
    if let pieces { pieces.put(unsafe Array(occasion.received)) } else { unsafe body.append(contentsOf: occasion.received) }
    return 0
  }

  private func refuseSize() -> Int32 {
    fail(WebError(.tooLarge, "\(attempt): the answer is longer than the limit of \(sizeLimit) bytes"))
    return -1
  }

  /// Below zero: nothing more is wanted of the connection.
  private func complete() -> Int32 {
    if end() {
      tellHead()
      pieces?.end()
    }
    return -1
  }

  private func connectionClosed() -> Int32 {
    let isWhole = status != 0 && !isChunked && (expected.map { $0 == received } ?? true)
    if isWhole { return complete() }
    fail(WebError(.broken, "\(attempt): the connection ended in the middle of the answer"))
    return -1
  }
}
