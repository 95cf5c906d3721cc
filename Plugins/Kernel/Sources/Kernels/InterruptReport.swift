// SPDX-License-Identifier: Apache-2.0

/// How an interrupt went.
struct InterruptReport: Sendable, Hashable, Codable {
  /// Whether anything ran.
  var wasRunning: Bool
  /// The way that worked; nil when nothing ran.
  var way: InterruptWay?
  /// How long it took, in seconds.
  var seconds: Double
  /// Waiting runs that were dropped.
  var dropped: Int

  enum CodingKeys: String, CodingKey {
    case way, seconds, dropped
    case wasRunning = "was_running"
  }
}
