// SPDX-License-Identifier: Apache-2.0

/// Any JSON value.
///
/// Whole numbers within 64 bits are `integer`, all others `number`. An object has no order; of two members with one name the
/// later counts.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// Parses one JSON document: strict, UTF-8, at most 128 levels deep, nothing behind it.
  public init(parsing text: [UInt8]) throws(JSONError) {
    self = try JSONParser().parse(text).value()
  }

  /// Parses one JSON document.
  public init(parsing text: String) throws(JSONError) {
    try self.init(parsing: Array(text.utf8))
  }
}

extension JSONValue {
  /// The member of an object; nil for a missing one and for all that is no object. Setting makes an object of `null`.
  public subscript(key: String) -> JSONValue? {
    get { objectValue?[key] }
    set {
      switch self {
      case .object(var members):
        self = .null  // one reference to the members, so that the change is made in place
        members[key] = newValue
        self = .object(members)
      case .null:
        if let newValue { self = .object([key: newValue]) }
      case .bool, .integer, .number, .string, .array:
        break
      }
    }
  }

  /// The element of an array; nil outside of it and for all that is no array.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// The text, if this is one.
  public var stringValue: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The whole number, if this is one: an integer, or a number without a fraction.
  public var intValue: Int? {
    switch self {
    case .integer(let value): Int(exactly: value)
    case .number(let value): whole(value)
    case .null, .bool, .string, .array, .object: nil
    }
  }

  /// The number, whole or not, if this is one.
  public var doubleValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .null, .bool, .string, .array, .object: nil
    }
  }

  /// The truth value, if this is one.
  public var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The elements, if this is an array.
  public var arrayValue: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members, if this is an object.
  public var objectValue: [String: JSONValue]? {
    if case .object(let value) = self { value } else { nil }
  }

  /// Whether this is `null`.
  public var isNull: Bool { self == .null }
}

/// The whole number a double stands for. `Int(exactly:)` would do the same and need the C library's mathematics.
private func whole(_ value: Double) -> Int? {
  guard value >= -0x1p63, value < 0x1p63 else { return nil }
  let whole = Int64(value)
  return Double(whole) == value ? Int(exactly: whole) : nil
}
