// SPDX-License-Identifier: Apache-2.0
// Source: jupyter_client.kernelspec 8.10.

internal import JSON

/// A kernel as its kernel.json describes it.
struct KernelSpec: Sendable, Hashable {
  /// Why a kernel.json is of no use, as the end of a sentence.
  struct Fault: Error, Hashable { var reason: String }

  static let mostBytes = 1 << 20
  private static let mostWords = 1_000

  /// Of its folder, in lower case.
  var name: String
  /// The folder of kernel.json; empty for one of ours.
  var folder: String = ""
  var command: [String]
  var displayName: String
  var language: String
  /// "signal" or "message".
  var interruptMode = "signal"
  var environment: [String: String] = [:]
  var metadata: JSONValue = [:]

  /// Reads a kernel.json.
  init(name: String, folder: String, json bytes: [UInt8]) throws(Fault) {
    let json: JSONValue
    do throws(JSONError) { json = try JSONValue(parsing: bytes) } catch { throw Fault(reason: "it is no JSON: \(error.message)") }
    guard let members = json.objectValue else { throw Fault(reason: "it is no JSON object") }
    self.name = name
    self.folder = folder
    command = try Self.words(members["argv"])
    displayName = try Self.text(members, "display_name") ?? name
    language = try Self.text(members, "language") ?? ""
    interruptMode = (try Self.text(members, "interrupt_mode") ?? "signal").lowercased()
    guard ["signal", "message"].contains(interruptMode) else {
      throw Fault(reason: "'interrupt_mode' is '\(interruptMode)', neither 'signal' nor 'message'")
    }
    environment = try Self.variables(members["env"])
    metadata = members["metadata"] ?? [:]
    guard metadata.objectValue != nil else { throw Fault(reason: "'metadata' is no object") }
  }

  /// Makes one that nobody registered.
  init(name: String, command: [String], displayName: String, language: String, metadata: JSONValue = [:]) {
    self.name = name
    self.command = command
    self.displayName = displayName
    self.language = language
    self.metadata = metadata
  }

  /// The environment it lies in, as "/opt/env" of "/opt/env/share/jupyter/kernels/python3"; nil elsewhere.
  var prefix: String? {
    let parts = ["kernels", "jupyter", "share"]
    var folder = Path.parent(of: folder)
    for part in parts {
      guard Path.name(of: folder) == part else { return nil }
      folder = Path.parent(of: folder)
    }
    return folder.isEmpty ? nil : folder
  }

  var supportsCurve: Bool {
    metadata["supported_encryption"]?.arrayValue?.contains("curve") ?? (metadata["supported_encryption"] == "curve")
  }

  // MARK: - Reading

  private static func words(_ value: JSONValue?) throws(Fault) -> [String] {
    guard let words = value?.arrayValue, let first = words.first?.stringValue, !first.isEmpty else {
      throw Fault(reason: "'argv' is no array that begins with a program")
    }
    let texts = words.compactMap(\.stringValue)
    guard texts.count == words.count, texts.count <= mostWords, !texts.contains(where: { $0.utf8.contains(0) }) else {
      throw Fault(reason: "'argv' holds something that is no argument")
    }
    return texts
  }

  private static func text(_ members: [String: JSONValue], _ name: String) throws(Fault) -> String? {
    guard let value = members[name], !value.isNull else { return nil }
    guard let text = value.stringValue else { throw Fault(reason: "'\(name)' is no text") }
    return text
  }

  private static func variables(_ value: JSONValue?) throws(Fault) -> [String: String] {
    guard let value, !value.isNull else { return [:] }
    guard let members = value.objectValue else { throw Fault(reason: "'env' is no object") }
    var variables: [String: String] = [:]
    for (name, value) in members {
      guard let text = value.stringValue, !name.isEmpty, !name.contains("="), !(name + text).utf8.contains(0) else {
        throw Fault(reason: "'env.\(name)' is no variable with a text")
      }
      variables[name] = text
    }
    return variables
  }
}
