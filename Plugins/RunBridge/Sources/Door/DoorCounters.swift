// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What happened at the door since it was made.
struct DoorCounters: Sendable, Hashable {
  var connections = 0
  /// Without a right token.
  var unauthorized = 0
  var requests = 0
  var answered = 0
  /// With an error of whoever answers.
  var failed = 0
  var timedOut = 0
  var cancelled = 0
  /// By the door, as not understood or over a limit.
  var refused = 0
  /// Messages that ask for nothing, and are no event that is known.
  var ignored = 0
  var submits = 0
  /// Clients that did not take what waited for them, or sent more than could be looked at.
  var overrun = 0

  var json: JSONValue {
    let values = [
      "connections": connections, "unauthorized": unauthorized, "requests": requests, "answered": answered, "failed": failed,
      "timed_out": timedOut, "cancelled": cancelled, "refused": refused, "ignored": ignored, "submits": submits, "overrun": overrun,
    ]
    return .object(values.mapValues { .integer(Int64($0)) })
  }
}
