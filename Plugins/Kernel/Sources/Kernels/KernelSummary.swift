// SPDX-License-Identifier: Apache-2.0

/// A kernel as lists and events show it.
struct KernelSummary: Sendable, Hashable, Codable {
  var id: String
  /// For people, as "Python 3.11 (venv)".
  var name: String
  var spec: String
  var language: String
  var provider: String
  var status: KernelStatus
  /// Why it is in this status, when that needs saying.
  var reason: String?
  /// The kernel's own counter.
  var executionCount: Int
  /// Runs that wait.
  var queued: Int
  /// The run it works at.
  var running: String?
  /// How often it was begun under this id.
  var generation: Int
  /// Unix times in seconds.
  var started: Double
  var lastActivity: Double
  var isQueuePaused: Bool
  /// What the kernel says of itself: implementation and version.
  var implementation: String?
  /// Whether values can be asked for while it is busy; nil when nobody tried yet.
  var subshells: Bool?

  enum CodingKeys: String, CodingKey {
    case id, name, spec, language, provider, status, reason, queued, running, generation, started, implementation, subshells
    case executionCount = "execution_count"
    case lastActivity = "last_activity"
    case isQueuePaused = "queue_paused"
  }
}
