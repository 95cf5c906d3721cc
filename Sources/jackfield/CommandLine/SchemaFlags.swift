// SPDX-License-Identifier: Apache-2.0
import Host
import JSON

/// Makes flags of a command's input schema: "--run baseline" for {"run": "baseline"}.
struct SchemaFlags {
  let command: String
  /// As command/list gives it; nil when the host does not know the command.
  let description: JSONValue?

  private var properties: [String: JSONValue] { description?["input"]?["properties"]?.objectValue ?? [:] }
  private var required: [String] { (description?["input"]?["required"]?.arrayValue ?? []).compactMap(\.stringValue) }

  /// The flags with their dashes, by name.
  var names: [String] { properties.keys.sorted().map { "--" + Self.kebab($0) } }

  /// Turns words such as "--run baseline --limit 3 --no-archived" into the command's arguments.
  func parse(_ words: [String]) throws(UsageError) -> JSONValue {
    var object: [String: JSONValue] = [:]
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else {
        throw UsageError("'\(word)' is not a flag of '\(command)'; flags begin with --", subcommand: "call \(command)")
      }
      try take(word, &rest, into: &object)
    }
    for name in required where object[name] == nil {
      throw UsageError("'\(command)' wants --\(Self.kebab(name))\(hint(name))", subcommand: "call \(command)")
    }
    return .object(object)
  }

  private func take(_ word: String, _ rest: inout ArraySlice<String>, into object: inout [String: JSONValue]) throws(UsageError) {
    let (flag, inline) = Self.split(word)
    if let name = property(flag), let schema = properties[name] {
      if Self.kind(schema) == "boolean" {
        object[name] = .bool(inline.map { $0 == "true" } ?? true)
        return
      }
      guard let text = inline ?? rest.popFirst() else {
        throw UsageError("'\(flag)' wants a value\(hint(name))", subcommand: "call \(command)")
      }
      let value = try self.value(text, schema, flag)
      if Self.kind(schema) == "array", let items = schema["items"] {
        let one = text.hasPrefix("[") ? value : .array([try self.value(text, items, flag)])
        object[name] = .array((object[name]?.arrayValue ?? []) + (one.arrayValue ?? []))
      } else {
        object[name] = value
      }
    } else if flag.hasPrefix("--no-"), let name = property("--" + flag.dropFirst(5)), Self.kind(properties[name]) == "boolean" {
      object[name] = .bool(false)
    } else {
      throw unknown(flag)
    }
  }

  private func value(_ text: String, _ schema: JSONValue, _ flag: String) throws(UsageError) -> JSONValue {
    switch Self.kind(schema) {
    case "string": return .string(text)
    case "integer":
      guard let number = Int64(text) else { throw wrong(flag, "a whole number", text) }
      return .integer(number)
    case "number":
      guard let number = Double(text) else { throw wrong(flag, "a number", text) }
      return .number(number)
    case "array" where !text.hasPrefix("["): return .string(text)
    default: return (try? JSONValue(parsing: text)) ?? .string(text)
    }
  }

  private func wrong(_ flag: String, _ wanted: String, _ text: String) -> UsageError {
    UsageError("'\(flag)' of '\(command)' wants \(wanted), not '\(text)'", subcommand: "call \(command)")
  }

  private func unknown(_ flag: String) -> UsageError {
    let cure =
      NearMiss.closest(to: flag, in: names).map { "did you mean '\($0)'?" }
      ?? (names.isEmpty ? "it takes none" : "it has \(names.joined(separator: ", "))")
    return UsageError("'\(command)' has no flag '\(flag)'; \(cure)", subcommand: "call \(command)")
  }

  private func hint(_ name: String) -> String { properties[name]?["description"]?.stringValue.map { ": \($0)" } ?? "" }

  /// A property may be written as it is, or in kebab case.
  private func property(_ flag: String) -> String? {
    let word = String(flag.dropFirst(2))
    return properties[word] != nil ? word : properties.keys.first { Self.kebab($0) == word }
  }

  /// The explanation behind "call NAME --help".
  func help() -> String {
    guard let description else { return "there is no command '\(command)'; 'jackfield commands' lists them" }
    var parts = ["usage: jackfield call \(command) [--flag value …] [OPTIONS]", description["summary"]?.stringValue ?? ""]
    if !properties.isEmpty {
      parts.append("flags:\n" + HelpText.columns(properties.keys.sorted().map { ("  " + label($0), explanation($0)) }))
    }
    parts.append("options:\n" + HelpText.columns(Subcommand.call.allOptions.map { ("  " + HelpText.label($0), $0.help) }))
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private func label(_ name: String) -> String {
    let kind = Self.kind(properties[name])
    return "--" + Self.kebab(name) + (kind == "boolean" ? "" : " " + kind.uppercased()) + (kind == "array" ? " …" : "")
  }

  private func explanation(_ name: String) -> String {
    var parts = [properties[name]?["description"]?.stringValue ?? ""]
    if required.contains(name) { parts.append("(required)") }
    if let choices = properties[name]?["enum"]?.arrayValue {
      parts.append("(one of " + choices.map { $0.stringValue ?? $0.serialized() }.joined(separator: ", ") + ")")
    }
    if let value = properties[name]?["default"] { parts.append("(default \(value.stringValue ?? value.serialized()))") }
    return parts.filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// The first type that is not null.
  private static func kind(_ schema: JSONValue?) -> String {
    if let one = schema?["type"]?.stringValue { return one }
    return (schema?["type"]?.arrayValue ?? []).compactMap(\.stringValue).first { $0 != "null" } ?? "json"
  }

  private static func split(_ word: String) -> (flag: String, value: String?) {
    guard let equals = word.firstIndex(of: "=") else { return (word, nil) }
    return (String(word[..<equals]), String(word[word.index(after: equals)...]))
  }

  /// "timeoutMs" and "timeout_ms" become "timeout-ms".
  static func kebab(_ name: String) -> String {
    var result = ""
    for character in name {
      if character == "_" {
        result.append("-")
      } else if character.isUppercase {
        result += "-" + character.lowercased()
      } else {
        result.append(character)
      }
    }
    return result
  }
}
