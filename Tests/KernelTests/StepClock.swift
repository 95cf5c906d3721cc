// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A clock that stands still until it is moved; sleepers are counted, so that a test can wait for them.
final class StepClock: Clock, Sendable {
  struct Instant: InstantProtocol {
    var offset: Duration

    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
  }

  private struct State {
    var now = Instant(offset: .zero)
    var sleepers: [(Instant, CheckedContinuation<Void, Never>)] = []
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  var now: Instant { state.withLock { $0.now } }
  var minimumResolution: Duration { .zero }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    await withCheckedContinuation { sleeper in
      let waiting = state.withLock { state in
        state.sleepers.append((deadline, sleeper))
        defer { state.waiting = [] }
        return state.waiting
      }
      for one in waiting { one.resume() }
    }
    try Task.checkCancellation()
  }

  /// Returns when somebody sleeps.
  func sleeperCame() async {
    await withCheckedContinuation { waiter in
      let isThere = state.withLock { state in
        if state.sleepers.isEmpty { state.waiting.append(waiter) }
        return !state.sleepers.isEmpty
      }
      if isThere { waiter.resume() }
    }
  }

  /// Moves on, and wakes whose time has come.
  func advance(by duration: Duration) {
    let woken = state.withLock { state in
      state.now = state.now.advanced(by: duration)
      let (due, rest) = (state.sleepers.filter { $0.0 <= state.now }, state.sleepers.filter { $0.0 > state.now })
      state.sleepers = rest
      return due
    }
    for (_, sleeper) in woken { sleeper.resume() }
  }
}
