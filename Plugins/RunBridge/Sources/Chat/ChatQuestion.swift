// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What a script asks, and what was said before.
struct ChatQuestion: Sendable {
  let message: String
  let key: ConversationKey
  /// As the script wants it; nil: it does not care.
  let model: String?
  let history: [ChatTurn]
  let deadline: ContinuousClock.Instant?

  /// As fronts read it.
  var body: JSONValue {
    var body: [String: JSONValue] = [
      "message": .string(message), "conversation": .string(key.conversation), "history": .array(history.map(\.message)),
    ]
    if let model { body["model"] = .string(model) }
    return .object(body)
  }
}
