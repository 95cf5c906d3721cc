// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// Tells when the time of a run is over. One thread, which sleeps until the first is.
final class RunClock: Sendable {
  private struct State: Sendable {
    var deadlines: [String: UInt64] = [:]
    var hasChanged = false
    var isStopped = false
  }

  private enum Wake { case due([String]), again, stop }

  private let state = Monitor(State())
  private let thread = Monitor<OwnedThread?>(nil)

  /// - Parameter due: Called on the clock's thread with the run.
  func start(_ due: @escaping @Sendable (String) -> Void) throws {
    let started = OwnedThread.start(name: "jf-bridge-clock") { [state] in
      while true {
        switch Self.wait(state) {
        case .due(let runs): for run in runs { due(run) }
        case .again: break
        case .stop: return
        }
      }
    }
    guard let started else {
      throw PluginFailure("cannot start the thread 'jf-bridge-clock': the system has none to give; raise the limit of processes")
    }
    thread.change { $0 = started }
  }

  func stop() {
    state.change { $0.isStopped = true }
    let running = thread.change { thread in
      defer { thread = nil }
      return thread
    }
    running?.join()
  }

  /// Sets when a run's time is over; nil: never.
  func set(_ run: String, _ time: Duration?) {
    state.change { state in
      state.deadlines[run] = time.map { MonotonicClock.after($0) }
      state.hasChanged = true
    }
  }

  private static func wait(_ state: Monitor<State>) -> Wake {
    state.wait(until: state.read { $0.deadlines.values.min() }) { state in
      if state.isStopped { return .stop }
      let now = MonotonicClock.now
      let due = state.deadlines.filter { $0.value <= now }.map(\.key)
      for run in due { state.deadlines[run] = nil }
      if !due.isEmpty { return .due(due.sorted()) }
      defer { state.hasChanged = false }
      return state.hasChanged ? .again : nil
    } ?? .again
  }
}
