// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// The answer to an operation, for the script that waits.
struct OperationSubmit: Sendable, Hashable {
  /// As the script named it: a number when it was one.
  let operation: JSONValue
  let resumeToken: String?
  /// Null when there is an error.
  let result: JSONValue
  let error: String?
}
