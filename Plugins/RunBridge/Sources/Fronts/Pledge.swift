// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A value that comes once, for one who waits for it. The first one counts.
final class Pledge<Value: Sendable>: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Value, Never>)
    case kept(Value)
    case taken
  }

  private let state = Mutex(State.open)

  /// - Returns: False when it was kept before.
  @discardableResult
  func keep(_ value: Value) -> Bool {
    let (isFirst, waiting): (Bool, CheckedContinuation<Value, Never>?) = state.withLock { state in
      switch state {
      case .open:
        state = .kept(value)
        return (true, nil)
      case .awaited(let continuation):
        state = .taken
        return (true, continuation)
      case .kept, .taken: return (false, nil)
      }
    }
    waiting?.resume(returning: value)
    return isFirst
  }

  /// Waits, once.
  ///
  /// - Parameter cancelled: What counts when the waiting task is cancelled first.
  func value(whenCancelled cancelled: Value) async -> Value {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let early: Value? = state.withLock { state in
          guard case .kept(let value) = state else {
            state = .awaited(continuation)
            return nil
          }
          state = .taken
          return value
        }
        if let early { continuation.resume(returning: early) }
      }
    } onCancel: {
      keep(cancelled)
    }
  }
}
