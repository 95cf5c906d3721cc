// SPDX-License-Identifier: Apache-2.0

/// Arrays of numbers as the database has them: eight bytes each, little end first.
enum PackedNumbers {
  static func integers(_ bytes: [UInt8]) -> [Int64] {
    (0..<bytes.count / 8).map { Int64(bitPattern: word(at: $0 * 8, of: bytes)) }
  }

  static func numbers(_ bytes: [UInt8]) -> [Double] {
    (0..<bytes.count / 8).map { Double(bitPattern: word(at: $0 * 8, of: bytes)) }
  }

  static func bytes(_ integers: [Int64]) -> [UInt8] { integers.flatMap { bytes(UInt64(bitPattern: $0)) } }

  static func bytes(_ numbers: [Double]) -> [UInt8] { numbers.flatMap { bytes($0.bitPattern) } }

  private static func bytes(_ word: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }

  private static func word(at offset: Int, of bytes: [UInt8]) -> UInt64 {
    var word: UInt64 = 0
    for index in 0..<8 { word |= UInt64(bytes[offset + index]) << (8 * UInt64(index)) }
    return word
  }
}
