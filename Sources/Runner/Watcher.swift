// SPDX-License-Identifier: Apache-2.0
import PluginBridge
import Synchronization

/// When the watching thread looks: every few milliseconds while there is something to do, not at all while the plugin is idle.
final class Watcher: Sendable {
  private static let tickMilliseconds = 5
  /// After so many looks at which the plugin's own thread was reading, there is no hurry.
  private static let calmTicks = 20

  private let wake = BlockingQueue<Void>()
  private let state = Mutex(State())

  private struct State {
    var calm = 0
    var sleeps = false
  }

  /// The instance's thread has stopped reading to do something.
  func instanceWorks() {
    let wakes = state.withLock { state in
      state.calm = 0
      defer { state.sleeps = false }
      return state.sleeps
    }
    if wakes { wake.put(()) }
  }

  /// Waits for the next look.
  func wait() {
    let sleeps = state.withLock { state in
      state.sleeps = state.calm >= Self.calmTicks
      return state.sleeps
    }
    _ = wake.take(until: sleeps ? nil : MonotonicClock.after(milliseconds: Self.tickMilliseconds))
  }

  /// Notes whether somebody else was reading.
  func note(_ isRead: Bool) {
    state.withLock { state in state.calm = isRead ? state.calm + 1 : 0 }
  }
}
