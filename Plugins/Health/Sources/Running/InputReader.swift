// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The input of a command, read member by member.
struct InputReader: Sendable {
  private let command: String
  private let members: [String: JSONValue]

  init(_ payload: Payload, of command: String) throws {
    self.command = command
    do {
      let value = payload.bytes.isEmpty ? JSONValue.object([:]) : try JSONValue(parsing: payload.bytes)
      guard let members = value.objectValue else { throw JSONError(message: "it is no object") }
      self.members = members
    } catch {
      throw PluginFailure("cannot read the input of '\(command)': \(error)", status: .invalid)
    }
  }

  func string(_ name: String) throws -> String? {
    try value(name, "a text that is not empty") { $0.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
  }

  func bool(_ name: String) throws -> Bool? { try value(name, "true or false", \.boolValue) }

  func object(_ name: String) throws -> [String: JSONValue]? { try value(name, "an object", \.objectValue) }

  func strings(_ name: String) throws -> [String]? {
    try value(name, "a list of texts") { list in
      list.arrayValue.flatMap { elements in
        let texts = elements.compactMap(\.stringValue)
        return texts.count == elements.count ? texts : nil
      }
    }
  }

  func count(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    try value(name, "a whole number from \(range.lowerBound) to \(range.upperBound)") { value in
      value.intValue.flatMap { range.contains($0) ? $0 : nil }
    }
  }

  private func value<T>(_ name: String, _ wanted: String, _ read: (JSONValue) -> T?) throws -> T? {
    guard let value = members[name], !value.isNull else { return nil }
    guard let read = read(value) else {
      throw PluginFailure("cannot read the input of '\(command)': '\(name)' must be \(wanted)", status: .invalid)
    }
    return read
  }
}
