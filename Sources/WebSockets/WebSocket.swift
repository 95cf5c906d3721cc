// SPDX-License-Identifier: Apache-2.0

internal import CWebSockets
internal import Synchronization

/// An open WebSocket. Nothing closes it but `close`, the other side, or the client's stop.
public final class WebSocket: Sendable {
  private struct State {
    var number: UInt?
    var chosen: String?
    /// In bytes that were given and not sent.
    var waiting = 0
    var isClosed = false
  }

  private let loop: WebClientLoop
  private let limit: Int
  private let address: WebAddress
  private let ended: AsyncStream<Void>
  private let state = Mutex(State())

  init(loop: WebClientLoop, limit: Int, address: WebAddress, ended: AsyncStream<Void>) {
    self.loop = loop
    self.limit = limit
    self.address = address
    self.ended = ended
  }

  /// The sub-protocol that the server chose; nil when it chose none.
  public var chosenProtocol: String? { state.withLock { $0.chosen } }

  /// In bytes that wait to be sent.
  public var bytesWaiting: Int { state.withLock { $0.waiting } }

  /// Sends, and returns when the system has taken the last byte: whoever waits for this never has more than one message in memory.
  public func send(_ message: WebSocketMessage) async throws(WebError) {
    let failure: WebError? = await withCheckedContinuation { continuation in
      do throws(WebError) {
        try queue(message) { continuation.resume(returning: $0) }
      } catch {
        continuation.resume(returning: error)
      }
    }
    if let failure { throw failure }
  }

  /// Puts a message behind those that wait and returns at once; the order of calls is kept.
  ///
  /// - Throws: `full` over the limit of the request; `broken` when it is closed.
  public func post(_ message: WebSocketMessage) throws(WebError) { try queue(message) { _ in } }

  /// Sends what waits, says goodbye, and returns when the connection is over: after five seconds without an answer anyway.
  ///
  /// - Parameters:
  ///   - code: 1000, or 3000 to 4999.
  ///   - reason: At most 120 bytes.
  public func close(code: Int = 1_000, reason: String = "") async {
    guard let number = state.withLock({ $0.isClosed ? nil : $0.number }) else { return }
    let isTaken = loop.run { core in
      guard let channel = core.connection(number) as? WebSocketChannel else { return }
      channel.close(code: code, reason: reason, by: core.now + 5_000_000)
    }
    guard isTaken else { return }
    for await _ in ended {}
  }

  func isBegun(as number: UInt) { state.withLock { $0.number = number } }
  func choose(_ name: String?) { state.withLock { $0.chosen = name } }
  func isClosed() { state.withLock { $0.isClosed = true } }

  private func queue(_ message: WebSocketMessage, sent: @escaping @Sendable (WebError?) -> Void) throws(WebError) {
    let size = message.bytes.count
    let number = try reserve(size)
    let isTaken = loop.run { [self] core in
      let outgoing = WebSocketChannel.Outgoing(message: message) { [self] error in
        state.withLock { $0.waiting -= size }
        sent(error)
      }
      guard let channel = core.connection(number) as? WebSocketChannel else { return outgoing.sent(closedError) }
      channel.send(outgoing)
    }
    guard isTaken else { throw WebError(.stopped, "cannot send to '\(address)': the client for web connections was stopped") }
  }

  private func reserve(_ size: Int) throws(WebError) -> UInt {
    let (number, waiting): (UInt?, Int) = state.withLock { state in
      guard !state.isClosed, let number = state.number else { return (nil, 0) }
      guard state.waiting == 0 || state.waiting + size <= limit else { return (number, state.waiting) }
      state.waiting += size
      return (number, -1)
    }
    guard let number else { throw closedError }
    guard waiting < 0 else {
      throw WebError(
        .full, "cannot send to '\(address)': \(waiting) bytes wait already, and the limit is \(limit); the other side does not read")
    }
    return number
  }

  private var closedError: WebError { WebError(.broken, "cannot send to '\(address)': the WebSocket is closed") }
}
