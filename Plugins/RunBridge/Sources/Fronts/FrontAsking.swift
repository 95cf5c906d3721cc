// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What fronts can do for a script.
enum FrontCapability: String, Sendable, Hashable, Codable, CaseIterable {
  case message, choose, input, form, chat, command, open, diff, progress, consent
}

/// One question for a front.
struct FrontQuestion: Sendable, Hashable {
  let kind: FrontCapability
  /// An object: the front's input, whose shape is the kind's.
  let body: JSONValue
  /// For `command`: only fronts that offer this one.
  var command: String?
}

/// Asks the fronts that are attached: editors, pages, terminals.
protocol FrontAsking: Sendable {
  /// Asks the front that fits best: of the caller's workspace, then the one that was used last; the next one when it goes before it answered.
  ///
  /// - Parameters:
  ///   - deadline: Nil: for as long as it takes.
  ///   - part: Takes what a front sends before its answer.
  /// - Returns: The front's answer; nil: no front offers this.
  /// - Throws: `RequestFailure` with the front's own words when it refuses; `CancellationError`.
  func ask(
    _ question: FrontQuestion, for caller: Caller, until deadline: ContinuousClock.Instant?, part: @escaping @Sendable (JSONValue) -> Void
  ) async throws -> JSONValue?

  /// Tells the fronts that fit, and waits for nobody.
  ///
  /// - Returns: Whether there is one.
  func tell(_ question: FrontQuestion, for caller: Caller) async -> Bool
}
