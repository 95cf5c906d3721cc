// SPDX-License-Identifier: Apache-2.0
import PluginBridge
import Synchronization

/// The calls that the plugin answers, and the numbers of those it made.
final class RunnerCalls: Sendable {
  /// Calls that were given up and that the plugin never finished; beyond this many they are forgotten.
  private static let endedLimit = 10_000

  private let state = Mutex(State())

  private struct State {
    var answered: [CallID: RunnerCall] = [:]
    var given = 0
    var made: Set<CallID> = []
    var lastMade: UInt64 = 0
  }

  subscript(id: CallID) -> RunnerCall? { state.withLock { $0.answered[id] } }
  func insert(_ call: RunnerCall) { state.withLock { $0.answered[call.id] = call } }
  func remove(_ id: CallID) -> RunnerCall? { state.withLock { $0.answered.removeValue(forKey: id) } }

  /// Notes that a call was given up, and forgets the oldest such ones when there are too many.
  func noteGivenUp() {
    state.withLock { state in
      state.given += 1
      guard state.given > Self.endedLimit else { return }
      state.given = 0
      state.answered = state.answered.filter { $0.value.isOpen }
    }
  }

  /// A number for a call that the plugin makes; never one of the host's, which count from 1.
  func make() -> CallID {
    state.withLock { state in
      state.lastMade += 1
      let id = state.lastMade | 1 << 63
      state.made.insert(id)
      return id
    }
  }

  func isMade(_ id: CallID) -> Bool { state.withLock { $0.made.contains(id) } }
  func ended(_ id: CallID) { state.withLock { _ = $0.made.remove(id) } }
}
