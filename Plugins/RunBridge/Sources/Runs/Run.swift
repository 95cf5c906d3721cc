// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Processes

/// One run of a script, as it is known and shown; without its token.
struct Run: Sendable, Hashable {
  enum Kind: String, Sendable {
    /// Begun by somebody else, in a terminal.
    case terminal
    /// Begun here; its output goes to files.
    case captured
  }

  enum State: String, Sendable {
    /// No process is known yet.
    case opened
    case running
    /// Its process has ended; how, is not known yet.
    case ending
    case ended
  }

  let id: String
  let name: String
  /// What its scripts say beside the token.
  let session: String
  let kind: Kind
  let command: [String]
  /// Where its process was begun, absolute.
  var directory: String?
  /// Absolute.
  var workspace: String?
  var scopes = RunScopes.ordinary
  /// Unix seconds.
  let started: Double
  /// The folder of its output's files.
  var output: String?
  /// What its scripts connect to, as "ws://127.0.0.1:4711/".
  var address: String?
  var process: ProcessIdentity?
  var state = State.opened
  var ended: Double?
  var ending: ProcessEnding?
  /// Why it is over, as a sentence without a beginning: "its process exited".
  var reason: String?

  var isOver: Bool { state == .ending || state == .ended }

  /// As commands show it.
  func description(connections: Int) -> JSONValue {
    var members: [String: JSONValue] = [
      "run": .string(id), "name": .string(name), "kind": .string(kind.rawValue), "state": .string(state.rawValue),
      "command": .array(command.map { .string($0) }), "session": .string(session), "started": .number(started),
      "connections": .integer(Int64(connections)),
      "scopes": ["requests": .array(scopes.requests.map { .string($0) }), "commands": .array(scopes.commands.map { .string($0) })],
    ]
    members["cwd"] = directory.map { .string($0) }
    members["workspace"] = workspace.map { .string($0) }
    members["output"] = output.map { .string($0) }
    members.merge(endMembers) { $1 }
    return .object(members)
  }

  /// As `bridge.run` tells it.
  var event: JSONValue {
    var members: [String: JSONValue] = [
      "run": .string(id), "name": .string(name), "kind": .string(kind.rawValue), "state": state == .ended ? "ended" : "started",
    ]
    members["workspace"] = workspace.map { .string($0) }
    members.merge(endMembers) { $1 }
    return .object(members)
  }

  private var endMembers: [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    members["pid"] = process.map { .integer(Int64($0.pid)) }
    members["ended"] = ended.map { .number($0) }
    members["reason"] = reason.map { .string($0) }
    switch ending {
    case .exited(let status): members["status"] = .integer(Int64(status))
    case .signalled(let signal): members["signal"] = .integer(Int64(signal))
    case .unknown, nil: break
    }
    return members
  }
}
