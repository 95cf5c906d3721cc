// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// What a front says to a question: the input of `bridge.answer`.
struct FrontAnswer: Sendable {
  enum Content: Sendable {
    case result(JSONValue)
    case error(String)
    /// More follows.
    case part(JSONValue)
  }

  let front: String
  let question: Int
  let content: Content
  /// In bytes, as JSON.
  let size: Int

  private static let longestError = 4_096

  /// - Throws: `PluginFailure` with what does not fit.
  init(_ input: JSONValue) throws(PluginFailure) {
    guard let front = input["front"]?.stringValue else { throw Self.wrong("'front' is missing; it came with the first chunk") }
    guard let question = input["question"]?.intValue else { throw Self.wrong("'question' must be the number of a question") }
    self.front = front
    self.question = question
    switch (input["result"], input["error"], input["part"]) {
    case (let result?, nil, nil):
      guard result.objectValue != nil else { throw Self.wrong("'result' must be an object") }
      content = .result(result)
    case (nil, let error?, nil):
      guard let words = error.stringValue, !words.isEmpty else { throw Self.wrong("'error' must be a sentence") }
      content = .error(words.clipped(Self.longestError))
    case (nil, nil, let part?):
      guard part.objectValue != nil else { throw Self.wrong("'part' must be an object") }
      content = .part(part)
    default: throw Self.wrong("give one of 'result', 'error' and 'part'")
    }
    size = input.bytes().count
  }

  static func unknownFront(_ id: String) -> PluginFailure {
    PluginFailure(
      "no front '\(id.clipped(50))' is attached: its bridge.attach has ended; attach again", code: "no_front", status: .notFound)
  }

  static func unknownQuestion(_ number: Int) -> PluginFailure {
    PluginFailure(
      "the question \(number) is not open for this front: it was answered or withdrawn, or never asked", code: "no_question",
      status: .notFound)
  }

  static func tooLarge(_ size: Int, _ most: Int) -> PluginFailure {
    PluginFailure(
      "cannot take an answer of \(size) bytes: 'fronts.questionBytes' of the settings allows \(most); answer with less", code: "too_large",
      status: .tooLarge)
  }

  static func wrong(_ reason: String) -> PluginFailure {
    PluginFailure("cannot take the answer: \(reason)", code: "answer_invalid", status: .invalid)
  }
}
