// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A decision that is remembered.
struct Consent: Sendable, Hashable {
  let number: Int64
  /// Nil: of all runs of the folder.
  let run: String?
  let workspace: String?
  let command: String
  let isAllowed: Bool
  /// Unix seconds.
  let given: Double
  /// The front's name.
  let by: String?

  /// Whether it speaks of this command of this run.
  func covers(_ command: String, of caller: Caller) -> Bool {
    guard self.command == command else { return false }
    if let run { return run == caller.run }
    return workspace != nil && workspace == caller.workspace
  }

  var value: JSONValue {
    [
      "consent": .integer(number), "run": run.map { .string($0) } ?? .null, "workspace": workspace.map { .string($0) } ?? .null,
      "command": .string(command), "decision": isAllowed ? "allow" : "deny", "given": .number(given),
      "by": by.map { .string($0) } ?? .null,
    ]
  }
}
