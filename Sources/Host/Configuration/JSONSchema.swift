// SPDX-License-Identifier: Apache-2.0
package import JSON

/// The part of JSON Schema that plugin configurations, command inputs and the host's own files use.
///
/// Understood: type, properties, required, additionalProperties, items, enum, const, minimum, maximum, exclusiveMinimum,
/// exclusiveMaximum, minLength, maxLength, minItems, maxItems, anyOf, oneOf, default, description. Other keywords, `pattern` and
/// `format` among them, restrict nothing and are listed in `ignored`. `$ref` is refused: it would silently allow everything.
package struct JSONSchema: Sendable, Hashable {
  /// What is allowed for members that `properties` does not name.
  package enum Additional: Sendable, Hashable {
    case allowed
    case forbidden
    indirect case matching(JSONSchema)
  }

  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case null, boolean, integer, number, string, array, object
  }

  /// Empty allows every kind.
  package private(set) var kinds: [Kind] = []
  package private(set) var properties: [String: JSONSchema] = [:]
  package private(set) var required: [String] = []
  package private(set) var additional: Additional = .allowed
  /// None or one: the schema of every element.
  package private(set) var items: [JSONSchema] = []
  package private(set) var choices: [JSONValue]?
  package private(set) var minimum: Double?
  package private(set) var maximum: Double?
  package private(set) var exclusiveMinimum: Double?
  package private(set) var exclusiveMaximum: Double?
  /// In characters.
  package private(set) var length: ClosedRange<Int> = 0...Int.max
  package private(set) var count: ClosedRange<Int> = 0...Int.max
  package private(set) var anyOf: [JSONSchema] = []
  package private(set) var oneOf: [JSONSchema] = []
  package private(set) var defaultValue: JSONValue?
  package private(set) var about: String?
  /// Paths of keywords inside the schema that have no effect.
  package private(set) var ignored: [String] = []

  /// Reads a schema.
  ///
  /// - Throws: `JSONSchemaError` when a keyword's value has the wrong form, with its path inside the schema.
  package init(_ schema: JSONValue) throws(JSONSchemaError) {
    try self.init(schema, at: JSONPath())
  }

  /// Allows everything.
  package init() {}

  init(_ schema: JSONValue, at path: JSONPath) throws(JSONSchemaError) {
    if case .bool(true) = schema { return }
    guard let keywords = schema.objectValue else { throw JSONSchemaError(path: path, expected: "an object, or true") }
    guard path.parts.count <= 64 else { throw JSONSchemaError(path: path, expected: "less nesting") }
    for (keyword, value) in keywords.sorted(by: { $0.key < $1.key }) {
      try take(keyword, JSONSchemaReader(value: value, path: path.appending(keyword)))
    }
    try requireOrder(at: path)
  }

  private mutating func take(_ keyword: String, _ reader: JSONSchemaReader) throws(JSONSchemaError) {
    switch keyword {
    case "type": kinds = try reader.kinds()
    case "properties": properties = try take(schemas: reader.members())
    case "required": required = try reader.strings()
    case "additionalProperties": additional = try additional(reader)
    case "items": items = [try take(schema: reader)]
    case "enum": choices = try reader.array()
    case "const": choices = [reader.value]
    case "minimum": minimum = try reader.number()
    case "maximum": maximum = try reader.number()
    case "exclusiveMinimum": exclusiveMinimum = try reader.number()
    case "exclusiveMaximum": exclusiveMaximum = try reader.number()
    case "minLength": length = try reader.from(length)
    case "maxLength": length = try reader.upTo(length)
    case "minItems": count = try reader.from(count)
    case "maxItems": count = try reader.upTo(count)
    case "anyOf": anyOf = try take(schemas: reader.elements())
    case "oneOf": oneOf = try take(schemas: reader.elements())
    case "default": defaultValue = reader.value
    case "description": about = try reader.string()
    case "title", "$schema", "$id", "$comment", "examples", "deprecated", "readOnly", "writeOnly": break
    case "$ref", "$dynamicRef": throw JSONSchemaError(path: reader.path, expected: "the schema itself; references are not followed")
    default: ignored.append(reader.path.description)
    }
  }

  private mutating func take(schema reader: JSONSchemaReader) throws(JSONSchemaError) -> JSONSchema {
    let schema = try JSONSchema(reader.value, at: reader.path)
    ignored += schema.ignored
    return schema
  }

  private mutating func take(schemas readers: [JSONSchemaReader]) throws(JSONSchemaError) -> [JSONSchema] {
    var schemas: [JSONSchema] = []
    for reader in readers { schemas.append(try take(schema: reader)) }
    return schemas
  }

  private mutating func take(schemas readers: [String: JSONSchemaReader]) throws(JSONSchemaError) -> [String: JSONSchema] {
    var schemas: [String: JSONSchema] = [:]
    for (name, reader) in readers { schemas[name] = try take(schema: reader) }
    return schemas
  }

  private mutating func additional(_ reader: JSONSchemaReader) throws(JSONSchemaError) -> Additional {
    switch reader.value {
    case .bool(true): .allowed
    case .bool(false): .forbidden
    case .null, .integer, .number, .string, .array, .object: .matching(try take(schema: reader))
    }
  }

  private func requireOrder(at path: JSONPath) throws(JSONSchemaError) {
    if let minimum, let maximum, minimum > maximum { throw JSONSchemaError(path: path, expected: "a minimum not above its maximum") }
    for name in required where additional == .forbidden && properties[name] == nil {
      throw JSONSchemaError(path: path.appending("required"), expected: "names of properties; '\(name)' is none")
    }
  }
}
