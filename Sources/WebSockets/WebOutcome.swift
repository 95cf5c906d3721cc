// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What somebody waits for, settled once from any thread.
final class WebOutcome<Value: Sendable>: Sendable {
  typealias Settled = Result<Value, WebError>

  private enum State {
    case new
    case waiting(CheckedContinuation<Settled, Never>)
    case settled(Settled)
    case told
  }

  private let state = Mutex(State.new)
  private let connection = Mutex<UInt?>(nil)

  /// The connection it is about; nil before it is begun.
  var number: UInt? { connection.withLock { $0 } }
  func setNumber(_ number: UInt) { connection.withLock { $0 = number } }

  /// Whether nobody settled it yet.
  var isWaiting: Bool {
    state.withLock { state in
      if case .waiting = state { return true }
      return false
    }
  }

  func wait(_ continuation: CheckedContinuation<Settled, Never>) {
    let settled: Settled? = state.withLock { state in
      guard case .settled(let result) = state else {
        state = .waiting(continuation)
        return nil
      }
      state = .told
      return result
    }
    if let settled { continuation.resume(returning: settled) }
  }

  /// Later calls change nothing.
  func settle(_ result: Settled) {
    let continuation: CheckedContinuation<Settled, Never>? = state.withLock { state in
      switch state {
      case .new:
        state = .settled(result)
        return nil
      case .waiting(let continuation):
        state = .told
        return continuation
      case .settled, .told: return nil
      }
    }
    continuation?.resume(returning: result)
  }
}
