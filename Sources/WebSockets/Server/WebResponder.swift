// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Answers one request, once, from any thread. Let go of without an answer, it answers 500.
public final class WebResponder: Sendable {
  private let outlet: WebOutlet
  private let exchange: UInt
  private let isAnswered = Mutex(false)

  init(_ queue: WebLoopQueue<WebServerCore>, connection number: UInt, exchange: UInt, limit: Int) {
    outlet = WebOutlet(queue, connection: number, limit: limit)
    self.exchange = exchange
  }

  deinit {
    guard !isAnswered.withLock({ $0 }) else { return }
    outlet.run { [exchange] in $0.answer(exchange, WebServerResponse(500, text: "the request was not answered\n")) }
  }

  /// Sends a whole answer. Nothing happens when the client has gone.
  public func send(_ response: WebServerResponse) {
    take()
    outlet.run { [exchange] in $0.answer(exchange, response) }
  }

  /// Calls when the client goes before an answer is begun, on the server's thread, once; must not wait. Said twice, the last one counts.
  public func whenGone(_ body: @escaping @Sendable () -> Void) {
    let isTaken = outlet.run { [exchange] in
      $0.watch(exchange, ended: body)
    } ifGone: {
      body()
    }
    if !isTaken { body() }
  }

  /// Begins an answer whose body follows in pieces: a file, or events as they happen.
  ///
  /// - Parameters:
  ///   - headers: With Content-Length when the length is known; else the body is sent in chunks.
  ///   - onClose: Called on the server's thread, once, when the client goes before the answer is finished; must not wait.
  public func begin(_ status: Int, headers: [WebHeader] = [], onClose: @escaping @Sendable () -> Void = {}) -> WebResponseStream {
    take()
    let stream = WebResponseStream(outlet, exchange: exchange)
    let ended: @Sendable () -> Void = { [outlet] in
      outlet.close()
      onClose()
    }
    let isTaken = outlet.run { [exchange] in
      $0.begin(exchange, status, headers, ended: ended)
    } ifGone: {
      ended()
    }
    if !isTaken { ended() }
    return stream
  }

  private func take() {
    let wasAnswered = isAnswered.withLock { isAnswered in
      defer { isAnswered = true }
      return isAnswered
    }
    precondition(!wasAnswered, "a request is answered once")
  }
}
