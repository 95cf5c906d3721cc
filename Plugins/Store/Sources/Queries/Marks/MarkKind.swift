// SPDX-License-Identifier: Apache-2.0

/// What happened to a run at a step.
enum MarkKind: String, Decodable, Sendable, CaseIterable {
  case origin, pause, resume, stop, finish, fork, merge, alert, checkpoint, test, report, health
  case learningRate = "learning_rate"
}
