// SPDX-License-Identifier: Apache-2.0
import Glibc
package import JSON

/// A secret that the configuration names without holding it: `{"$env": "NAME"}` or `{"$file": "path"}`.
package enum SecretReference: Hashable, Sendable, CustomStringConvertible {
  case environment(String)
  case file(String)

  /// Secrets in files are at most this many bytes.
  package static let sizeLimit = 64 << 10

  /// Recognises a reference; nil for every other value.
  package init?(_ value: JSONValue) {
    guard let members = value.objectValue, members.count == 1, let (key, name) = members.first, let name = name.stringValue else {
      return nil
    }
    switch key {
    case "$env": self = .environment(name)
    case "$file": self = .file(name)
    default: return nil
    }
  }

  /// What may be shown in the secret's place.
  package var description: String {
    switch self {
    case .environment(let name): "<secret from env \(name)>"
    case .file(let path): "<secret from file \(path)>"
    }
  }

  /// Replaces references, at any depth, by what may be shown.
  package static func masking(_ value: JSONValue) -> JSONValue {
    if let reference = SecretReference(value) { return .string(reference.description) }
    switch value {
    case .object(let members): return .object(members.mapValues(masking))
    case .array(let elements): return .array(elements.map(masking))
    case .null, .bool, .integer, .number, .string: return value
    }
  }

  /// Replaces references, at any depth, by the secrets. The result is for the plugin only: never log or show it.
  ///
  /// - Parameter environment: Where `$env` looks.
  /// - Throws: `ConfigurationError` with one sentence for each secret that cannot be had.
  package static func resolving(
    _ value: JSONValue, at path: JSONPath = JSONPath(), environment: [String: String]
  ) throws(ConfigurationError) -> JSONValue {
    var problems: [ConfigurationProblem] = []
    let resolved = resolve(value, path, environment, &problems)
    guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
    return resolved
  }

  private static func resolve(
    _ value: JSONValue, _ path: JSONPath, _ environment: [String: String], _ problems: inout [ConfigurationProblem]
  ) -> JSONValue {
    if let reference = SecretReference(value) {
      do throws(SecretError) {
        return .string(try reference.secret(environment))
      } catch {
        problems.append(ConfigurationProblem(.secret, path: path, message: "'\(path)' \(error.message)"))
        return value
      }
    }
    switch value {
    case .object(let members):
      var resolved: [String: JSONValue] = [:]
      for (name, member) in members.sorted(by: { $0.key < $1.key }) {
        resolved[name] = resolve(member, path.appending(name), environment, &problems)
      }
      return .object(resolved)
    case .array(let elements):
      var resolved: [JSONValue] = []
      for (index, element) in elements.enumerated() { resolved.append(resolve(element, path.appending(index), environment, &problems)) }
      return .array(resolved)
    case .null, .bool, .integer, .number, .string: return value
    }
  }

  private func secret(_ environment: [String: String]) throws(SecretError) -> String {
    switch self {
    case .environment(let name):
      guard let secret = environment[name] else {
        throw SecretError(message: "is to come from the environment variable '\(name)', which is not set; set it for the host and reload")
      }
      return secret
    case .file(let path): return try secret(inFile: path)
    }
  }

  private func secret(inFile path: String) throws(SecretError) -> String {
    guard path.hasPrefix("/") else {
      throw SecretError(message: "is to come from the file '\(path)', which is not an absolute path; write it out")
    }
    do throws(FileError) {
      var bytes = try SmallFile.read(path, limit: Self.sizeLimit, mustBePrivate: true)
      while bytes.last == UInt8(ascii: "\n") || bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
      guard let text = String(validating: bytes, as: UTF8.self) else { throw FileError(verb: "read", path: path, cause: .system(EILSEQ)) }
      return text
    } catch  where error.cause == .notPrivate {
      throw SecretError(
        message: "is to come from the file '\(path)', which others than its owner may read or write; run: chmod 600 '\(path)'")
    } catch {
      throw SecretError(
        message: "is to come from the file '\(path)', which cannot be read: \(error.reason); write the secret there with mode 600")
    }
  }
}

/// Why a secret is not to be had; the sentence's part behind its path.
private struct SecretError: Error {
  let message: String
}
