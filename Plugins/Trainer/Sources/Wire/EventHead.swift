// SPDX-License-Identifier: Apache-2.0

/// What this plugin looks at in an event; the rest passes through unread.
struct EventHead: Sendable, Equatable {
  var type: String
  var sessionID: String?
  /// 1, 2, 3 … within the session, in the order the trainer made the events, which is not the order they arrive in.
  var sequence: Int64?
  /// Unix time in seconds by the trainer's clock.
  var time: Double?
  var runID: String?
  /// Of `session_started` only.
  var project: String?
  /// Of `session_started` only.
  var runName: String?
  /// Of `trainStep` only.
  var step: Int64?
  /// Of `paused` only: the command that asked for it, and why.
  var action: String?
  var pauseReason: String?
  /// Of `trainingFinished` only: "completed" or "stopped".
  var status: String?
  /// Of `log` only.
  var remark: LogRemark?

  init(
    type: String, sessionID: String? = nil, sequence: Int64? = nil, time: Double? = nil, runID: String? = nil, project: String? = nil,
    runName: String? = nil, step: Int64? = nil
  ) {
    self.type = type
    self.sessionID = sessionID
    self.sequence = sequence
    self.time = time
    self.runID = runID
    self.project = project
    self.runName = runName
    self.step = step
  }
}
