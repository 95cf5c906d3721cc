// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What a script wants to know by a form, as fronts take it: a title, a JSON Schema, values to begin with.
///
/// Scripts describe forms freely: by a schema, by a list of fields, or by words alone, which become a form of one text.
struct FormSpecification: Sendable {
  let body: JSONValue
  /// Whether the fields are the script's; else there is one, `value`, of ours.
  let isTheirs: Bool

  init(_ given: JSONValue, name: String?) {
    let schema = Self.schema(given)
    isTheirs = schema != nil
    var body: JSONValue = ["schema": schema ?? Self.oneText(given)]
    if let title = given["title"]?.stringValue ?? given.stringValue ?? name { body["title"] = .string(title) }
    if let values = given["values"] ?? given["defaults"], values.objectValue != nil { body["values"] = values }
    self.body = body
  }

  private static func schema(_ given: JSONValue) -> JSONValue? {
    if let schema = given["schema"], schema.objectValue != nil { return schema }
    if given["properties"]?.objectValue != nil { return given }
    guard let fields = given["fields"] else { return nil }
    return Self.schema(fields: fields)
  }

  private static func oneText(_ given: JSONValue) -> JSONValue {
    var value: JSONValue = ["type": "string"]
    if let words = given["description"]?.stringValue ?? given["prompt"]?.stringValue { value["description"] = .string(words) }
    return ["type": "object", "properties": ["value": value], "required": ["value"]]
  }

  /// Of a list of fields, or of an object of them by name.
  private static func schema(fields: JSONValue) -> JSONValue? {
    let named: [(String, JSONValue)]
    switch fields {
    case .array(let list): named = list.compactMap { field in name(of: field).map { ($0, field) } }
    case .object(let members): named = members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    case .null, .bool, .integer, .number, .string: return nil
    }
    guard !named.isEmpty else { return nil }
    let properties = Dictionary(named.map { ($0.0, property($0.1)) }, uniquingKeysWith: { first, _ in first })
    let required = named.filter { $0.1["required"]?.boolValue == true }.map { JSONValue.string($0.0) }
    return [
      "type": "object", "properties": .object(properties), "required": .array(required),
      "propertyOrder": .array(named.map { .string($0.0) }),
    ]
  }

  private static func name(of field: JSONValue) -> String? {
    field.stringValue ?? field["name"]?.stringValue ?? field["id"]?.stringValue ?? field["key"]?.stringValue
  }

  private static func property(_ field: JSONValue) -> JSONValue {
    var property: JSONValue = ["type": .string(type(field["type"]?.stringValue))]
    if let title = field["title"] ?? field["label"], title.stringValue != nil { property["title"] = title }
    if let words = field["description"] ?? field["help"], words.stringValue != nil { property["description"] = words }
    if let start = field["default"] ?? field["value"] { property["default"] = start }
    if let choices = field["enum"] ?? field["options"] ?? field["choices"], let list = choices.arrayValue {
      property["enum"] = .array(list.map { $0["value"] ?? $0 })
    }
    if field["type"]?.stringValue == "password" { property["format"] = "password" }
    return property
  }

  private static func type(_ name: String?) -> String {
    switch name?.lowercased() {
    case "number", "float", "double": "number"
    case "integer", "int": "integer"
    case "boolean", "bool", "checkbox": "boolean"
    case "array", "object": name?.lowercased() ?? ""
    default: "string"
    }
  }
}
