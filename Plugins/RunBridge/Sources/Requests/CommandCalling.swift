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

  func call(_ command: String, _ input: JSONValue, timeout: Duration?) async throws -> JSONValue {
    let answer = try await context.call(command, bytes: input.bytes(), timeout: timeout)
    guard answer.content == .json else {
      throw PluginFailure("cannot give the answer of '\(command)' to a script: it is bytes, not JSON", status: .unsupported)
    }
    return answer.bytes.isEmpty ? .null : try JSONValue(parsing: answer.bytes)
  }
}
