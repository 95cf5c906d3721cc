// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK
internal import Processes

/// What `run.open` and `run.start` are told.
struct RunOrder: Decodable, Sendable {
  struct Scopes: Decodable, Sendable {
    var requests: [String]?
    var commands: [String]?
  }

  var name: String?
  var command: [String]
  var workspace: String?
  var scopes: Scopes?
  var cwd: String?
  /// Of `run.start`: nil takes a variable away.
  var env: [String: String?]?
  /// Of `run.start`: whether the host's own variables are the beginning.
  var inheritEnv: Bool?

  private enum CodingKeys: String, CodingKey {
    case name, command, workspace, scopes, cwd, env
    case inheritEnv = "inherit_env"
  }

  private static let longestName = 200
  private static let mostPatterns = 200

  /// - Throws: `PluginFailure` with the sentence.
  func check(_ use: String) throws {
    guard let program = command.first, !program.isEmpty else { throw Self.invalid(use, "'command' needs at least the program") }
    if let name, name.isEmpty || name.utf8.count > Self.longestName {
      throw Self.invalid(use, "'name' must have from 1 to \(Self.longestName) bytes")
    }
    for (what, path) in [("workspace", workspace), ("cwd", cwd)] {
      if let path, !path.hasPrefix("/") { throw Self.invalid(use, "'\(what)' must be a directory given from the root on, not '\(path)'") }
    }
    let patterns = (scopes?.requests ?? []) + (scopes?.commands ?? [])
    guard patterns.count <= Self.mostPatterns, patterns.allSatisfy({ !$0.isEmpty }) else {
      throw Self.invalid(use, "'scopes' takes at most \(Self.mostPatterns) patterns, none of them empty")
    }
    let texts = command + [workspace, cwd, name].compactMap { $0 } + (env ?? [:]).flatMap { [$0.key, $0.value ?? ""] }
    guard !texts.contains(where: { $0.utf8.contains(0) }) else {
      throw Self.invalid(use, "a word of the command, a path or a variable holds the character NUL")
    }
    guard (env ?? [:]).keys.allSatisfy({ !$0.isEmpty && !$0.contains("=") }) else {
      throw Self.invalid(use, "a variable of 'env' has an empty name, or one with '='")
    }
  }

  /// The name as given, else that of the script, else that of the program.
  var shownName: String {
    if let name { return name }
    let program = Self.lastPart(command[0])
    guard program.hasPrefix("python"), command.count > 1, !command[1].hasPrefix("-") else { return program }
    return Self.lastPart(command[1])
  }

  var runScopes: RunScopes {
    RunScopes(
      requests: scopes?.requests ?? RunScopes.ordinary.requests, commands: scopes?.commands ?? RunScopes.ordinary.commands)
  }

  /// All variables of a captured run, but for those of the bridge.
  var environment: [String: String] {
    var environment = inheritEnv == false ? [:] : Spawn.environment
    // Whatever is printed is to be seen when it is printed.
    environment["PYTHONUNBUFFERED"] = "1"
    for (name, value) in env ?? [:] { environment[name] = value }
    if environment["PATH"] == nil { environment["PATH"] = "/usr/local/bin:/usr/bin:/bin" }
    return environment
  }

  private static func lastPart(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  static func invalid(_ use: String, _ reason: String) -> PluginFailure {
    PluginFailure("cannot do '\(use)': \(reason)", status: .invalid)
  }
}
