// SPDX-License-Identifier: Apache-2.0
import Host
import JSON

/// One property of a command's input, as a flag.
struct SchemaFlag {
  enum Kind: String { case string, integer, number, boolean, array, object, json }

  /// A text that the schema does not take, in the rest of a sentence: "a whole number, not 'x'".
  struct Mismatch: Error {
    let wanted: String
  }

  let property: String
  let schema: JSONValue
  let isRequired: Bool

  /// With its dashes.
  var name: String { "--" + Self.kebab(property) }

  /// The one type that is not null; any JSON when there are several, or none.
  var kind: Kind {
    let types = schema["type"]?.stringValue.map { [$0] } ?? (schema["type"]?.arrayValue ?? []).compactMap(\.stringValue)
    let others = types.filter { $0 != "null" }
    return others.count == 1 ? Kind(rawValue: others[0]) ?? .json : .json
  }

  /// The values it may have, or of an array its elements; empty when they are not limited.
  var choices: [JSONValue] { (kind == .array ? item.schema : schema)["enum"]?.arrayValue ?? [] }
  var choiceTexts: [String] { choices.map(Self.text) }

  /// Whether the command line takes the name for itself, so that the flag must stand behind "--".
  var isShadowed: Bool { Subcommand.call.allOptions.contains { $0.name == name } }

  private var item: SchemaFlag { SchemaFlag(property: property, schema: schema["items"] ?? [:], isRequired: false) }

  /// Reads the flag's value; several of an array may be one JSON array.
  func read(_ text: String) throws(Mismatch) -> JSONValue {
    guard kind == .array else { return try chosen(scalar(text), text) }
    if text.hasPrefix("["), let value = try? JSONValue(parsing: text), value.arrayValue != nil { return value }
    return .array([try item.read(text)])
  }

  private func scalar(_ text: String) throws(Mismatch) -> JSONValue {
    let parsed = try? JSONValue(parsing: text)
    switch kind {
    case .string: return .string(text)
    case .integer:
      if let number = Int64(text) { return .integer(number) }
      throw Mismatch(wanted: "a whole number\(Double(text) == nil ? "" : " within 64 bits"), not '\(text)'")
    case .number:
      if let number = Double(text), number.isFinite { return .number(number) }
      throw Mismatch(wanted: "a number, not '\(text)'")
    case .boolean:
      if parsed?.boolValue != nil, let parsed { return parsed }
      throw Mismatch(wanted: "true or false, not '\(text)'")
    case .object:
      if parsed?.objectValue != nil, let parsed { return parsed }
      throw Mismatch(wanted: "a JSON object such as '{\"key\": 1}', not '\(text)'")
    case .array: return .string(text)  // an array of arrays is given as JSON, see `read`
    case .json: return choices.contains(.string(text)) ? .string(text) : parsed ?? .string(text)
    }
  }

  private func chosen(_ value: JSONValue, _ text: String) throws(Mismatch) -> JSONValue {
    let choices = schema["enum"]?.arrayValue ?? []
    guard choices.isEmpty || choices.contains(value) else {
      let texts = choices.map(Self.text)
      throw Mismatch(wanted: "one of \(texts.joined(separator: ", ")), not '\(text)'\(NearMiss.hint(for: text, in: texts))")
    }
    return value
  }

  // MARK: - Help

  var label: String {
    switch kind {
    case .boolean: name
    case .array: "\(name) \(item.kind.rawValue.uppercased()) …"
    case .string, .integer, .number, .object, .json: "\(name) \(kind.rawValue.uppercased())"
    }
  }

  var explanation: String {
    var parts = [summary]
    if isRequired { parts.append("(required)") }
    if !choices.isEmpty { parts.append("(one of \(choiceTexts.joined(separator: ", ")))") }
    if let value = schema["default"] { parts.append("(default \(Self.text(value)))") }
    if isShadowed { parts.append("(to be written behind --)") }
    return parts.filter { !$0.isEmpty }.joined(separator: " ")
  }

  var summary: String { schema["description"]?.stringValue ?? "" }

  private static func text(_ value: JSONValue) -> String { value.stringValue ?? value.serialized() }

  /// "timeoutMs" and "timeout_ms" become "timeout-ms", "runID" becomes "run-id".
  static func kebab(_ name: String) -> String {
    var result = ""
    var previous: Character = "-"
    for character in name {
      if character == "_" {
        result.append("-")
      } else {
        if character.isUppercase, previous.isLowercase || previous.isNumber { result.append("-") }
        result += character.lowercased()
      }
      previous = character
    }
    return result
  }
}
