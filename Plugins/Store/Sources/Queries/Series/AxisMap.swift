// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// Finds the epoch or the time of steps, and the steps of an epoch or a time.
///
/// A range in epochs or seconds becomes one of steps by halving: some sixty look-ups, whatever the length. That takes both to grow with the
/// step, as they do in one training; where a run was taken up again with older steps, the range is the one that halving finds.
struct AxisMap {
  let source: SeriesSource
  let axis: SeriesAxis

  /// The steps that lie between two places of the axis, nil for none.
  func steps(from: AxisPosition?, to: AxisPosition?) throws -> ClosedRange<Int64>? {
    if axis == .step {
      let (first, last) = (from?.firstStep ?? .min, to?.lastStep ?? .max)
      return first <= last ? first...last : nil
    }
    guard let all = try source.ends(from: .min, to: .max) else { return nil }
    var (first, last) = (all.lowerBound, all.upperBound)
    if let from {
      guard let step = try firstStep(in: all, where: { $0 >= from.number }) else { return nil }
      first = step
    }
    if let to, let step = try firstStep(in: all, where: { $0 > to.number }) {
      guard step > all.lowerBound else { return nil }
      last = step - 1
    }
    return first <= last ? first...last : nil
  }

  /// The first step whose place fulfils a condition that holds for all later ones too.
  private func firstStep(in all: ClosedRange<Int64>, where isReached: (Double) -> Bool) throws -> Int64? {
    var (low, high) = (all.lowerBound, all.upperBound)
    guard try reaches(high, all, isReached) else { return nil }
    while low < high {
      let middle = low + Int64(bitPattern: UInt64(bitPattern: high &- low) / 2)
      if try reaches(middle, all, isReached) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Whether the first value at or behind a step has got there. An event that does not tell has not.
  private func reaches(_ step: Int64, _ all: ClosedRange<Int64>, _ isReached: (Double) -> Bool) throws -> Bool {
    guard let place = try source.first(from: step, to: all.upperBound) else { return true }
    return try position(of: place).map(isReached) ?? false
  }

  /// The epoch or the time of a point; nil when its event does not tell.
  func position(of point: SeriesPoint) throws -> Double? {
    try source.place(of: point).flatMap { try position(of: $0) }
  }

  /// The epoch or the time of the event that brought a value.
  func position(of place: SeriesSource.Place) throws -> Double? {
    let select = try source.database.cached("SELECT epoch, ts FROM events WHERE session = ?1 AND seq = ?2")
    defer { select.reset() }
    try select.bind(1, place.session)
    try select.bind(2, place.seq)
    guard try select.step() else { return nil }
    return axis == .epoch ? select.integer(0).map(Double.init) : select.double(1)
  }
}
