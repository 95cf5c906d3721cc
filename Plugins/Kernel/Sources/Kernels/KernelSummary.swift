// SPDX-License-Identifier: Apache-2.0

internal import JSON

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
  /// As it is told, member by member: it is told several times a run.
  var value: JSONValue {
    var members: [String: JSONValue] = [
      "id": .string(id), "name": .string(name), "spec": .string(spec), "language": .string(language), "provider": .string(provider),
      "status": .string(status.rawValue), "execution_count": .integer(Int64(executionCount)), "queued": .integer(Int64(queued)),
      "generation": .integer(Int64(generation)), "started": .number(started), "last_activity": .number(lastActivity),
      "queue_paused": .bool(isQueuePaused),
    ]
    if let reason { members["reason"] = .string(reason) }
    if let running { members["running"] = .string(running) }
    if let implementation { members["implementation"] = .string(implementation) }
    if let subshells { members["subshells"] = .bool(subshells) }
    return .object(members)
  }
}
