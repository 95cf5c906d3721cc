// SPDX-License-Identifier: Apache-2.0
import JSON

/// One keyword's value while a schema is read.
struct JSONSchemaReader {
  let value: JSONValue
  let path: JSONPath

  func kinds() throws(JSONSchemaError) -> [JSONSchema.Kind] {
    let names = value.stringValue.map { [$0] } ?? value.arrayValue?.compactMap(\.stringValue) ?? []
    let kinds = names.compactMap(JSONSchema.Kind.init)
    guard !kinds.isEmpty, kinds.count == names.count, names.count == value.arrayValue?.count ?? 1 else {
      throw error("one or more of \(JSONSchema.Kind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "))")
    }
    return kinds
  }

  func array() throws(JSONSchemaError) -> [JSONValue] {
    guard let array = value.arrayValue, !array.isEmpty else { throw error("a list that is not empty") }
    return array
  }

  func elements() throws(JSONSchemaError) -> [JSONSchemaReader] {
    try array().enumerated().map { JSONSchemaReader(value: $1, path: path.appending($0)) }
  }

  func members() throws(JSONSchemaError) -> [String: JSONSchemaReader] {
    guard let members = value.objectValue else { throw error("an object") }
    return Dictionary(uniqueKeysWithValues: members.map { ($0, JSONSchemaReader(value: $1, path: path.appending($0))) })
  }

  func strings() throws(JSONSchemaError) -> [String] {
    guard let array = value.arrayValue else { throw error("a list of names") }
    let strings = array.compactMap(\.stringValue)
    guard strings.count == array.count else { throw error("a list of names") }
    return strings
  }

  func string() throws(JSONSchemaError) -> String {
    guard let string = value.stringValue else { throw error("text") }
    return string
  }

  func number() throws(JSONSchemaError) -> Double {
    guard let number = value.doubleValue, number.isFinite else { throw error("a number") }
    return number
  }

  func from(_ range: ClosedRange<Int>) throws(JSONSchemaError) -> ClosedRange<Int> {
    let lower = try size()
    guard lower <= range.upperBound else { throw error("not above its maximum") }
    return lower...range.upperBound
  }

  func upTo(_ range: ClosedRange<Int>) throws(JSONSchemaError) -> ClosedRange<Int> {
    let upper = try size()
    guard upper >= range.lowerBound else { throw error("not below its minimum") }
    return range.lowerBound...upper
  }

  private func size() throws(JSONSchemaError) -> Int {
    guard let size = value.intValue, size >= 0 else { throw error("a whole number from 0") }
    return size
  }

  private func error(_ expected: String) -> JSONSchemaError { JSONSchemaError(path: path, expected: expected) }
}
