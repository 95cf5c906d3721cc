// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Watches a positive number against what is usual for it, in powers of two, so that a factor up counts as much as one down.
struct RatioWatch: Sendable {
  private let warmUp: Int
  private var median = MedianOfFive()
  private var recent: SmoothedValue
  private var slow = SmoothedValue(halfLife: 500)
  /// Of an earlier life.
  private var adoptedUsual: Double?

  /// Smaller values, and zero, count as this.
  private static let floor = 1e-30

  /// - Parameters:
  ///   - recent: The half-life of what counts as now, in values.
  ///   - warmUp: How many values make something usual.
  init(recent: Double, warmUp: Int) {
    self.recent = SmoothedValue(halfLife: recent)
    self.warmUp = warmUp
  }

  mutating func adopt(usual: Double) { adoptedUsual = log2(max(usual, Self.floor)) }

  var usual: Double { exp2(adoptedUsual ?? slow.value) }
  var now: Double { exp2(recent.value) }

  /// How many times the usual it is now; nil while that is not known.
  var ratio: Double? {
    guard adoptedUsual != nil ? recent.count >= 20 : slow.count >= warmUp else { return nil }
    return exp2(recent.value - (adoptedUsual ?? slow.value))
  }

  /// - Parameter learns: Whether this value tells what is usual: not during an episode.
  mutating func add(_ value: Double, learns: Bool) {
    let calm = log2(max(median.add(value.magnitude), Self.floor))
    recent.add(calm)
    guard learns else { return }
    adoptedUsual = nil
    slow.add(calm)
  }
}
