// SPDX-License-Identifier: Apache-2.0
import JSON

/// A question being asked, line by line.
protocol AttachDialog {
  /// What is shown first.
  var opening: [String] { get }
  /// Stands before what is typed.
  var prompt: String { get }
  /// Whether keys are unseen.
  var isSecret: Bool { get }
  /// What is sent when the person gives it up: "result" or "error", and its value.
  var givenUp: (member: String, value: JSONValue) { get }

  mutating func take(_ line: String) -> DialogStep
  /// Begins again, after the host did not take the result; what was said is kept as far as it can be.
  mutating func restart() -> [String]
}

/// What follows a line.
enum DialogStep: Equatable {
  /// It is no answer; in a sentence.
  case again(String)
  /// There is more to ask; lines to show before.
  case more([String])
  /// The result.
  case done(JSONValue)
}

extension AttachDialog {
  var isSecret: Bool { false }
  var givenUp: (member: String, value: JSONValue) { ("result", ["cancelled": true]) }

  mutating func restart() -> [String] { [] }
}
