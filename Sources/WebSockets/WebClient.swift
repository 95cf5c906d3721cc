// SPDX-License-Identifier: Apache-2.0

/// Asks web servers and opens WebSockets, all on one thread of its own. One does for a whole program.
public final class WebClient: Sendable {
  private let loop: WebClientLoop

  /// Begins the thread.
  ///
  /// - Parameter threadName: At most 15 bytes, seen in debuggers and `top -H`.
  public init(threadName: String = "jf-web") throws(WebError) {
    loop = try WebClientLoop(name: threadName) { queue throws(WebError) in try WebLoopCore(queue) }
  }

  /// Asks, and waits for the whole answer. Every status is an answer; nothing is followed or repeated.
  ///
  /// A task that is cancelled gives up at once.
  public func send(_ request: WebRequest) async throws(WebError) -> WebResponse {
    let addresses = try await checked(request)
    return try await waited(request.attempt) { finish in WebExchange(request, at: addresses, finish: finish) }
  }

  /// Asks, waits for the head of the answer, and gives its body as it comes: for answers that grow while they are made.
  ///
  /// The time limit is that of the whole answer. A task that is cancelled gives up at once, before the head and after it; so does whoever
  /// lets go of the body.
  public func stream(_ request: WebRequest) async throws(WebError) -> WebStreamedResponse {
    let addresses = try await checked(request)
    let (body, pieces) = WebPieces.make(attempt: request.attempt)
    let head: WebResponse = try await waited(request.attempt) { finish in
      WebExchange(request, at: addresses, into: pieces, finish: finish)
    } begun: { [loop, attempt = request.attempt] number in
      pieces.whenAbandoned {
        _ = loop.run { $0.connection(number)?.fail(WebError(.cancelled, "\(attempt): given up by whoever asked")) }
      }
    }
    return WebStreamedResponse(status: head.status, headers: head.headers, body: body)
  }

  /// - Returns: The addresses of the server.
  private func checked(_ request: WebRequest) async throws(WebError) -> [String] {
    try check(request.headers, request.attempt)
    guard !request.method.isEmpty, request.method.utf8.allSatisfy({ (65...90).contains($0) }) else {
      throw WebError(.invalid, "'\(request.method)' is no method of HTTP; it should be capital letters, as 'GET'")
    }
    return try await WebResolver.addresses(of: request.address.host, attempt: request.attempt)
  }

  /// Opens a WebSocket.
  ///
  /// - Parameter onEvent: Called on the client's thread, one event after the other, the first perhaps before this returns; it must not
  ///   wait for anything.
  public func open(_ request: WebSocketRequest, onEvent: @escaping @Sendable (WebSocketEvent) -> Void) async throws(WebError) -> WebSocket {
    try check(request.headers + request.protocols.map { WebHeader("Sec-WebSocket-Protocol", $0) }, request.attempt)
    let addresses = try await WebResolver.addresses(of: request.address.host, attempt: request.attempt)
    let (ended, endedNow) = AsyncStream<Void>.makeStream()
    let socket = WebSocket(loop: loop, limit: request.sendLimit, address: request.address, ended: ended)
    let chosen: String? = try await waited(request.attempt) { finish in
      let channel = WebSocketChannel(request, at: addresses, opened: finish) { event in
        if case .closed = event { socket.isClosed() }
        onEvent(event)
        if case .closed = event { endedNow.finish() }
      }
      return channel
    } begun: {
      socket.isBegun(as: $0)
    }
    socket.choose(chosen)
    return socket
  }

  /// Ends every connection, with the error `stopped`, and the thread; waits for that, some milliseconds. Must not be called in `onEvent`.
  public func stop() { loop.stop() }

  /// Begins a connection on the loop's thread and waits until it says how it went.
  private func waited<Value: Sendable>(
    _ attempt: String, _ make: @escaping @Sendable (@escaping @Sendable (Result<Value, WebError>) -> Void) -> WebConnection,
    begun: @escaping @Sendable (UInt) -> Void = { _ in }
  ) async throws(WebError) -> Value {
    let outcome = WebOutcome<Value>()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        outcome.wait(continuation)
        let isTaken = loop.run { core in
          guard outcome.isWaiting else { return }
          let connection = make { outcome.settle($0) }
          core.begin(connection)
          begun(connection.number)
          outcome.setNumber(connection.number)
        }
        if !isTaken { outcome.settle(.failure(WebError(.stopped, "\(attempt): the client for web connections was stopped"))) }
      }
    } onCancel: {
      let error = WebError(.cancelled, "\(attempt): given up by whoever asked")
      outcome.settle(.failure(error))
      _ = loop.run { core in outcome.number.flatMap { core.connection($0) }?.fail(error) }
    }
    return try result.get()
  }

  private func check(_ headers: [WebHeader], _ attempt: String) throws(WebError) {
    // The value stays unsaid: it may be a secret.
    guard let header = headers.first(where: { !$0.isSound }) else { return }
    throw WebError(
      .invalid, "\(attempt): the header '\(String(header.name.prefix(40).filter(\.isASCII)))' is too long or has characters that end a line"
    )
  }
}
