// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// How long the caller of a request waits.
///
/// Clients look at the clock in slices of half a second, so that even a time of 0 is one of half a second; and they give up at the very moment
/// that was told, so that an answer must leave before it.
struct RequestPatience: Sendable, Hashable {
  /// When the caller stops waiting.
  let deadline: ContinuousClock.Instant
  /// When the answer must leave.
  var answerBy: ContinuousClock.Instant { deadline - Self.margin }

  private static let margin = Duration.milliseconds(100)
  private static let shortest = Duration.milliseconds(500)
  private static let mostMilliseconds = 366.0 * 86_400_000

  /// - Parameters:
  ///   - timeout: `params.timeout`, in milliseconds, whole or not.
  ///   - now: When the request came.
  /// - Returns: Nil: the caller waits for as long as it takes.
  init?(type: String, timeout: JSONValue?, from now: ContinuousClock.Instant) {
    let told = timeout?.doubleValue.flatMap { $0.isNaN ? nil : Self.duration(milliseconds: $0) }
    guard let limit = told ?? Self.usual(type) else { return nil }
    deadline = now + max(limit, Self.shortest)
  }

  /// What callers wait who do not say it.
  private static func usual(_ type: String) -> Duration? {
    if type == "vscode/executeCommand" { return .seconds(10) }
    return type.hasPrefix("vscode/") ? .seconds(30) : nil
  }

  /// From zero to a year.
  static func duration(milliseconds: Double) -> Duration {
    .microseconds(Int64(min(max(milliseconds, 0), mostMilliseconds) * 1_000))
  }
}
