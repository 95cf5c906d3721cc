// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Says that there is news to any number of tasks that wait for it.
final class Announcement: Sendable {
  private struct State {
    var count = 0
    var next = 0
    var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  /// How often there was news. Read before looking, and given to `wait`, so that nothing is missed in between.
  var count: Int { state.withLock { $0.count } }

  func announce() {
    let waiting = state.withLock { state in
      state.count += 1
      defer { state.waiting = [:] }
      return state.waiting.values
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Returns when there is news after `seen`.
  func wait(after seen: Int) async throws {
    let ticket = state.withLock { state in
      state.next += 1
      return state.next
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isLate = state.withLock { state in
          guard state.count == seen, !Task.isCancelled else { return true }
          state.waiting[ticket] = continuation
          return false
        }
        if isLate { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
    }
    try Task.checkCancellation()
  }
}
