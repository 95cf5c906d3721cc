// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Arrays of numbers as `reports` and `subsets` hold them: eight bytes each, little end first, "not a number" for a missing one.
enum PackedNumbers {
  /// An element that does not belong into such an array.
  private struct Odd: Error {}

  // MARK: Packing

  static func bytes(_ integers: [Int64]) -> [UInt8] { bytes(of: integers) { UInt64(bitPattern: $0) } }

  static func bytes(_ numbers: [Double]) -> [UInt8] { bytes(of: numbers) { $0.bitPattern } }

  /// Packs numbers, nulls among them.
  ///
  /// - Returns: Nil when it is no array, or holds something else.
  static func numbers(_ array: JSONElement?) -> [UInt8]? {
    pack(array) { element throws(Odd) in
      switch element.kind {
      case .number, .integer: (element.double ?? .nan).bitPattern
      case .null: Double.nan.bitPattern
      case .bool, .string, .array, .object: throw Odd()
      }
    }
  }

  /// Packs whole numbers from 0.
  ///
  /// - Returns: Nil when it is no array, or holds something else.
  static func indices(_ array: JSONElement?) -> [UInt8]? {
    pack(array) { element throws(Odd) in
      guard let number = element.wholeNumber, number >= 0 else { throw Odd() }
      return UInt64(number)
    }
  }

  private static func pack(_ array: JSONElement?, _ word: (JSONElement) throws(Odd) -> UInt64) -> [UInt8]? {
    guard let array, array.kind == .array else { return nil }
    var bytes: [UInt8] = []
    do throws(Odd) {
      try array.forEachElement { element throws(Odd) in append(try word(element), to: &bytes) }
    } catch {
      return nil
    }
    return bytes
  }

  private static func bytes<Number>(of numbers: [Number], _ word: (Number) -> UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(numbers.count * 8)
    for number in numbers { append(word(number), to: &bytes) }
    return bytes
  }

  private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
  }

  // MARK: Unpacking

  /// Bytes behind the last whole number are none.
  static func integers(_ bytes: [UInt8]) -> [Int64] {
    (0..<bytes.count / 8).map { Int64(bitPattern: word(at: $0 * 8, of: bytes)) }
  }

  /// Bytes behind the last whole number are none.
  static func numbers(_ bytes: [UInt8]) -> [Double] {
    (0..<bytes.count / 8).map { Double(bitPattern: word(at: $0 * 8, of: bytes)) }
  }

  private static func word(at offset: Int, of bytes: [UInt8]) -> UInt64 {
    var word: UInt64 = 0
    for index in 0..<8 { word |= UInt64(bytes[offset + index]) << (8 * UInt64(index)) }
    return word
  }
}
