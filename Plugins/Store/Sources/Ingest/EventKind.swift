// SPDX-License-Identifier: Apache-2.0

/// What a trainer's event is, as the `kind` column has it. Numbers are never reused.
enum EventKind: Int64, CaseIterable {
  case other = 0
  case step = 1
  case log = 2
  case epoch = 3
  case session = 4
  case newRun = 5
  case paused = 6
  case resumed = 7
  case stopping = 8
  case finished = 9
  case runTransition = 10
  case runFinalized = 11
  case error = 12
  case testStep = 13
  case testComplete = 14
  case autoTestComplete = 15
  case checkpointSaved = 16
  case artifact = 17
  case processStarted = 18
  case processJoined = 19
  case processEnded = 20

  /// The kind a trainer's `type` names.
  init(type: String) {
    self =
      switch type {
      case "trainStep": .step
      case "log": .log
      case "epoch_end": .epoch
      case "session_started": .session
      case "newRun": .newRun
      case "paused": .paused
      case "resumed": .resumed
      case "stopping": .stopping
      case "trainingFinished": .finished
      case "runTransition": .runTransition
      case "finalizeRun": .runFinalized
      case "error": .error
      case "testStep": .testStep
      case "test_complete": .testComplete
      case "auto_test_complete": .autoTestComplete
      case "checkpoint_saved": .checkpointSaved
      case "artifact_created": .artifact
      default: .other
      }
  }

  /// The kind a `type` names in what the host tells of a process it started: a trainer's word for that counts nothing.
  init(processType type: String) {
    self =
      switch type {
      case "process_started": .processStarted
      case "process_joined": .processJoined
      case "process_ended": .processEnded
      default: .other
      }
  }

  /// Whether everything in it has columns, so that the text itself need not be kept.
  var isSpread: Bool { self == .step || self == .log || self == .epoch || self == .error || self == .testStep }
}
