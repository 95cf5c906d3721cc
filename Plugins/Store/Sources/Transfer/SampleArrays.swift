// SPDX-License-Identifier: Apache-2.0

/// Losses and sample numbers as the database keeps them: little-endian, eight bytes each.
enum SampleArrays {
  static func bytes(of numbers: [Int64]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(numbers.count * 8)
    for number in numbers { append(UInt64(bitPattern: number), to: &bytes) }
    return bytes
  }

  static func bytes(of numbers: [Double]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(numbers.count * 8)
    for number in numbers { append(number.bitPattern, to: &bytes) }
    return bytes
  }

  /// The words of an array; bytes behind the last whole one are none.
  static func words(of bytes: [UInt8]) -> [UInt64] {
    (0..<bytes.count / 8).map { index in
      (0..<8).reversed().reduce(0) { $0 << 8 | UInt64(bytes[index * 8 + $1]) }
    }
  }

  private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
  }
}
