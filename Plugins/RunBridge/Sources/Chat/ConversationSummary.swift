// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A conversation as people see it in a list.
struct ConversationSummary: Sendable, Hashable {
  let key: ConversationKey
  let messages: Int
  /// Unix seconds.
  let began: Double
  let latest: Double

  var value: JSONValue {
    [
      "run": .string(key.run), "conversation": .string(key.conversation), "messages": .integer(Int64(messages)), "began": .number(began),
      "latest": .number(latest),
    ]
  }
}
