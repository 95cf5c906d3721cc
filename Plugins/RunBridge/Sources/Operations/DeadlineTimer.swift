// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// Tells when times have come: one thread for all of them.
final class DeadlineTimer: Sendable {
  private struct State: Sendable {
    /// By the clock of `MonotonicClock`.
    var deadlines: [Int: UInt64] = [:]
    var isStopped = false
  }

  private enum Turn {
    case due([Int])
    case again
    case stop
  }

  private let state = Monitor(State())
  private let thread = Monitor<OwnedThread?>(nil)

  /// Begins.
  ///
  /// - Parameter fire: Called on the timer's thread, once for each number; must not wait.
  func start(_ fire: @escaping @Sendable (Int) -> Void) throws {
    let started = OwnedThread.start(name: "jf-bridge-timer") { [state] in
      while true {
        let next = state.read { $0.deadlines.values.min() }
        let turn = state.wait(until: next) { Self.turn(&$0, waitingFor: next) } ?? .again
        switch turn {
        case .due(let numbers): for number in numbers { fire(number) }
        case .again: continue
        case .stop: return
        }
      }
    }
    guard let started else {
      throw PluginFailure("cannot start the thread 'jf-bridge-timer': the system has none to give; raise the limit of processes")
    }
    thread.change { $0 = started }
  }

  private static func turn(_ state: inout State, waitingFor next: UInt64?) -> Turn? {
    guard !state.isStopped else { return .stop }
    let now = MonotonicClock.now
    let due = state.deadlines.filter { $0.value <= now }.sorted { $0.value < $1.value }.map(\.key)
    for number in due { state.deadlines[number] = nil }
    if !due.isEmpty { return .due(due) }
    return state.deadlines.values.min() == next ? nil : .again
  }

  func set(_ number: Int, after duration: Duration) {
    let time = MonotonicClock.after(duration)
    state.change { $0.deadlines[number] = time }
  }

  func clear(_ number: Int) { state.change { $0.deadlines[number] = nil } }

  /// Ends the thread and waits for that; must not be called in `fire`.
  func stop() {
    state.change { $0.isStopped = true }
    let running = thread.change { thread in
      defer { thread = nil }
      return thread
    }
    running?.join()
  }
}
