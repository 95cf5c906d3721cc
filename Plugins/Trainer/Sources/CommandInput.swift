// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The input of one of our commands, read member by member.
struct CommandInput {
  private let command: String
  private let members: [String: JSONValue]

  /// - Throws: When it is no JSON object.
  init(_ payload: Payload, of command: String) throws {
    self.command = command
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

  /// A time limit; it must be positive.
  func milliseconds(_ name: String) throws -> Duration? {
    try value(name, "a number of milliseconds above zero") { $0.intValue.flatMap { $0 > 0 ? .milliseconds($0) : nil } }
  }

  private func value<T>(_ name: String, _ kind: String, _ read: (JSONValue) -> T?) throws -> T? {
    guard let value = self[name] else { return nil }
    guard let read = read(value) else {
      throw PluginFailure("cannot read the input of '\(command)': '\(name)' must be \(kind)", status: .invalid)
    }
    return read
  }
}
