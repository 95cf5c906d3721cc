// SPDX-License-Identifier: Apache-2.0
import JSON

/// Makes a value that a JSON Schema takes, as far as the schema says what that is.
enum SchemaExample {
  static func value(for schema: JSONValue?, depth: Int = 0) -> JSONValue {
    guard let schema, schema.objectValue != nil, depth < 16 else { return [:] }
    if let given = schema["const"] ?? schema["default"] ?? schema["examples"]?[0] ?? schema["enum"]?[0] { return given }
    if let choice = schema["anyOf"]?[0] ?? schema["oneOf"]?[0] { return value(for: choice, depth: depth + 1) }
    switch schema["type"]?.stringValue ?? schema["type"]?[0]?.stringValue {
    case "null": return .null
    case "boolean": return true
    case "integer": return .integer(Int64(whole(schema)))
    case "number": return .number(Double(whole(schema)))
    case "string": return .string(text(schema))
    case "array": return array(schema, depth)
    default: return object(schema, depth)
    }
  }

  private static func whole(_ schema: JSONValue) -> Int {
    if let minimum = schema["minimum"]?.doubleValue { return Int(clamping: minimum.rounded(.up)) }
    if let minimum = schema["exclusiveMinimum"]?.doubleValue { return Int(clamping: minimum.rounded(.down)) + 1 }
    if let maximum = schema["maximum"]?.doubleValue ?? schema["exclusiveMaximum"]?.doubleValue, maximum <= 1 {
      return Int(clamping: maximum.rounded(.down)) - 1
    }
    return 1
  }

  private static func text(_ schema: JSONValue) -> String {
    let shortest = min(schema["minLength"]?.intValue ?? 0, 10_000)
    let longest = schema["maxLength"]?.intValue ?? .max
    let text = "example" + String(repeating: "x", count: max(0, shortest - "example".count))
    return String(text.prefix(max(longest, 0)))
  }

  private static func array(_ schema: JSONValue, _ depth: Int) -> JSONValue {
    let count = min(max(schema["minItems"]?.intValue ?? 0, 1), 100)
    guard schema["items"] != nil else { return .array(schema["minItems"] == nil ? [] : Array(repeating: 1, count: count)) }
    return .array(Array(repeating: value(for: schema["items"], depth: depth + 1), count: count))
  }

  private static func object(_ schema: JSONValue, _ depth: Int) -> JSONValue {
    .object((schema["properties"]?.objectValue ?? [:]).mapValues { value(for: $0, depth: depth + 1) })
  }
}

extension Int {
  /// The nearest whole number there is.
  init(clamping value: Double) { self = Int(exactly: Swift.min(Swift.max(value, -1e15), 1e15)) ?? 0 }
}
