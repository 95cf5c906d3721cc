// SPDX-License-Identifier: Apache-2.0

/// Watches for gradients that explode or vanish, against what is usual for the run.
///
/// The norm is told after clipping, so with clipping an explosion shows only where the usual norm is far below the clip.
struct GradientWatch: Sendable {
  private let settings: WatchSettings.Gradient
  private var norm: RatioWatch
  private var exploding: Streak
  private var vanishing: Streak

  /// Below this a gradient has vanished, whatever is usual.
  private static let nothing = 1e-9

  init(_ settings: WatchSettings.Gradient) {
    self.settings = settings
    norm = Self.fresh
    exploding = Streak(settings.window)
    vanishing = Streak(settings.window)
  }

  private static var fresh: RatioWatch { RatioWatch(recent: 10, warmUp: 100) }

  func isOpen(_ kind: AlertKind) -> Bool { kind == .gradientExplosion ? exploding.isOpen : vanishing.isOpen }

  mutating func adopt(_ kind: AlertKind, _ numbers: [String: Double]) {
    guard let usual = numbers["usual"] else { return }
    norm.adopt(usual: usual)
    if kind == .gradientExplosion { exploding.adopt() } else { vanishing.adopt() }
  }

  mutating func reset() {
    exploding.reset()
    vanishing.reset()
    norm = Self.fresh
  }

  mutating func step(_ step: Int, _ value: Double) -> [WatchNews] {
    norm.add(value, learns: !exploding.isOpen && !vanishing.isOpen && !exploding.isGrowing && !vanishing.isGrowing)
    guard let ratio = norm.ratio else { return [] }
    let up = exploding.add(bad: ratio > settings.explosion, good: ratio < settings.explosion.squareRoot())
    let gone = norm.now < Self.nothing
    let down = vanishing.add(bad: gone || ratio < settings.vanishing, good: !gone && ratio > settings.vanishing.squareRoot())
    return [
      news(.gradientExplosion, up, step, "The gradients have grown large"),
      news(.gradientVanishing, down, step, "The gradients have all but vanished"),
    ].compactMap(\.self)
  }

  private func news(_ kind: AlertKind, _ turn: Streak.Turn?, _ step: Int, _ what: String) -> WatchNews? {
    switch turn {
    case .began:
      WatchNews(
        kind: kind, step: step,
        change: .began(
          sentence: "\(what): their norm is \(norm.now.shown) at step \(step), where \(norm.usual.shown) was usual.",
          numbers: ["usual": norm.usual]))
    case .ended:
      WatchNews(kind: kind, step: step, change: .ended(sentence: "The gradients are as usual again: their norm is \(norm.now.shown)."))
    case nil: nil
    }
  }
}
