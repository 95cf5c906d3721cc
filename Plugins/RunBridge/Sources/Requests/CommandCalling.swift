// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Executes Jackfield's own commands.
protocol CommandCalling: Sendable {
  /// - Parameter timeout: From now; nil leaves the command's own.
  /// - Throws: `PluginFailure` as the command failed; `CancellationError`.
  func call(_ command: String, _ input: JSONValue, timeout: Duration?) async throws -> JSONValue
}

/// Over the host's switchboard.
struct HostCommandCalling: CommandCalling {
  let context: PluginContext

  /// Those of this plugin itself, which takes calls while it waits for one.
  private static let own = ["bridge.", "run."]

  func call(_ command: String, _ input: JSONValue, timeout: Duration?) async throws -> JSONValue {
    // Named as the child of a call to this plugin, the host would take such a call for one that waits for itself.
    let parent = Self.own.contains(where: command.hasPrefix) ? nil : Call.current
    let answer = try await Call.$current.withValue(parent) {
      try await context.call(command, bytes: input.bytes(), timeout: timeout)
    }
    guard answer.content == .json else {
      throw PluginFailure("cannot give the answer of '\(command)' to a script: it is bytes, not JSON", status: .unsupported)
    }
    return answer.bytes.isEmpty ? .null : try JSONValue(parsing: answer.bytes)
  }
}
