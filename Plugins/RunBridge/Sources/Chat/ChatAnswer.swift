// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What came of a question.
enum ChatAnswer: Sendable, Hashable {
  case text(String, model: String?)
  /// Nothing was said; why, in a word, as "refusal".
  case blocked(String)

  /// What a script reads of an answer that was blocked.
  static func blockedResult(_ reason: String) -> JSONValue {
    ["response": "", "blocked": true, "blockedReason": .string(reason), "openedChat": false]
  }
}
