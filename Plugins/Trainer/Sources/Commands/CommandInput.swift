// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The input of one of our commands, read member by member.
struct CommandInput {
  let command: String
  private let members: [String: JSONValue]

  /// Inside a member, which the messages name.
  private let place: String

  private init(_ members: [String: JSONValue], of command: String, inside member: String) {
    self.command = command
    self.members = members
    place = member + "."
  }

  /// - Throws: When it is no JSON object.
  init(_ payload: Payload, of command: String) throws {
    self.command = command
    place = ""
    guard !payload.bytes.isEmpty else {
      members = [:]
      return
    }
    do {
      guard let members = try JSONValue(parsing: payload.bytes).objectValue else { throw JSONError(message: "it is no object") }
      self.members = members
    } catch {
      throw PluginFailure("cannot read the input of '\(command)': \(error)", status: .invalid)
    }
  }

  subscript(_ name: String) -> JSONValue? {
    guard let value = members[name], !value.isNull else { return nil }
    return value
  }

  func string(_ name: String) throws -> String? {
    try value(name, "a string", \.stringValue)
  }

  func bool(_ name: String) throws -> Bool? {
    try value(name, "true or false", \.boolValue)
  }

  func object(_ name: String) throws -> JSONValue? {
    try value(name, "an object") { $0.objectValue.map { .object($0) } }
  }

  /// A text that is not empty.
  func name(_ name: String) throws -> String? {
    try value(name, "a text that is not empty") { $0.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
  }

  func number(_ name: String) throws -> Double? {
    try value(name, "a finite number") { $0.doubleValue.flatMap { $0.isFinite ? $0 : nil } }
  }

  /// A whole number that is not negative.
  func count(_ name: String) throws -> Int? {
    try value(name, "a whole number that is not negative") { $0.intValue.flatMap { $0 >= 0 ? $0 : nil } }
  }

  /// Texts, none of them empty.
  func names(_ name: String) throws -> [String]? {
    try value(name, "an array of texts that are not empty") { array in
      array.arrayValue.flatMap { elements in
        let texts = elements.compactMap { $0.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
        return texts.count == elements.count ? texts : nil
      }
    }
  }

  /// Positions in a data set.
  func indices(_ name: String) throws -> [Int]? {
    try value(name, "an array of whole numbers that are not negative") { array in
      array.arrayValue.flatMap { elements in
        let indices = elements.compactMap { $0.intValue.flatMap { $0 >= 0 ? $0 : nil } }
        return indices.count == elements.count ? indices : nil
      }
    }
  }

  /// One of some words.
  func word(_ name: String, of words: [String]) throws -> String? {
    try value(name, "one of " + words.map { "'\($0)'" }.joined(separator: ", ")) {
      $0.stringValue.flatMap { words.contains($0) ? $0 : nil }
    }
  }

  /// The members of an object.
  func members(_ name: String) throws -> CommandInput? {
    try object(name).map { CommandInput($0.objectValue ?? [:], of: command, inside: name) }
  }

  /// The names of all members.
  var memberNames: [String] { members.keys.sorted() }

  func invalid(_ reason: String) -> PluginFailure { PluginFailure("cannot do '\(command)': \(reason)", status: .invalid) }

  /// A time limit; it must be positive.
  func milliseconds(_ name: String) throws -> Duration? {
    try value(name, "a number of milliseconds above zero") { $0.intValue.flatMap { $0 > 0 ? .milliseconds($0) : nil } }
  }

  private func value<T>(_ name: String, _ kind: String, _ read: (JSONValue) -> T?) throws -> T? {
    guard let value = self[name] else { return nil }
    guard let read = read(value) else {
      throw PluginFailure("cannot read the input of '\(command)': '\(place)\(name)' must be \(kind)", status: .invalid)
    }
    return read
  }
}
