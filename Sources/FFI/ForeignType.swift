// SPDX-License-Identifier: Apache-2.0

/// What a C function takes and gives. The numbers are those of the shim.
public enum ForeignType: Int32, Sendable, Hashable, CaseIterable {
  /// Nothing; only as a result.
  case void = 0
  /// Whole numbers, signed and unsigned.
  case int8, uint8, int16, uint16, int32, uint32, int64, uint64
  /// `float` and `double`.
  case float, double
  /// Any address.
  case pointer

  /// In bytes; also its alignment.
  public var size: Int {
    switch self {
    case .void: 0
    case .int8, .uint8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float: 4
    case .int64, .uint64, .double, .pointer: 8
    }
  }
}
