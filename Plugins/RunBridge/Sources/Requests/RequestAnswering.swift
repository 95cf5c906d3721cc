// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Answers what scripts ask. The door calls it in a task of its own for each request, and cancels that when the connection closes or the time
/// is over.
///
/// The task begins on the thread that serves all connections and leaves it at its first wait: what comes before that must be short.
protocol RequestAnswering: Sendable {
  /// - Parameter part: Takes what is there before the answer, an object each: the text of a chat as it grows. Only for requests that ask
  ///   for it with `params.stream`.
  /// - Returns: An object.
  /// - Throws: `RequestFailure`; any other error is told by its description.
  func answer(_ request: BridgeRequest, from caller: Caller, part: @escaping @Sendable (JSONValue) -> Void) async throws -> JSONValue
}
