// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A question that a front has to answer.
struct OpenQuestion: Sendable {
  let number: Int
  /// The front's id.
  let front: String
  /// The run's id.
  let run: String
  let question: FrontQuestion
  let line: FrontLine
  let part: @Sendable (JSONValue) -> Void
  let reply = Pledge<FrontReply>()
}
