// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Arrays of numbers as `reports` and `subsets` hold them: eight bytes each, the lowest first.
enum PackedArray {
  /// An element that does not belong into such an array.
  private struct Odd: Error {}

  /// Numbers, with "not a number" for null.
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

  /// Whole numbers from 0.
  ///
  /// - Returns: Nil when it is no array, or holds something else.
  static func indices(_ array: JSONElement?) -> [UInt8]? {
    pack(array) { element throws(Odd) in
      guard let number = element.wholeNumber, number >= 0 else { throw Odd() }
      return UInt64(number)
    }
  }

  private static func pack(_ array: JSONElement?, _ bits: (JSONElement) throws(Odd) -> UInt64) -> [UInt8]? {
    guard let array, array.kind == .array else { return nil }
    var bytes: [UInt8] = []
    do throws(Odd) {
      try array.forEachElement { element throws(Odd) in
        let word = try bits(element)
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
      }
    } catch {
      return nil
    }
    return bytes
  }
}
