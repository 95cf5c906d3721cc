// SPDX-License-Identifier: Apache-2.0

/// Divides all steps into buckets of one width, always in the same places, so that a bucket does not move when the range does.
struct StepGrid: Sendable, Hashable {
  /// Steps a bucket holds.
  let width: UInt64

  /// The finest grid that covers a range with so many buckets, or fewer.
  ///
  /// - Parameters:
  ///   - buckets: At least 2.
  ///   - unit: The width is a multiple of it; a power of two.
  init(from first: Int64, to last: Int64, buckets: Int, unit: UInt64) {
    // A range touches one bucket more than fit into it.
    let span = UInt64(bitPattern: last &- first)
    let least = span / UInt64(Swift.max(buckets, 2) - 1) + 1
    let units = (least - 1) / unit + 1
    width = units.multipliedReportingOverflow(by: unit).overflow ? .max : units * unit
  }

  /// Which bucket a step lies in: greater steps lie in the same or a later one.
  func bucket(of step: Int64) -> UInt64 {
    // Flipping the sign orders negative steps before the others.
    (UInt64(bitPattern: step) ^ (1 << 63)) / width
  }
}
