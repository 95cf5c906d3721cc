// SPDX-License-Identifier: Apache-2.0

/// A number or truth value of C.
public enum ScalarType: String, Sendable, Hashable, CaseIterable {
  /// Signed whole numbers.
  case i8, i16, i32, i64
  /// Unsigned whole numbers.
  case u8, u16, u32, u64
  /// `float` and `double`.
  case f32, f64
  /// `_Bool`.
  case bool

  /// In bytes; also its alignment.
  public var size: Int {
    switch self {
    case .i8, .u8, .bool: 1
    case .i16, .u16: 2
    case .i32, .u32, .f32: 4
    case .i64, .u64, .f64: 8
    }
  }

  /// Whether it is a whole number.
  public var isInteger: Bool { self != .bool && !isFloating }
  /// Whether it may have a fraction.
  public var isFloating: Bool { self == .f32 || self == .f64 }
  /// Whether it may be below zero.
  public var isSigned: Bool {
    switch self {
    case .i8, .i16, .i32, .i64, .f32, .f64: true
    case .u8, .u16, .u32, .u64, .bool: false
    }
  }

  /// The least and the greatest whole number, as text; nil for what is none.
  public var limits: (lowest: String, highest: String)? {
    switch self {
    case .i8: ("\(Int8.min)", "\(Int8.max)")
    case .i16: ("\(Int16.min)", "\(Int16.max)")
    case .i32: ("\(Int32.min)", "\(Int32.max)")
    case .i64: ("\(Int64.min)", "\(Int64.max)")
    case .u8: ("0", "\(UInt8.max)")
    case .u16: ("0", "\(UInt16.max)")
    case .u32: ("0", "\(UInt32.max)")
    case .u64: ("0", "\(UInt64.max)")
    case .f32, .f64, .bool: nil
    }
  }

  /// The bits of a whole number; nil when it is out of range.
  public func bits(_ value: Int64) -> UInt64? {
    let fits =
      switch self {
      case .i8: Int8(exactly: value) != nil
      case .i16: Int16(exactly: value) != nil
      case .i32: Int32(exactly: value) != nil
      case .i64: true
      case .u8: UInt8(exactly: value) != nil
      case .u16: UInt16(exactly: value) != nil
      case .u32: UInt32(exactly: value) != nil
      case .u64: value >= 0
      case .f32, .f64, .bool: false
      }
    return fits ? UInt64(bitPattern: value) : nil
  }

  /// The bits of a number for a floating type; a `f32` takes the nearest.
  public func bits(_ value: Double) -> UInt64 { self == .f32 ? UInt64(Float(value).bitPattern) : value.bitPattern }

  /// What the bits say as a whole number: widened from this type's size, with its sign. A `u64` keeps its bits.
  public func integer(_ bits: UInt64) -> Int64 {
    switch self {
    case .i8: Int64(Int8(truncatingIfNeeded: bits))
    case .i16: Int64(Int16(truncatingIfNeeded: bits))
    case .i32: Int64(Int32(truncatingIfNeeded: bits))
    case .u8, .bool: Int64(UInt8(truncatingIfNeeded: bits))
    case .u16: Int64(UInt16(truncatingIfNeeded: bits))
    case .u32, .f32: Int64(UInt32(truncatingIfNeeded: bits))
    case .i64, .u64, .f64: Int64(bitPattern: bits)
    }
  }

  /// What the bits say as a floating number.
  public func floating(_ bits: UInt64) -> Double {
    self == .f32 ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))) : Double(bitPattern: bits)
  }

  /// The names that C programmers write, for a hint.
  static let namesInC: [String: ScalarType] = [
    "char": .i8, "short": .i16, "int": .i32, "long": .i64, "unsigned": .u32, "uint": .u32, "ulong": .u64, "size_t": .u64, "ssize_t": .i64,
    "float": .f32, "double": .f64, "int32_t": .i32, "uint32_t": .u32, "int64_t": .i64, "uint64_t": .u64, "uint8_t": .u8, "uint16_t": .u16,
    "int8_t": .i8, "int16_t": .i16, "_Bool": .bool,
  ]
}
