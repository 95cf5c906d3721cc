// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What the door's thread shows to others.
final class ControlDoorState: Sendable {
  private struct State {
    var counters = ControlCounters()
    var ended = false
    var waiting: [@Sendable () -> Void] = []
  }

  private let state = Mutex(State())

  var counters: ControlCounters {
    get { state.withLock { $0.counters } }
    set { state.withLock { $0.counters = newValue } }
  }

  /// Runs `body` once the door's thread has ended: at once if it has.
  func whenEnded(_ body: @escaping @Sendable () -> Void) {
    let ended = state.withLock { state in
      if !state.ended { state.waiting.append(body) }
      return state.ended
    }
    if ended { body() }
  }

  func end() {
    let waiting = state.withLock { state in
      state.ended = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for body in waiting { body() }
  }
}
