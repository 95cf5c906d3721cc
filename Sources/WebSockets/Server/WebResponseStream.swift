// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The body of an answer, in pieces. Let go of before it is finished, it cuts the connection, so that nobody takes the answer for whole.
public final class WebResponseStream: Sendable {
  private let outlet: WebOutlet
  private let exchange: UInt
  private let isFinished = Mutex(false)

  init(_ outlet: WebOutlet, exchange: UInt) {
    self.outlet = outlet
    self.exchange = exchange
  }

  deinit {
    guard !isFinished.withLock({ $0 }) else { return }
    outlet.run { [exchange] in $0.finish(exchange, isWhole: false) }
  }

  /// In bytes that wait to be sent.
  public var bytesWaiting: Int { outlet.bytesWaiting }

  /// Sends, and returns when the system has taken the last byte: whoever waits for this never has more than one piece in memory.
  public func send(_ bytes: [UInt8]) async throws(WebError) {
    try await outlet.send(bytes.count) { [exchange] in $0.sendPiece(exchange, bytes, $1) }
  }

  /// Puts a piece behind those that wait and returns at once; the order of calls is kept.
  ///
  /// - Throws: `full`: too much waits, for the client does not read; `broken` when it has gone.
  public func post(_ bytes: [UInt8]) throws(WebError) {
    try outlet.send(bytes.count, sent: { _ in }) { [exchange] in $0.sendPiece(exchange, bytes, $1) }
  }

  /// Ends the answer behind what waits. Later calls change nothing.
  public func finish() {
    let wasFinished = isFinished.withLock { isFinished in
      defer { isFinished = true }
      return isFinished
    }
    if wasFinished { return }
    outlet.close()
    outlet.run { [exchange] in $0.finish(exchange, isWhole: true) }
  }
}
