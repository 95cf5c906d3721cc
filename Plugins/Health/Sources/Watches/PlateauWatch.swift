// SPDX-License-Identifier: Apache-2.0

/// Watches for a loss that no longer falls.
struct PlateauWatch: Sendable {
  private let settings: WatchSettings.Plateau
  private var best: Double?
  private var stepsSince = 0
  private(set) var isOpen = false

  init(_ settings: WatchSettings.Plateau) { self.settings = settings }

  mutating func adopt(_ numbers: [String: Double]) {
    guard let best = numbers["best"] else { return }
    self.best = best
    isOpen = true
  }

  mutating func reset() {
    best = nil
    stepsSince = 0
    isOpen = false
  }

  mutating func step(_ step: Int, _ curve: LossCurve) -> WatchNews? {
    guard curve.isWarm else { return nil }
    guard let best, curve.value > best - settings.relative * best.magnitude else { return improved(step, curve.value) }
    stepsSince += 1
    guard !isOpen, stepsSince >= settings.steps else { return nil }
    isOpen = true
    return WatchNews(
      kind: .plateau, step: step,
      change: .began(
        sentence:
          "The loss has not fallen by \(settings.relative.asPercentage) for \(counted(settings.steps, "step")); its best average is \(best.shown).",
        numbers: ["best": best]))
  }

  private mutating func improved(_ step: Int, _ value: Double) -> WatchNews? {
    best = value
    stepsSince = 0
    guard isOpen else { return nil }
    isOpen = false
    return WatchNews(kind: .plateau, step: step, change: .ended(sentence: "The loss falls again: its average is \(value.shown)."))
  }
}

extension Double {
  /// As a percentage with the digits it has: 0.5 %.
  fileprivate var asPercentage: String { "\((self * 100).shown) %" }
}
