// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The way from any thread to one connection of a server, with a limit on what waits.
final class WebOutlet: Sendable {
  typealias Sent = @Sendable (WebError?) -> Void

  private struct State {
    /// In bytes that were given and not sent.
    var waiting = 0
    var isClosed = false
  }

  private let queue: WebLoopQueue<WebServerCore>
  private let number: UInt
  private let limit: Int
  private let state = Mutex(State())

  init(_ queue: WebLoopQueue<WebServerCore>, connection number: UInt, limit: Int) {
    self.queue = queue
    self.number = number
    self.limit = limit
  }

  var bytesWaiting: Int { state.withLock { $0.waiting } }
  var isClosed: Bool { state.withLock { $0.isClosed } }
  func close() { state.withLock { $0.isClosed = true } }

  /// Does something with the connection on the server's thread; false, and it is never done, when the server has stopped.
  @discardableResult func run(
    _ job: @escaping @Sendable (WebServerConnection) -> Void, ifGone: @escaping @Sendable () -> Void = {}
  ) -> Bool {
    queue.add { [number] core in
      guard let connection = core.connection(number) else { return ifGone() }
      job(connection)
    }
  }

  /// Sends in the order of calls.
  ///
  /// - Parameter deliver: Called on the server's thread; calls what it is given once everything was sent, or cannot be.
  /// - Throws: `full`, `broken` or `stopped`; then `sent` is never called.
  func send(_ size: Int, sent: @escaping Sent, _ deliver: @escaping @Sendable (WebServerConnection, @escaping Sent) -> Void)
    throws(WebError)
  {
    try reserve(size)
    let done: Sent = { [self] error in
      state.withLock { $0.waiting -= size }
      sent(error)
    }
    let isTaken = run {
      deliver($0, done)
    } ifGone: {
      done(Self.closedError)
    }
    guard isTaken else { throw WebError(.stopped, "cannot send: the server was stopped") }
  }

  /// The same, and waits until the system has taken the last byte.
  func send(_ size: Int, _ deliver: @escaping @Sendable (WebServerConnection, @escaping Sent) -> Void) async throws(WebError) {
    let failure: WebError? = await withCheckedContinuation { continuation in
      do throws(WebError) {
        try send(size, sent: { continuation.resume(returning: $0) }, deliver)
      } catch {
        continuation.resume(returning: error)
      }
    }
    if let failure { throw failure }
  }

  private func reserve(_ size: Int) throws(WebError) {
    let failure: WebError? = state.withLock { state in
      if state.isClosed { return Self.closedError }
      guard state.waiting == 0 || state.waiting + size <= limit else {
        return WebError(.full, "cannot send: \(state.waiting) bytes wait already, and the limit is \(limit); the client does not read")
      }
      state.waiting += size
      return nil
    }
    if let failure { throw failure }
  }

  static let closedError = WebError(.broken, "cannot send: the connection is closed")
}
