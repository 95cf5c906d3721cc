// SPDX-License-Identifier: Apache-2.0

/// The topics this plugin publishes on. Their numbers stand in the spool's files: they go up from 0 without a gap and never change.
enum TrainerTopic: UInt8, CaseIterable, Sendable {
  case other = 0
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
  /// Replies of trainers to commands that leave something behind.
  case reply = 12
  /// What sessions are at.
  case status = 13
  /// Processes begun here.
  case process = 14

  /// The full name, "trainer.step".
  var name: String { "trainer.\(self)" }

  /// The topic for what a trainer says, by the `type` of its line. A type nobody knows yet goes to `other`.
  init(type: String) { self = Self.byType[type] ?? .other }

  private static let byType: [String: TrainerTopic] = [
    "trainStep": .step, "log": .log, "session_started": .session, "newRun": .run, "runTransition": .run, "finalizeRun": .run,
    "epoch_end": .epoch, "paused": .state, "resumed": .state, "stopping": .state, "trainingFinished": .state,
    "checkpoint_saved": .checkpoint, "checkpoint_loaded": .checkpoint, "testStep": .test, "test_complete": .test,
    "auto_test_complete": .test, "error": .error,
  ]
}
