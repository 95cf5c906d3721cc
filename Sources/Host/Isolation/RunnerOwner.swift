// SPDX-License-Identifier: Apache-2.0

/// Whoever had a runner started: the plugin's slot.
package protocol RunnerOwner: CommandProvider {
  /// The runner's line is closed although nobody stopped it: it is dead, or dying. Comes before its calls are answered.
  func runnerDied(_ runner: RunnerInstance)
  /// Calls that came too late for it; it has not begun them.
  func takeBack(_ calls: [PendingCall])
  /// Its process has ended.
  ///
  /// - Returns: After how many milliseconds it is to be started again; nil: not at all.
  func runnerEnded(_ runner: RunnerInstance, _ report: CrashReport) -> Int?
  /// That time is over.
  func restart(after runner: RunnerInstance)
}
