// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Lets one task after the other do something, in the order in which they came.
final class OneAtATime: Sendable {
  private struct State {
    var isTaken = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  /// Waits for the turn, does it, and passes the turn on.
  func run<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
    await withCheckedContinuation { waiter in
      let isFree = state.withLock { state in
        guard state.isTaken else {
          state.isTaken = true
          return true
        }
        state.waiting.append(waiter)
        return false
      }
      if isFree { waiter.resume() }
    }
    defer { passOn() }
    return try await body()
  }

  private func passOn() {
    let next = state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.isTaken = false
        return CheckedContinuation<Void, Never>?.none
      }
      return state.waiting.removeFirst()
    }
    next?.resume()
  }
}
