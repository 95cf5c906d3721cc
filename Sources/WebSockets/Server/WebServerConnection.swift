// SPDX-License-Identifier: Apache-2.0

internal import CWebSockets
internal import Glibc

/// One client's connection: requests one after the other, then perhaps a WebSocket. Belongs to the server's thread.
@safe final class WebServerConnection {
  enum Phase {
    /// Between requests, or in the middle of a head.
    case head
    case body(WebServerHead, BodyReader)
    /// The application has the request.
    case answering(WebAnswering)
    case webSocket(WebServerChannel)
    /// All is said; what comes is thrown away until the client closes too.
    case goodbye
    case over
  }

  let number: UInt
  /// It owns this.
  unowned let core: WebServerCore
  private let handle: OpaquePointer
  let socket: Int32
  private(set) var phase = Phase.head
  private var input: [UInt8] = []
  private var headReader: HeadReader
  private var output = WebOutput()
  private var lastExchange: UInt = 0
  private var isReading = true
  /// Whether a request was answered on it.
  private var isUsed = false
  /// Of the phase; nil: none.
  private var deadline: Int64?
  /// Of the client's next taking; nil while nothing waits for it.
  private var writeDeadline: Int64?
  /// Whether the time for the client's goodbye begins when nothing waits to be sent any more.
  private var expectsEnd = false
  /// How it ends once nothing is under way; nil: it stays.
  var leaving: WebLeaving?

  /// In bytes of later requests that are read while one is being answered.
  private static let readAhead = 64 << 10

  init(_ core: WebServerCore, number: UInt, handle: OpaquePointer, socket: Int32) {
    self.core = core
    self.number = number
    unsafe self.handle = unsafe handle
    self.socket = socket
    headReader = HeadReader(limit: core.settings.headSize)
    deadline = core.deadline(in: core.settings.headTime)
  }

  var firstDeadline: Int64? { [deadline, writeDeadline, leaving?.nextLook].compactMap { $0 }.min() }

  /// In bytes that wait to be sent.
  var bytesWaiting: Int { output.waiting }

  // MARK: - Called by the library

  func received(_ bytes: [UInt8]) {
    switch phase {
    case .webSocket(let channel):
      channel.received(bytes[...])
      leaveIfIdle()
    case .goodbye, .over: break
    case .head, .body, .answering:
      input += bytes
      readRequests()
    }
  }

  func flush() {
    switch output.send(to: socket) {
    case .drained:
      writeDeadline = nil
      if expectsEnd { everythingIsSaid() }
      leaveIfIdle()
    case .blocked(let didSend):
      if didSend || writeDeadline == nil { writeDeadline = core.deadline(in: core.settings.writeTime) }
      unsafe lws_callback_on_writable(handle)
    case .failed: cut(WebError(.broken, "the connection ended before everything was sent"))
    }
  }

  /// The library has closed it.
  func isGone() { end(nil) }

  // MARK: - Ends

  /// Sends what waits, then closes; what still comes is thrown away.
  func sayGoodbye() {
    input = []
    phase = .goodbye
    read(true)
    expectEnd()
  }

  /// Gives the client its time to close, once it has taken all that waits.
  func expectEnd() {
    deadline = nil
    expectsEnd = true
    flush()
  }

  private func everythingIsSaid() {
    expectsEnd = false
    deadline = core.deadline(in: core.settings.closeTime)
    if case .goodbye = phase { shutdown(socket, Int32(SHUT_WR)) }
  }

  /// Ends it at once.
  func cut(_ error: WebError?) {
    guard end(error) else { return }
    unsafe lws_set_timeout(handle, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC)
  }

  /// Ends it with a reset instead of a goodbye.
  ///
  /// Dissolving the connection resets it here and now; lingering for no time would not do, for the library says goodbye before it closes.
  func abort(_ error: WebError? = nil) {
    var nowhere = sockaddr()
    nowhere.sa_family = sa_family_t(AF_UNSPEC)
    unsafe connect(socket, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
    cut(error)
  }

  /// The server ends.
  func stop() {
    let error = WebError(.stopped, "the server was stopped")
    if case .webSocket(let channel) = phase {
      if channel.endsWithReset { return abort(error) }
      channel.close(code: 1_001, reason: error.message)
    }
    end(error)
  }

  func endIfOverdue(_ now: Int64) {
    if let writeDeadline, writeDeadline <= now {
      return takesNothing()
    }
    if let leaving, leaving.nextLook <= now { leaveIfIdle() }
    guard let deadline, deadline <= now else { return }
    self.deadline = nil
    switch phase {
    case .head where input.isEmpty: cut(nil)
    case .head: refuse(WebRefusal(status: 408, reason: "the head did not end within \(core.settings.headTime)"))
    case .body: refuse(WebRefusal(status: 408, reason: "the body did not end within \(core.settings.bodyTime)"))
    case .answering: refuse(WebRefusal(status: 503, reason: "there was no answer within \(core.settings.answerTime)"))
    case .webSocket(let channel): channel.isOverdue()
    case .goodbye, .over: cut(nil)
    }
  }

  private func takesNothing() {
    let error = WebError(.timeout, "the client did not take one byte for \(core.settings.writeTime), and \(output.waiting) wait")
    if case .webSocket(let channel) = phase, channel.endsWithReset { abort(error) } else { cut(error) }
  }

  /// Marks the end and tells it; false when it was marked before.
  @discardableResult private func end(_ error: WebError?) -> Bool {
    if case .over = phase { return false }
    let before = phase
    phase = .over
    deadline = nil
    writeDeadline = nil
    core.forget(self)
    let left = leaving.take()
    for parcel in output.takeUnsent() { parcel.sent?(error ?? Self.ended) }
    switch before {
    case .webSocket(let channel): channel.isGone(error)
    case .answering(let answering): answering.ended?()
    case .head, .body, .goodbye, .over: break
    }
    left?.isOver()
    return true
  }

  private static let ended = WebError(.broken, "the connection ended before everything was sent")
}

// MARK: - Sending

extension WebServerConnection {
  /// Sends, behind what waits.
  func send(_ pieces: [[UInt8]], _ sent: (@Sendable (WebError?) -> Void)? = nil) {
    let wasEmpty = output.waiting == 0
    output.add(pieces, sent)
    if wasEmpty { flush() }
  }

  /// Sets the time of what is being waited for; nil: none.
  func wait(_ limit: Duration?) { deadline = limit.map { core.deadline(in: $0) } }

  var isWaited: Bool { deadline != nil }
}

// MARK: - Requests

extension WebServerConnection {
  private func readRequests() {
    do throws(WebRefusal) {
      while try readStep() {}
    } catch {
      refuse(error)
    }
  }

  /// Reads one part of a request; false when there is nothing to do.
  private func readStep() throws(WebRefusal) -> Bool {
    switch phase {
    case .head: return try readHead()
    case .body(let head, var body):
      // Taken out of the phase, so that the body is not copied with each piece.
      phase = .head
      let taken = try body.read(input[...])
      input.removeFirst(taken)
      if body.isDone {
        deliver(WebServerRequest(head: head, body: body.body))
        return true
      }
      phase = .body(head, body)
      return false
    case .answering:
      if input.count > Self.readAhead { read(false) }
      return false
    case .webSocket, .goodbye, .over: return false
    }
  }

  private func readHead() throws(WebRefusal) -> Bool {
    guard !input.isEmpty else { return false }
    // A line without words before a request is let pass, as RFC 9112, section 2.2, wants it.
    if input.starts(with: [13, 10]) {
      input.removeFirst(2)
      return true
    }
    guard let (head, length) = try headReader.read(input[...]) else {
      if isUsed {
        isUsed = false
        wait(core.settings.headTime)
      }
      return false
    }
    input.removeFirst(length)
    try begin(head)
    return true
  }

  private func begin(_ head: WebServerHead) throws(WebRefusal) {
    if let refusal = core.guardian.refusal(head) { throw refusal }
    if head.words("upgrade").contains("websocket"), head.words("connection").contains("upgrade") { return try upgrade(head) }
    let body = try BodyReader(head, limit: core.settings.bodySize)
    if let expected = head["expect"] {
      guard expected.lowercased() == "100-continue" else {
        throw WebRefusal(status: 417, reason: "of expectations only '100-continue' is known here")
      }
      if !body.isDone, input.isEmpty { send([Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)]) }
    }
    phase = .body(head, body)
    wait(core.settings.bodyTime)
  }

  private func deliver(_ request: WebServerRequest) {
    lastExchange += 1
    phase = .answering(WebAnswering(request.head, exchange: lastExchange))
    wait(core.settings.answerTime)
    core.handlers.onRequest(request, WebResponder(core.queue, connection: number, exchange: lastExchange, limit: core.settings.queueSize))
  }

  private func refuse(_ refusal: WebRefusal) {
    if case .answering(let answering) = phase {
      answering.ended?()
      // In the middle of an answer there is nothing to be said any more.
      if answering.isBegun { return cut(nil) }
    }
    refuse(with: WebServerResponse(refusal.status, text: "\(refusal.reason)\n"))
  }

  private func refuse(with response: WebServerResponse) {
    send([WebAnswerHead.bytes(response, common: core.settings.commonHeaders, date: core.dateText, keepsAlive: false, isModern: true)])
    if case .over = phase { return }
    sayGoodbye()
  }

  private func read(_ isOn: Bool) {
    guard isReading != isOn else { return }
    isReading = isOn
    unsafe lws_rx_flow_control(handle, isOn ? 1 : 0)
  }
}

// MARK: - Answers

extension WebServerConnection {
  /// Sends a whole answer.
  func answer(_ exchange: UInt, _ response: WebServerResponse) {
    guard case .answering(let answering) = phase, answering.exchange == exchange, !answering.isBegun else { return }
    send([
      WebAnswerHead.bytes(
        response, common: core.settings.commonHeaders, date: core.dateText, keepsAlive: answering.keepsAlive, isModern: answering.isModern,
        hasBody: !answering.isHead)
    ])
    finishAnswer(answering)
  }

  /// Calls when the connection ends before this request's answer begins.
  func watch(_ exchange: UInt, ended: @escaping @Sendable () -> Void) {
    guard case .answering(var answering) = phase, answering.exchange == exchange, !answering.isBegun else { return }
    answering.ended = ended
    phase = .answering(answering)
  }

  /// Sends the head of an answer whose body follows in pieces.
  func begin(_ exchange: UInt, _ status: Int, _ headers: [WebHeader], ended: @escaping @Sendable () -> Void) {
    guard case .answering(var answering) = phase, answering.exchange == exchange, !answering.isBegun else { return ended() }
    let headers = WebAnswerHead.with(core.settings.commonHeaders, headers)
    guard WebAnswerHead.isSound(status, headers) else {
      answer(exchange, WebServerResponse(status, headers: headers))
      return ended()
    }
    let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) }
    answering.isBegun = true
    answering.ended = ended
    answering.left = length
    answering.isChunked = length == nil && answering.isModern
    if length == nil, !answering.isModern { answering.keepsAlive = false }
    var sent = headers.filter { !WebAnswerHead.ours.contains($0.name.lowercased()) }
    if let length { sent.append(WebHeader("Content-Length", String(length))) }
    if answering.isChunked { sent.append(WebHeader("Transfer-Encoding", "chunked")) }
    phase = .answering(answering)
    wait(nil)
    send([WebAnswerHead.head(status, sent, date: core.dateText, keepsAlive: answering.keepsAlive, isModern: answering.isModern)])
  }

  /// Sends a piece of an answer's body.
  func sendPiece(_ exchange: UInt, _ bytes: [UInt8], _ sent: @escaping @Sendable (WebError?) -> Void) {
    guard case .answering(var answering) = phase, answering.exchange == exchange, answering.isBegun else {
      return sent(WebError(.broken, "cannot send a piece of an answer: the connection is closed"))
    }
    if let left = answering.left {
      guard bytes.count <= left else {
        return sent(WebError(.invalid, "cannot send a piece of an answer: \(bytes.count) bytes are more than its Content-Length leaves"))
      }
      answering.left = left - bytes.count
      phase = .answering(answering)
    }
    guard !bytes.isEmpty, !answering.isHead else { return sent(nil) }
    guard answering.isChunked else { return send([bytes], sent) }
    let size = Array("\(String(bytes.count, radix: 16))\r\n".utf8)
    if bytes.count <= WebOutput.joined {
      send([size + bytes + [13, 10]], sent)
    } else {
      send([size, bytes, [13, 10]], sent)
    }
  }

  /// Ends an answer that came in pieces; when it is not whole, cuts the connection, so that nobody takes it for whole.
  func finish(_ exchange: UInt, isWhole: Bool) {
    guard case .answering(var answering) = phase, answering.exchange == exchange, answering.isBegun else { return }
    guard isWhole, answering.left ?? 0 == 0 || answering.isHead else { return abort() }
    if answering.isChunked, !answering.isHead { send([Array("0\r\n\r\n".utf8)]) }
    answering.ended = nil
    if case .over = phase { return }
    finishAnswer(answering)
  }

  private func finishAnswer(_ answering: WebAnswering) {
    if case .over = phase { return }
    guard answering.keepsAlive else { return sayGoodbye() }
    phase = .head
    isUsed = true
    wait(core.settings.idleTime)
    read(true)
    readRequests()
  }
}

// MARK: - WebSockets

extension WebServerConnection {
  private func upgrade(_ head: WebServerHead) throws(WebRefusal) {
    guard head.method == "GET", head.isModern, head["content-length"] ?? "0" == "0", head["transfer-encoding"] == nil else {
      throw WebRefusal(status: 400, reason: "a WebSocket begins with a GET of HTTP/1.1 without a body")
    }
    guard head["sec-websocket-version"] == "13" else {
      var response = WebServerResponse(426, text: "WebSockets of version 13 are spoken here\n")
      response.headers.append(WebHeader("Sec-WebSocket-Version", "13"))
      response.headers.append(WebHeader("Upgrade", "websocket"))
      return refuse(with: response)
    }
    let keys = head.headers.filter { $0.name == "sec-websocket-key" }
    guard keys.count == 1, let accept = WebAccept.value(forKey: keys[0].value) else {
      throw WebRefusal(status: 400, reason: "the key of the WebSocket is not 16 bytes in base64")
    }
    switch core.handlers.onUpgrade(head) {
    case .refuse(let response): refuse(with: response)
    case .accept(let subprotocol, let options, let opened): try open(head, accept, subprotocol, options, opened)
    }
  }

  private func open(
    _ head: WebServerHead, _ accept: String, _ subprotocol: String?, _ options: WebServerSocketOptions,
    _ opened: @Sendable (WebServerSocket) -> @Sendable (WebServerEvent) -> Void
  ) throws(WebRefusal) {
    var text = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n"
    if let subprotocol {
      guard head.offeredProtocols.contains(subprotocol) else {
        throw WebRefusal(status: 500, reason: "the sub-protocol that was chosen is none of those offered")
      }
      text += "Sec-WebSocket-Protocol: \(subprotocol)\r\n"
    }
    send([Array((text + "\r\n").utf8)])
    if case .over = phase { return }
    let early = input
    input = []
    beginWebSocket(head, subprotocol, options, opened, unread: early)
  }

  /// Goes on with a WebSocket that another process has opened.
  func continueWebSocket(
    _ detached: WebDetachedSocket, _ options: WebServerSocketOptions,
    _ opened: @Sendable (WebServerSocket) -> @Sendable (WebServerEvent) -> Void
  ) {
    let head = WebServerHead(method: "GET", target: detached.target, headers: [], isModern: true)
    beginWebSocket(head, detached.subprotocol, options, opened, unread: detached.unread)
  }

  private func beginWebSocket(
    _ head: WebServerHead, _ subprotocol: String?, _ options: WebServerSocketOptions,
    _ opened: @Sendable (WebServerSocket) -> @Sendable (WebServerEvent) -> Void, unread: [UInt8]
  ) {
    wait(nil)
    let socket = WebServerSocket(core.queue, connection: number, head: head, subprotocol: subprotocol, settings: core.settings)
    let channel = WebServerChannel(self, socket: socket, options: options, settings: core.settings)
    phase = .webSocket(channel)
    channel.listen(opened(socket))
    if !unread.isEmpty { channel.received(unread[...]) }
  }

  /// Gives the socket away, when nothing waits on it; nil: something does, or it is no open WebSocket.
  ///
  /// - Returns: A descriptor that outlives the connection here, and what was read and not used.
  func detach() -> (descriptor: Int32, unread: [UInt8])? {
    guard case .webSocket(let channel) = phase, output.waiting == 0, let unread = channel.unread else { return nil }
    let copy = fcntl(socket, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { return nil }
    // The library says goodbye on whatever the descriptor means: so it gets another meaning.
    let other = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard other >= 0 else {
      close(copy)
      return nil
    }
    dup2(other, socket)
    close(other)
    cut(nil)
    return (copy, unread)
  }
}
