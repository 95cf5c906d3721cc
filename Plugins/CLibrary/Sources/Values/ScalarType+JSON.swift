// SPDX-License-Identifier: Apache-2.0

import FFI
import JSON
import Signatures

extension ScalarType {
  /// The type for libffi.
  var foreign: ForeignType {
    switch self {
    case .i8: .int8
    case .i16: .int16
    case .i32: .int32
    case .i64: .int64
    case .u8, .bool: .uint8
    case .u16: .uint16
    case .u32: .uint32
    case .u64: .uint64
    case .f32: .float
    case .f64: .double
    }
  }

  // MARK: From JSON

  /// The bits of a value that a caller gave.
  func bits(_ element: JSONElement) throws(Misfit) -> UInt64 {
    if self == .bool {
      guard let value = element.bool else { throw Misfit("is \(element.inWords); write true or false") }
      return value ? 1 : 0
    }
    return isFloating ? try floatingBits(element) : try integerBits(element)
  }

  private func integerBits(_ element: JSONElement) throws(Misfit) -> UInt64 {
    if self == .u64, let value = element.unsigned ?? element.string.flatMap({ UInt64($0) }) { return value }
    // Text keeps what numbers lose on their way through languages that have only doubles.
    if let value = element.int ?? whole(element) ?? (size == 8 ? element.string.flatMap { Int64($0) } : nil), let bits = bits(value) {
      return bits
    }
    let limits = limits ?? ("0", "0")
    throw Misfit("is \(element.inWords); write a whole number from \(limits.lowest) to \(limits.highest)")
  }

  /// A whole number that was written with a point or an exponent, as far as doubles are exact.
  private func whole(_ element: JSONElement) -> Int64? {
    guard let value = element.double, abs(value) <= 0x1p53, Double(Int64(value)) == value else { return nil }
    return Int64(value)
  }

  private func floatingBits(_ element: JSONElement) throws(Misfit) -> UInt64 {
    guard let value = element.double ?? element.string.flatMap({ Self.unwritable[$0] }) else {
      throw Misfit("is \(element.inWords); write a number, or one of \"NaN\", \"Infinity\" and \"-Infinity\"")
    }
    if self == .f32, value.isFinite, !Float(value).isFinite {
      throw Misfit("is \(value); a 'f32' goes to \(Float.greatestFiniteMagnitude)")
    }
    return bits(value)
  }

  /// Numbers that JSON has no way to write.
  private static let unwritable: [String: Double] = ["NaN": .nan, "Infinity": .infinity, "-Infinity": -.infinity]

  /// The bits of a value that a manifest or a setting gave; nil when it does not fit.
  func bits(_ value: JSONValue) -> UInt64? {
    if self == .bool { return value.boolValue.map { $0 ? 1 : 0 } }
    if isFloating { return value.doubleValue.map { bits($0) } }
    return value.intValue.flatMap { bits(Int64($0)) }
  }

  // MARK: To JSON

  /// Writes what bits say.
  func append(_ bits: UInt64, to text: inout [UInt8]) {
    switch self {
    case .bool: text += (UInt8(truncatingIfNeeded: bits) != 0 ? "true" : "false").utf8
    case .u64: append(unsigned: bits, to: &text)
    case .f32: append("\(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))", floating(bits), to: &text)
    case .f64: append("\(floating(bits))", floating(bits), to: &text)
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32: text += "\(integer(bits))".utf8
    }
  }

  /// Above the greatest signed number, as text: most readers of JSON would take it for a double and round it.
  private func append(unsigned number: UInt64, to text: inout [UInt8]) {
    text += (number > UInt64(Int64.max) ? "\"\(number)\"" : "\(number)").utf8
  }

  private func append(_ written: String, _ value: Double, to text: inout [UInt8]) {
    if value.isFinite {
      text += written.utf8
    } else {
      text += (value.isNaN ? "\"NaN\"" : value < 0 ? "\"-Infinity\"" : "\"Infinity\"").utf8
    }
  }
}
