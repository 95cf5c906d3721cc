// SPDX-License-Identifier: Apache-2.0

/// When what happened in a run: Unix times in seconds, nil for what did not.
struct RunTimings: Sendable, Hashable, Codable {
  var queued: Double
  var sent: Double?
  var busy: Double?
  var firstOutput: Double?
  var reply: Double?
  var idle: Double?

  enum CodingKeys: String, CodingKey {
    case queued, sent, busy
    case firstOutput = "first_output"
    case reply, idle
  }
}
