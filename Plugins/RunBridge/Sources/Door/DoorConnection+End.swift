// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import Synchronization
internal import WebSockets

extension DoorConnection {
  /// Answers what is open with the reason, and the operations with what is given; then resets it, which its reader understands better than
  /// a goodbye.
  func end(_ reason: String, submits: [OperationSubmit] = []) {
    let isEnding = state.withLock { state in
      guard state.phase == .open else { return false }
      state.phase = .ending(reason: reason)
      return true
    }
    guard isEnding else { return }
    endRequests(reason)
    for submit in submits { _ = self.submit(submit) }
    socket.abort(afterSendingWithin: .seconds(hall.settings.endSeconds))
  }

  /// Answers what is open, and gives the connection away.
  ///
  /// - Returns: Nil: it was closed, or could not be given away and is reset.
  func leave(_ reason: String, within limit: Duration) async -> DoorEstate.Connection? {
    let reading = state.withLock { state -> Task<Void, Never>?? in
      guard state.phase == .open else { return nil }
      state.phase = .leaving
      state.kept = state.backlog
      state.backlog = []
      return .some(state.reading)
    }
    guard let reading else { return nil }
    endRequests(reason)
    // One may be read just now; it is kept, too.
    await reading?.value
    do throws(WebError) {
      return handOver(try await socket.detach(within: limit))
    } catch {
      hall.log?.warning("connection not handed over", ["connection": number, "run": caller.run, "reason": error.message])
      state.withLock { $0.phase = .ending(reason: reason) }
      if socket.isOver { hall.isOver(self) } else { socket.abort() }
      return nil
    }
  }

  private func handOver(_ detached: WebDetachedSocket) -> DoorEstate.Connection {
    let (kept, hasSpoken) = state.withLock { state in
      state.phase = .over
      return (state.kept, state.hasSpoken)
    }
    hall.isHandedOver(self)
    return DoorEstate.Connection(
      descriptor: detached.descriptor, unread: detached.unread, messages: kept, run: caller.run, number: number, hasSpoken: hasSpoken)
  }

  /// The socket's last event.
  func isClosed(_ closure: WebSocketClosure) {
    let isLeaving = state.withLock { state in
      let isLeaving = state.phase == .leaving
      // Whether it was given away or just broke, whoever gives it away finds out.
      if !isLeaving { state.phase = .over }
      return isLeaving
    }
    dropRequests()
    if isLeaving { return }
    if let error = closure.error {
      hall.log?.debug("connection ended", ["connection": number, "run": caller.run, "reason": error.message])
    }
    hall.isOver(self)
  }
}
