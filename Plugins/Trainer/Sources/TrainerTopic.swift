// SPDX-License-Identifier: Apache-2.0

/// The topics this plugin publishes on.
enum TrainerTopic: String, CaseIterable, Sendable {
  case connected, disconnected
  case step, log, session, run, epoch, state, checkpoint, test, error, other

  /// The full name, "trainer.step".
  var name: String { "trainer.\(rawValue)" }

  /// The topic for what a trainer says, by the `type` of its line. A type nobody knows yet goes to `other`.
  init(type: String) { self = Self.byType[type] ?? .other }

  private static let byType: [String: TrainerTopic] = [
    "trainStep": .step, "log": .log, "session_started": .session, "newRun": .run, "runTransition": .run, "finalizeRun": .run,
    "epoch_end": .epoch, "paused": .state, "resumed": .state, "stopping": .state, "trainingFinished": .state,
    "checkpoint_saved": .checkpoint, "checkpoint_loaded": .checkpoint, "testStep": .test, "test_complete": .test,
    "auto_test_complete": .test, "error": .error,
  ]
}
