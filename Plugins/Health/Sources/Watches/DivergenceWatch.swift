// SPDX-License-Identifier: Apache-2.0

/// Watches for a loss that rises far above its best and stays there.
struct DivergenceWatch: Sendable {
  private let settings: WatchSettings.Diverging
  private var streak: Streak
  /// The lowest value of the curve, and what was known there.
  private var best: Best?
  /// The curve when it was first worth an opinion.
  private var start: Double?

  private struct Best {
    var value: Double
    var noise: Double
    /// How far above the best the curve may rise; told by an earlier life.
    var margin: Double?
  }

  init(_ settings: WatchSettings.Diverging) {
    self.settings = settings
    streak = Streak(settings.window)
  }

  var isOpen: Bool { streak.isOpen }

  mutating func adopt(_ numbers: [String: Double]) {
    guard let value = numbers["best"], let margin = numbers["margin"] else { return }
    best = Best(value: value, noise: 0, margin: margin)
    streak.adopt()
  }

  mutating func reset() {
    streak.reset()
    best = nil
    start = nil
  }

  /// To be called once a step, after the step's loss was added to the curve.
  mutating func step(_ step: Int, _ curve: LossCurve) -> WatchNews? {
    guard curve.isWarm else { return nil }
    let value = curve.value
    if start == nil { start = value }
    guard var best, value >= best.value else {
      best = Best(value: value, noise: curve.noise, margin: streak.isOpen ? best?.margin : nil)
      return turn(streak.add(bad: false, good: true), step, value)
    }
    let margin = best.margin ?? margin(best)
    let above = value - best.value
    let turned = streak.add(bad: above > margin, good: above < margin / 2)
    if turned == .began { best.margin = margin }
    if turned == .ended { best.margin = nil }
    self.best = best
    return turn(turned, step, value)
  }

  /// A part of the best, but more than the noise, and more than a bump on a curve that has come far down.
  private func margin(_ best: Best) -> Double {
    let part = (settings.factor - 1) * best.value.magnitude
    let gained = max(0, (start ?? best.value) - best.value)
    return max(part, 4 * best.noise, min(gained / 4, 10 * best.value.magnitude), .leastNormalMagnitude)
  }

  private func turn(_ turn: Streak.Turn?, _ step: Int, _ value: Double) -> WatchNews? {
    switch turn {
    case .began:
      let best = best?.value ?? 0
      return WatchNews(
        kind: .diverging, step: step,
        change: .began(
          sentence: "The loss is rising: its average is \(value.shown) at step \(step), and was \(best.shown) at its best.",
          numbers: ["best": best, "margin": self.best?.margin ?? 0]))
    case .ended:
      return WatchNews(
        kind: .diverging, step: step, change: .ended(sentence: "The loss is back near its best: its average is \(value.shown)."))
    case nil: return nil
    }
  }
}
