// SPDX-License-Identifier: Apache-2.0
import JSON

/// One field of a form: what is typed is turned into a value, and checked as far as a terminal can; the host checks the rest.
struct FormField {
  /// The names that lead to it, from the outermost.
  let path: [String]
  let isRequired: Bool
  private let schema: JSONValue
  /// What stands in it already.
  var preset: JSONValue?

  init(path: [String], isRequired: Bool, schema: JSONValue, preset: JSONValue?) {
    self.path = path
    self.isRequired = isRequired
    self.schema = schema
    self.preset = preset
  }

  private static let deepest = 16

  /// The fields of an object, those it must have first; objects within are asked field by field.
  static func all(_ schema: JSONValue, _ values: JSONValue, path: [String] = []) -> [FormField] {
    let properties = schema["properties"]?.objectValue ?? [:]
    let required = (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue).filter { properties[$0] != nil }
    let names = required + properties.keys.sorted().filter { !required.contains($0) }
    return names.flatMap { name -> [FormField] in
      let (part, value) = (properties[name] ?? [:], values[name])
      if part["properties"]?.objectValue?.isEmpty == false, path.count < deepest {
        return all(part, value ?? part["default"] ?? [:], path: path + [name])
      }
      return [FormField(path: path + [name], isRequired: required.contains(name), schema: part, preset: value ?? part["default"])]
    }
  }

  private var type: String {
    let types = schema["type"]?.arrayValue?.compactMap(\.stringValue) ?? schema["type"]?.stringValue.map { [$0] } ?? []
    return types.first { $0 != "null" } ?? ""
  }

  private var itemType: String { schema["items"]?["type"]?.stringValue ?? "" }
  private var isListOfTexts: Bool { type == "array" && ["string", "number", "integer"].contains(itemType) }
  var isSecret: Bool { schema["format"] == "password" || schema["writeOnly"] == true }
  var choices: [JSONValue] { schema["enum"]?.arrayValue ?? [] }

  // MARK: - What is shown

  private static func text(_ value: JSONValue) -> String {
    if let text = value.stringValue { return text }
    return value.serialized()
  }

  var name: String { ScriptText.line(path.joined(separator: "."), 100) }

  var opening: [String] {
    var lines: [String] = []
    if let text = schema["description"]?.stringValue ?? schema["title"]?.stringValue { lines += ScriptText.lines(text) }
    for (index, choice) in choices.prefix(ChoiceDialog.mostShown).enumerated() {
      lines.append("\(choice == preset ? "*" : " ") \(index + 1)  \(ScriptText.line(Self.text(choice), 200))")
    }
    if choices.count > ChoiceDialog.mostShown { lines.append("   … \(choices.count - ChoiceDialog.mostShown) more") }
    return lines
  }

  var prompt: String {
    let usual: String? = preset.map { isSecret ? "as it is" : ScriptText.line(isListOfTexts ? list($0) : Self.text($0), 60) }
    return "\(name)\(kind)\(isRequired ? "" : ", may be empty")\(usual.map { " [\($0)]" } ?? ""): "
  }

  private func list(_ value: JSONValue) -> String { (value.arrayValue ?? []).map(Self.text).joined(separator: ", ") }

  private var kind: String {
    if !choices.isEmpty { return " (1–\(choices.count))" }
    return switch type {
    case "boolean": " (y or n)"
    case "integer": " (a whole number\(bounds))"
    case "number": " (a number\(bounds))"
    case "string": ""
    case "array" where isListOfTexts: " (several, with commas)"
    default: " (JSON)"
    }
  }

  private var bounds: String {
    switch (schema["minimum"].map(Self.text), schema["maximum"].map(Self.text)) {
    case (let least?, let most?): ", \(least) to \(most)"
    case (let least?, nil): ", at least \(least)"
    case (nil, let most?): ", at most \(most)"
    case (nil, nil): ""
    }
  }

  // MARK: - What is typed

  enum Reading: Equatable {
    case value(JSONValue)
    /// Left out.
    case nothing
    case wrong(String)
  }

  func read(_ line: String) -> Reading {
    let text = line.trimmed
    if text.isEmpty {
      if let preset { return .value(preset) }
      return isRequired ? .wrong("'\(name)' is wanted") : .nothing
    }
    if text == "-", !isRequired, preset != nil { return .nothing }
    return choices.isEmpty ? value(text, line) : choice(text)
  }

  private func choice(_ text: String) -> Reading {
    if let index = choices.firstIndex(where: { Self.text($0).lowercased() == text.lowercased() }) { return .value(choices[index]) }
    guard let number = Int(text), choices.indices.contains(number &- 1) else { return .wrong("type a number from 1 to \(choices.count)") }
    return .value(choices[number - 1])
  }

  private func value(_ text: String, _ line: String) -> Reading {
    switch type {
    case "string": return checked(line)
    case "boolean": return Self.truth(text).map { .value(.bool($0)) } ?? .wrong("type y or n")
    case "integer": return Int64(text).map { number(.integer($0)) } ?? .wrong("type a whole number")
    case "number": return Self.number(text).map(number) ?? .wrong("type a number")
    case "array" where isListOfTexts: return several(text)
    default: return (try? JSONValue(parsing: text)).map { .value($0) } ?? .wrong("type JSON, as \"a text\", 1 or [1, 2]")
    }
  }

  private static func truth(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "y", "yes", "true", "1", "on": true
    case "n", "no", "false", "0", "off": false
    default: nil
    }
  }

  private static func number(_ text: String) -> JSONValue? {
    if let whole = Int64(text) { return .integer(whole) }
    return Double(text).flatMap { $0.isFinite ? .number($0) : nil }
  }

  private func number(_ value: JSONValue) -> Reading {
    let number = value.doubleValue ?? 0
    if let least = schema["minimum"]?.doubleValue, number < least {
      return .wrong("it must be at least \(Self.text(schema["minimum"] ?? .null))")
    }
    if let most = schema["maximum"]?.doubleValue, number > most {
      return .wrong("it must be at most \(Self.text(schema["maximum"] ?? .null))")
    }
    return .value(value)
  }

  private func checked(_ text: String) -> Reading {
    let count = text.unicodeScalars.count
    if let least = schema["minLength"]?.intValue, count < least { return .wrong("it must have at least \(least) characters") }
    if let most = schema["maxLength"]?.intValue, count > most { return .wrong("it must have at most \(most) characters") }
    return .value(.string(text))
  }

  private func several(_ text: String) -> Reading {
    var values: [JSONValue] = []
    for word in text.split(separator: ",").map({ String($0).trimmed }) where !word.isEmpty {
      switch itemType {
      case "string": values.append(.string(word))
      case "integer":
        guard let number = Int64(word) else { return .wrong("'\(ScriptText.line(word, 50))' is no whole number") }
        values.append(.integer(number))
      default:
        guard let number = Self.number(word) else { return .wrong("'\(ScriptText.line(word, 50))' is no number") }
        values.append(number)
      }
    }
    return .value(.array(values))
  }
}
