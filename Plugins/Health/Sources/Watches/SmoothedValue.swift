// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// An exponential average, corrected for its beginning: the first value counts as itself.
struct SmoothedValue: Sendable {
  private let keep: Double
  private var sum = 0.0
  private var weight = 0.0
  private(set) var count = 0

  /// - Parameter halfLife: In values, above zero.
  init(halfLife: Double) { keep = exp2(-1 / halfLife) }

  /// The average; 0 before the first value.
  var value: Double { weight > 0 ? sum / weight : 0 }

  mutating func add(_ value: Double) {
    sum = keep * sum + (1 - keep) * value
    weight = keep * weight + (1 - keep)
    count += 1
  }
}
