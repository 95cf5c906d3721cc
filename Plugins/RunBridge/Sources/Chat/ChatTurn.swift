// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Something that was said.
struct ChatTurn: Sendable, Hashable {
  /// As "user", "assistant", "system".
  let role: String
  let content: String
  /// Unix seconds; 0 for one that is not kept.
  var time = 0.0

  /// As models take it.
  var message: JSONValue { ["role": .string(role), "content": .string(content)] }

  /// As scripts read it, the time in milliseconds.
  var remembered: JSONValue {
    ["role": .string(role), "content": .string(content), "timestamp": .integer(Int64((time * 1_000).rounded()))]
  }
}
