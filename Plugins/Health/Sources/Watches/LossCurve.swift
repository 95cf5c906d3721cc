// SPDX-License-Identifier: Apache-2.0

/// A loss as a person sees it: without single wild values, and smooth; with how much it jumps about.
struct LossCurve: Sendable {
  /// So many steps pass before the curve is worth an opinion.
  static let warmUp = 100

  private var median = MedianOfFive()
  private var smooth = SmoothedValue(halfLife: 50)
  private var deviation = SmoothedValue(halfLife: 50)

  var value: Double { smooth.value }
  /// The mean distance of a value from the curve.
  var noise: Double { deviation.value }
  var isWarm: Bool { smooth.count >= Self.warmUp }

  mutating func add(_ loss: Double) {
    let calm = median.add(loss)
    smooth.add(calm)
    deviation.add((calm - smooth.value).magnitude)
  }
}
