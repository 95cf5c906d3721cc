// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// How a question to one front ended.
enum FrontReply: Sendable {
  case answer(JSONValue)
  /// In the front's own words.
  case refusal(String)
  /// The front has gone; by its name.
  case gone(String)
  /// Nobody waits any more.
  case cancelled
  /// The time is over.
  case late
  /// The run ended, or the host stops.
  case over(String)
}
