// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The commands of other plugins and of the host, JSON both ways.
struct Neighbours: Sendable {
  let context: PluginContext

  func call(_ command: String, _ input: JSONValue = [:], timeout: Duration? = nil) async throws -> JSONValue {
    let answer = try await context.call(command, bytes: input.bytes(), timeout: timeout)
    do {
      return try JSONValue(parsing: answer.bytes)
    } catch {
      throw PluginFailure("the answer of '\(command)' cannot be read: \(error)")
    }
  }

  /// Calls on nobody's behalf, to the end: also when the task that wants it is cancelled, or its call has ended.
  ///
  /// - Parameter delay: How long to wait before.
  func callRegardless(_ command: String, _ input: JSONValue, after delay: Duration = .zero) async -> Result<JSONValue, any Error> {
    await Task(executorPreference: context.executor) { () -> Result<JSONValue, any Error> in
      await Call.$current.withValue(nil) {
        do {
          if delay > .zero { try await Task.sleep(for: delay) }
          return .success(try await call(command, input))
        } catch {
          return .failure(error)
        }
      }
    }.value
  }
}
