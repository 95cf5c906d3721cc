// SPDX-License-Identifier: Apache-2.0

/// The topics this plugin publishes on. Raw values stand in spool files: never reuse one.
enum TopicKind: UInt8, CaseIterable, Sendable {
  case connected = 1
  case disconnected = 2
  case step = 3
  case log = 4
  case session = 5
  case run = 6
  case epoch = 7
  case state = 8
  case checkpoint = 9
  case test = 10
  case error = 11
  case other = 12

  /// "trainer.step" and so on.
  var topic: String { "trainer.\(self)" }

  /// The topic of an event by its `type`.
  init(type: String) {
    self =
      switch type {
      case "trainStep": .step
      case "log": .log
      case "session_started": .session
      case "newRun", "runTransition", "finalizeRun": .run
      case "epoch_end": .epoch
      case "paused", "resumed", "stopping", "trainingFinished": .state
      case "checkpoint_saved", "checkpoint_loaded": .checkpoint
      case "testStep", "test_complete", "auto_test_complete": .test
      case "error": .error
      default: .other
      }
  }
}
