// SPDX-License-Identifier: Apache-2.0

/// One open WebSocket of a client. Belongs to the server's thread.
final class WebServerChannel {
  /// It owns this.
  private unowned let connection: WebServerConnection
  private let socket: WebServerSocket
  private let options: WebServerSocketOptions
  private let settings: WebServerSettings
  private var reader: FrameReader
  private var listener: (@Sendable (WebServerEvent) -> Void)?
  /// Kept until the client's first message; nil: nothing is kept any more.
  private var held: [WebOutput.Parcel]?
  private var hasSaidGoodbye = false
  private var isOver = false

  init(_ connection: WebServerConnection, socket: WebServerSocket, options: WebServerSocketOptions, settings: WebServerSettings) {
    self.connection = connection
    self.socket = socket
    self.options = options
    self.settings = settings
    reader = FrameReader(limit: settings.messageSize, skipsTooLarge: options.skipsTooLarge)
    held = options.waitsForFirstMessage ? [] : nil
  }

  func listen(_ listener: @escaping @Sendable (WebServerEvent) -> Void) { self.listener = listener }

  /// What was read of a frame that is not whole, if that is all there is; nil in the middle of a message, or when one waits to be sent.
  var unread: [UInt8]? { hasSaidGoodbye || isOver || socket.bytesWaiting > 0 ? nil : reader.unread }

  var endsWithReset: Bool { options.endsWithReset }

  // MARK: - Receiving

  func received(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    while let event = reader.next(&rest) {
      if isOver { return }
      take(event)
    }
    guard !isOver, !hasSaidGoodbye else { return }
    if !reader.isInside {
      connection.wait(nil)
    } else if !connection.isWaited {
      connection.wait(settings.messageTime)
    }
  }

  private func take(_ event: FrameReader.Event) {
    switch event {
    case .message(let message):
      heardFirst()
      if !hasSaidGoodbye { connection.wait(nil) }
      listener?(.message(message))
    case .tooLarge(let size, let beginning):
      heardFirst()
      if !hasSaidGoodbye { connection.wait(nil) }
      listener?(.tooLarge(size: size, beginning: beginning))
    case .ping(let payload):
      // Who sends pings and never reads gets no more pongs than there is room for.
      guard !hasSaidGoodbye, connection.bytesWaiting <= settings.queueSize else { return }
      connection.send([FrameHeader.bytes(.pong, size: payload.count) + payload])
    case .close(let code, let reason):
      sayGoodbye(code: code ?? 1_000, reason: "")
      over(WebSocketClosure(code: code, reason: reason, error: nil))
    case .failed(let code, let reason):
      let kind: WebError.Code = code == 1_009 ? .tooLarge : .broken
      if kind == .tooLarge, options.endsWithReset { return connection.abort(WebError(kind, "a WebSocket was reset: \(reason)")) }
      sayGoodbye(code: code, reason: reason)
      over(WebSocketClosure(code: nil, reason: "", error: WebError(kind, "a WebSocket was closed with code \(code): \(reason)")))
    }
  }

  /// What takes too long: a message, or the other side's goodbye.
  func isOverdue() {
    guard !hasSaidGoodbye else { return connection.cut(nil) }
    let reason = "a message did not end within \(settings.messageTime)"
    guard !options.endsWithReset else { return connection.abort(WebError(.timeout, "a WebSocket was reset: \(reason)")) }
    sayGoodbye(code: 1_008, reason: reason)
    over(WebSocketClosure(code: nil, reason: "", error: WebError(.timeout, "a WebSocket was closed with code 1008: \(reason)")))
  }

  // MARK: - Sending

  func send(_ pieces: [[UInt8]], _ sent: @escaping @Sendable (WebError?) -> Void) {
    guard !hasSaidGoodbye, !isOver else { return sent(WebServerSocket.closedError) }
    if held == nil { connection.send(pieces, sent) } else { held?.append(WebOutput.Parcel(pieces: pieces, sent: sent)) }
  }

  /// Says goodbye and waits for the other side's.
  func close(code: Int, reason: String) {
    guard !hasSaidGoodbye, !isOver else { return }
    release()
    sayGoodbye(code: code, reason: reason)
    if !isOver { connection.expectEnd() }
  }

  private func heardFirst() { if held != nil { release() } }

  private func release() {
    let parcels = held ?? []
    held = nil
    for parcel in parcels { connection.send(parcel.pieces, parcel.sent) }
  }

  private func sayGoodbye(code: Int, reason: String) {
    guard !hasSaidGoodbye else { return }
    hasSaidGoodbye = true
    let words = WebServerSocket.fitting(reason)
    connection.send([FrameHeader.bytes(.close, size: 2 + words.count) + [UInt8(code >> 8 & 255), UInt8(code & 255)] + words])
  }

  // MARK: - Ends

  /// The connection ended without, or before, the other side's goodbye.
  func isGone(_ error: WebError?) { tellEnd(WebSocketClosure(code: nil, reason: "", error: error)) }

  /// Nothing more is said or heard; the connection closes behind what waits.
  private func over(_ closure: WebSocketClosure) {
    guard !isOver else { return }
    tellEnd(closure)
    connection.sayGoodbye()
  }

  private func tellEnd(_ closure: WebSocketClosure) {
    guard !isOver else { return }
    isOver = true
    for parcel in held ?? [] { parcel.sent?(WebServerSocket.closedError) }
    held = nil
    socket.isClosed()
    listener?(.closed(closure))
    listener = nil
  }
}
