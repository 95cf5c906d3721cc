// SPDX-License-Identifier: Apache-2.0
// How operations end: each once, by whoever is first.

internal import JSON
internal import Synchronization

extension OperationBook {
  /// Ends an operation and tells its script.
  ///
  /// - Parameters:
  ///   - wanted: The state when the script could be told; else it is orphaned, or submitted while the script's connection is taken over.
  ///   - isSent: Whether the script is told.
  /// - Returns: The operation as it is now; nil: it was over.
  @discardableResult
  func end(
    _ number: Int, as wanted: OperationState, result: JSONValue, error: String?, by: String?, isSent: Bool = true
  ) -> KeptOperation? {
    let taken = state.withLock { state -> (KeptOperation, [UInt], Task<Void, Never>?)? in
      guard let (operation, listeners) = state.table.take(number) else { return nil }
      return (operation, listeners, state.asking.removeValue(forKey: number))
    }
    guard let (found, listeners, asking) = taken else { return nil }
    var operation = found
    timer.clear(number)
    asking?.cancel()
    operation.state = isSent ? .submitted : wanted
    operation.result = error == nil ? result : nil
    operation.error = error
    operation.by = by
    operation.ended = StoreTime.now
    let written = operation
    note("keep the answer of \(operation.id)") { try $0.end(written) }
    let submit = operation.submit(result: operation.result ?? .null, error: error)
    if isSent {
      if send(submit, operation, listeners) {
        operation.state = wanted
      } else if !park(operation, as: wanted) {
        operation.state = .orphaned
      }
    }
    reached(operation)
    prune(after: operation)
    return operation
  }

  /// An operation has another state; its answer was written down before.
  func reached(_ operation: KeptOperation) {
    let (number, state) = (operation.number, operation.state)
    if state != .submitted { note("keep the state of \(operation.id)") { try $0.change(number, to: state) } }
    changed(operation)
  }

  /// Sends to the debug adapter that waits, else to the connection that announced it.
  func send(_ submit: OperationSubmit, _ operation: KeptOperation, _ listeners: [UInt]) -> Bool {
    let (waiting, peers) = state.withLock { state in
      (listeners.compactMap { state.listeners.removeValue(forKey: $0) }, state.peers)
    }
    for listener in waiting { listener(submit) }
    guard waiting.isEmpty else { return true }
    guard let connection = operation.connection, let peers else { return false }
    return peers.submit(submit, to: connection)
  }

  /// Its time passed.
  func expire(_ number: Int) {
    guard let timeout = state.withLock({ $0.isLeaving ? nil : $0.table.open[number].map(\.timeout) }) else { return }
    end(number, as: .expired, result: .null, error: "timed out after \(timeout.map(Self.words) ?? "its time")", by: nil)
  }

  /// As "300 s" or "1.5 s".
  private static func words(_ timeout: Duration) -> String {
    let seconds = (timeout / .milliseconds(1)).rounded() / 1_000
    return seconds == seconds.rounded() && seconds < 1e15 ? "\(Int(seconds)) s" : "\(seconds) s"
  }

  /// Now and then forgets the oldest.
  private func prune(after operation: KeptOperation) {
    let size = operation.size + (operation.result?.bytes().count ?? 0)
    let isTime = state.withLock { state in
      state.ends += 1
      state.endedBytes += size
      guard state.ends >= 32 || state.endedBytes > settings.keptBytes / 8 else { return false }
      (state.ends, state.endedBytes) = (0, 0)
      return true
    }
    guard isTime else { return }
    note("forget old operations") { [settings] in try $0.prune(settings) }
  }
}
