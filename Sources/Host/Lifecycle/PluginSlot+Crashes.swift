// SPDX-License-Identifier: Apache-2.0
// What happens when the plugin's process dies: its calls are answered, new ones wait, and the next process begins after a while, unless
// it has died too often.
import PluginBridge
import Synchronization

extension PluginSlot: RunnerOwner {
  package func runnerDied(_ runner: RunnerInstance) {
    state.withLock { state in
      state.crashes += 1
      state.draining.removeAll { $0 === runner }
      guard Self.instance(state) === runner else { return }
      state.counts = runner.counts
      if case .stopping = state.phase { return }
      state.phase = .resting(runner)
    }
  }

  package func takeBack(_ calls: [PendingCall]) {
    for call in calls { begin(call) }
  }

  package func runnerEnded(_ runner: RunnerInstance, _ report: CrashReport) -> Int? {
    guard isResting(runner), let isolation else { return nil }
    switch isolation.ledger.record(id, fingerprint: blueprint.fingerprint) {
    case .restart(let milliseconds): return milliseconds
    case .quarantine(let reason):
      beQuarantined(reason) { if case .resting = $0 { true } else { false } }
      return nil
    }
  }

  package func restart(after runner: RunnerInstance) {
    begin { if case .resting(let dead) = $0 { dead === runner } else { false } }
  }

  private func isResting(_ runner: RunnerInstance) -> Bool {
    state.withLock { if case .resting(let dead) = $0.phase { dead === runner } else { false } }
  }

  /// Why the plugin is held back, if it is.
  var quarantine: String? {
    let blueprint = blueprint
    guard blueprint.mode == .process else { return nil }
    return isolation?.ledger.quarantine(of: id, fingerprint: blueprint.fingerprint)
  }

  func beQuarantined(_ reason: String, from isRight: (Phase) -> Bool) {
    let isFirst = state.withLock { state in
      guard isRight(state.phase) else { return false }
      state.phase = .quarantined(reason)
      return true
    }
    if isFirst { tellFailure(PluginFault(reason)) }
  }
}
