// SPDX-License-Identifier: Apache-2.0

/// Watches for a loss that is no number.
struct NotFiniteWatch: Sendable {
  private var streak: Streak
  private let recoverySteps: Int

  init(_ settings: WatchSettings.NotFinite) {
    recoverySteps = settings.recoverySteps
    streak = Streak(settings.recoverySteps)
  }

  var isOpen: Bool { streak.isOpen }
  mutating func adopt() { streak.adopt() }
  mutating func reset() { streak.reset() }

  /// - Parameter isFinite: Whether the loss of this step is a number.
  mutating func step(_ step: Int, isFinite: Bool) -> WatchNews? {
    guard isFinite else { return bad(step) }
    guard streak.isOpen, streak.add(bad: false, good: true) == .ended else { return nil }
    return WatchNews(
      kind: .lossNotFinite, step: step, change: .ended(sentence: "The loss was finite again for \(counted(recoverySteps, "step"))."))
  }

  private mutating func bad(_ step: Int) -> WatchNews? {
    let isNew = !streak.isOpen
    streak.reset()
    streak.adopt()
    guard isNew else { return nil }
    return WatchNews(
      kind: .lossNotFinite, step: step,
      change: .began(
        sentence: "The loss is not finite since step \(step); the weights may be lost: stop the run, or go back to a checkpoint.",
        numbers: [:]))
  }
}
