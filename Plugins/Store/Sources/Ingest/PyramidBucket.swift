// SPDX-License-Identifier: Apache-2.0

/// What the values of one metric in one stretch of steps come to.
///
/// The outcome does not depend on the order of the values: of several at one step the smallest counts as that step's first and last,
/// and of equal extremes the one of the lowest step.
struct PyramidBucket: Equatable {
  /// Which stretch: the step without the level's low bits.
  var number: Int64 = 0
  var count: Int64 = 0
  var sum = 0.0
  var min = Double.infinity
  var minStep = Int64.max
  var max = -Double.infinity
  var maxStep = Int64.max
  var first = Double.infinity
  var firstStep = Int64.max
  var last = Double.infinity
  var lastStep = Int64.min

  /// Takes one finite value in.
  @inline(__always)
  mutating func add(_ value: Double, step: Int64) {
    count += 1
    sum = Self.bounded(sum + value)
    if value <= min, value < min || step < minStep { (min, minStep) = (value, step) }
    if value >= max, value > max || step < maxStep { (max, maxStep) = (value, step) }
    if step <= firstStep, step < firstStep || value < first { (first, firstStep) = (value, step) }
    if step >= lastStep, step > lastStep || value < last { (last, lastStep) = (value, step) }
  }

  /// Takes the values of another one in.
  mutating func add(_ other: PyramidBucket) {
    count += other.count
    sum = Self.bounded(sum + other.sum)
    if other.min < min || (other.min == min && other.minStep < minStep) { (min, minStep) = (other.min, other.minStep) }
    if other.max > max || (other.max == max && other.maxStep < maxStep) { (max, maxStep) = (other.max, other.maxStep) }
    if other.firstStep < firstStep || (other.firstStep == firstStep && other.first < first) {
      (first, firstStep) = (other.first, other.firstStep)
    }
    if other.lastStep > lastStep || (other.lastStep == lastStep && other.last < last) { (last, lastStep) = (other.last, other.lastStep) }
  }

  /// A sum that stays a number: infinities of both signs would make it none, and no row holds that.
  @inline(__always)
  private static func bounded(_ sum: Double) -> Double {
    Swift.min(Swift.max(sum, -Double.greatestFiniteMagnitude), Double.greatestFiniteMagnitude)
  }
}
