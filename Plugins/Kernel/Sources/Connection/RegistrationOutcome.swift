// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What comes of a registration: settled once, awaited by any number.
final class RegistrationOutcome: Sendable {
  private struct State {
    var result: Result<ConnectionInfo, any Error>?
    var waiters: [CheckedContinuation<ConnectionInfo, any Error>] = []
  }

  private let state = Mutex(State())

  var isSettled: Bool { state.withLock { $0.result != nil } }

  /// Counts the first time only.
  func settle(_ result: Result<ConnectionInfo, any Error>) {
    let waiters = state.withLock { state -> [CheckedContinuation<ConnectionInfo, any Error>] in
      guard state.result == nil else { return [] }
      state.result = result
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume(with: result) }
  }

  func value() async throws -> ConnectionInfo {
    try await withCheckedThrowingContinuation { continuation in
      let result = state.withLock { state in
        if state.result == nil { state.waiters.append(continuation) }
        return state.result
      }
      if let result { continuation.resume(with: result) }
    }
  }
}
