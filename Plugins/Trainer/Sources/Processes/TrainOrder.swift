// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import Processes

/// What `train.start` is told to begin.
struct TrainOrder: Sendable {
  var command: [String]
  var directory: String
  var name: String?
  /// Nil takes a variable away.
  var variables: [String: String?]

  init(_ input: CommandInput) throws {
    command = try Self.command(input)
    guard let directory = try input.name("cwd") ?? Self.directory(of: input.name("script")) else {
      throw input.invalid("give the directory to run in as 'cwd': checkpoints and other relative paths begin there")
    }
    guard directory.hasPrefix("/"), SmallFile.isDirectory(directory) else {
      throw input.invalid("'cwd' must be an existing directory, given from the root on; '\(directory)' is none")
    }
    self.directory = directory
    name = try input.name("name")
    variables = try Self.variables(input)
    for text in command + variables.flatMap({ [$0.key, $0.value ?? ""] }) where text.utf8.contains(0) {
      throw input.invalid("a word of the command or the environment holds the character NUL")
    }
  }

  private static func command(_ input: CommandInput) throws -> [String] {
    let script = try input.name("script")
    if let words = input["command"]?.arrayValue {
      guard script == nil else { throw input.invalid("give 'command' or 'script', not both") }
      let texts = words.compactMap(\.stringValue)
      guard texts.count == words.count, texts.first?.isEmpty == false else {
        throw input.invalid("'command' must be an array of texts: the program, then its arguments")
      }
      return texts
    }
    guard let script else { throw input.invalid("give a 'script', or a whole 'command'") }
    let arguments = input["args"]?.arrayValue ?? []
    let texts = arguments.compactMap(\.stringValue)
    guard texts.count == arguments.count else { throw input.invalid("'args' must be an array of texts") }
    return [try input.name("python") ?? "python3", script] + texts
  }

  private static func directory(of script: String?) -> String? {
    guard let script, script.hasPrefix("/"), let slash = script.lastIndex(of: "/") else { return nil }
    return slash == script.startIndex ? "/" : String(script[..<slash])
  }

  private static func variables(_ input: CommandInput) throws -> [String: String?] {
    var variables: [String: String?] = [:]
    for (name, value) in try input.object("env")?.objectValue ?? [:] {
      guard !name.isEmpty, !name.contains("="), value.isNull || value.stringValue != nil else {
        throw input.invalid("'env.\(name)' must be a text, or null to take the variable away")
      }
      variables.updateValue(value.stringValue, forKey: name)
    }
    return variables
  }

  /// Ours, what a trainer needs to find this host, and what was asked for.
  func environment(port: UInt16) -> [String: String] {
    var environment = Spawn.environment
    if environment["PATH"] == nil { environment["PATH"] = "/usr/local/bin:/usr/bin:/bin" }
    environment[TrainerSettings.portVariable] = "\(port)"
    environment["PYTHONUNBUFFERED"] = "1"
    for (name, value) in variables { environment[name] = value }
    return environment
  }
}
