// SPDX-License-Identifier: Apache-2.0

/// One row of `sessions` as the writer knows it, written back at each commit.
final class SessionRecord {
  let id: Int64
  let name: String
  var project: String?
  var runName: String?
  var started: Double?
  var updated: Double?
  var lastSeq: Int64 = 0
  var pid: Int64?
  var cwd: String?
  /// The session of the process that was started for it.
  var process: Int64?
  /// Of a process that was started: what, as a JSON array, and how it ended.
  var command: String?
  var exitStatus: Int64?
  var exitSignal: Int64?
  var ended: Double?
  /// Of a process that was started: the run its lines belong to, once that is known.
  var run: Int64?
  /// Runs known to stand in `session_runs`.
  var runs: Set<Int64> = []
  var isDirty = false

  init(id: Int64, name: String) {
    self.id = id
    self.name = name
  }

  /// Takes note of one stored event.
  func saw(seq: Int64, at time: Double) {
    lastSeq = max(lastSeq, seq)
    started = min(started ?? time, time)
    updated = max(updated ?? time, time)
  }
}
