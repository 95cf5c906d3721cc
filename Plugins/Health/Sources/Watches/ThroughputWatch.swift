// SPDX-License-Identifier: Apache-2.0

/// Watches for a training that became much slower than it was.
struct ThroughputWatch: Sendable {
  private let settings: WatchSettings.ThroughputDrop
  private var rate: RatioWatch
  private var streak: Streak

  init(_ settings: WatchSettings.ThroughputDrop) {
    self.settings = settings
    rate = Self.fresh
    streak = Streak(settings.window)
  }

  private static var fresh: RatioWatch { RatioWatch(recent: 20, warmUp: 100) }

  var isOpen: Bool { streak.isOpen }

  mutating func adopt(_ numbers: [String: Double]) {
    guard let usual = numbers["usual"] else { return }
    rate.adopt(usual: usual)
    streak.adopt()
  }

  mutating func reset() {
    streak.reset()
    rate = Self.fresh
  }

  /// - Parameter value: In samples a second.
  mutating func step(_ step: Int, _ value: Double) -> WatchNews? {
    guard value > 0 else { return nil }
    rate.add(value, learns: !streak.isOpen && !streak.isGrowing)
    guard let ratio = rate.ratio else { return nil }
    let limit = 1 - settings.drop
    switch streak.add(bad: ratio < limit, good: ratio > 1 - settings.drop / 2) {
    case .began:
      return WatchNews(
        kind: .throughputDrop, step: step,
        change: .began(
          sentence:
            "The training has slowed down: \(rate.now.shown) samples a second at step \(step), where \(rate.usual.shown) were usual.",
          numbers: ["usual": rate.usual]))
    case .ended:
      return WatchNews(
        kind: .throughputDrop, step: step,
        change: .ended(sentence: "The training is as fast again as it was: \(rate.now.shown) samples a second."))
    case nil: return nil
    }
  }
}
