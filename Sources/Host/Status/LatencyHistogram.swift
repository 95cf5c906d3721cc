// SPDX-License-Identifier: Apache-2.0

/// Counts durations in buckets of about 6 % width, from a nanosecond to centuries, in constant memory.
package struct LatencyHistogram: Sendable {
  /// Sixteen buckets for each power of two.
  private static let stepsPerOctave = 16
  private var buckets = [UInt64](repeating: 0, count: 64 * stepsPerOctave)
  private var count: UInt64 = 0
  private var maximum: UInt64 = 0

  package init() {}

  package mutating func record(nanoseconds: UInt64) {
    buckets[Self.bucket(nanoseconds)] += 1
    count += 1
    maximum = max(maximum, nanoseconds)
  }

  /// The duration that `quantile` (0 to 1) of the recorded ones do not exceed, in microseconds; 0 when there is none.
  package func microseconds(atQuantile quantile: Double) -> Double {
    guard count > 0 else { return 0 }
    let wanted = max(1, UInt64((Double(count) * quantile).rounded(.up)))
    var seen: UInt64 = 0
    for (index, number) in buckets.enumerated() where number > 0 {
      seen += number
      if seen >= wanted { return min(Self.upperBound(index), Double(maximum)) / 1_000 }
    }
    return maximumMicroseconds
  }

  package var maximumMicroseconds: Double { Double(maximum) / 1_000 }

  private static func bucket(_ value: UInt64) -> Int {
    guard value >= UInt64(stepsPerOctave) else { return Int(value) }
    let octave = 63 - value.leadingZeroBitCount
    return octave * stepsPerOctave + Int((value >> UInt64(octave - 4)) & 15)
  }

  private static func upperBound(_ bucket: Int) -> Double {
    guard bucket >= 4 * stepsPerOctave else { return Double(bucket) }
    let (octave, step) = (bucket / stepsPerOctave, bucket % stepsPerOctave)
    return Double(sign: .plus, exponent: octave - 4, significand: Double(17 + step))
  }
}
