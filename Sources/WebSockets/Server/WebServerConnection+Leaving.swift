// SPDX-License-Identifier: Apache-2.0

internal import CWebSockets

extension WebServerConnection {
  /// In microseconds. The system tells nobody when the other side has taken the last byte.
  private static let lookEvery: Int64 = 5_000

  /// Resets it, or gives it away, as soon as nothing is under way; at the end of the limit resets it, or says that it could not be.
  func leave(_ way: WebLeaving.Way, within limit: Duration) {
    let before = leaving.take()
    let deadline = core.deadline(in: limit)
    leaving = WebLeaving(way: way, deadline: deadline, nextLook: deadline)
    before?.isOver()
    leaveIfIdle()
  }

  /// Ends it as was asked, if it can be now.
  func leaveIfIdle() {
    guard let leaving else { return }
    switch leaving.way {
    case .reset: resetIfTaken(leaving)
    case .away(let done): giveAwayIfIdle(leaving, done)
    }
  }

  private func resetIfTaken(_ leaving: WebLeaving) {
    let isTaken = bytesWaiting == 0 && jf_websockets_not_taken(socket) <= 0
    if isTaken || leaving.deadline <= core.now { return abort() }
    self.leaving?.nextLook = min(core.deadline(in: .microseconds(Self.lookEvery)), leaving.deadline)
  }

  private func giveAwayIfIdle(
    _ leaving: WebLeaving, _ done: @Sendable (Result<(descriptor: Int32, unread: [UInt8]), WebError>) -> Void
  ) {
    // Taken out first: giving it away ends it here.
    self.leaving = nil
    if let given = detach() { return done(.success(given)) }
    if leaving.deadline <= core.now {
      return done(.failure(WebError(.invalid, "cannot give a WebSocket away: a message is under way; try again after it")))
    }
    self.leaving = leaving
  }
}
