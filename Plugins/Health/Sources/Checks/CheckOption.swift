// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// One option of a check, with its default.
enum CheckOption: Sendable {
  case flag(Bool)
  case count(Int64, ClosedRange<Int>)
  /// Above 0 and below a half.
  case fraction(Double)

  var standard: JSONValue {
    switch self {
    case .flag(let value): .bool(value)
    case .count(let value, _): .integer(value)
    case .fraction(let value): .number(value)
    }
  }

  func takes(_ value: JSONValue) -> Bool {
    switch self {
    case .flag: value.boolValue != nil
    case .count(_, let range): value.intValue.map(range.contains) ?? false
    case .fraction: value.doubleValue.map { $0 > 0 && $0 < 0.5 } ?? false
    }
  }

  var wanted: String {
    switch self {
    case .flag: "true or false"
    case .count(_, let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .fraction: "a number above 0 and below 0.5"
    }
  }
}
