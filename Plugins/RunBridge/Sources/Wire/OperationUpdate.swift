// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A script says how one of its operations ended by itself.
struct OperationUpdate: Sendable, Hashable {
  /// As the script names it, as text; unique on its connection.
  let operation: String
  /// As "pending", "completed", "cancelled", "failed".
  let status: String
  /// Null without one.
  let result: JSONValue
  let error: String?
}
