// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Asks a kernel for values without leaving a trace: `_`, `Out` and the execution counter stay as they are.
protocol ExpressionEvaluator: Sendable {
  /// Evaluates each expression by itself.
  ///
  /// - Parameters:
  ///   - expressions: By a name of the caller's.
  ///   - limit: For all of them together.
  /// - Returns: As Jupyter's `user_expressions`: `{status: "ok", data, metadata}` or `{status: "error", ename, evalue, traceback}` a name.
  func evaluate(_ expressions: [String: String], on kernel: String, within limit: Duration) async throws -> [String: JSONValue]
}
