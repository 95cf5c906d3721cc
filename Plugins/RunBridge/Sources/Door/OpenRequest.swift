// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A request that is not answered yet.
struct OpenRequest: Sendable {
  let id: JSONValue
  let type: String
  /// What the caller said of its time, in milliseconds.
  let limit: Double?
  let wantsParts: Bool
  /// In bytes, as it came.
  let size: Int
  /// Nil until it has begun.
  var task: Task<Void, Never>?
}
