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

  /// The kind a `type` names.
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
      default: .other
      }
  }

  /// Whether everything in it has columns, so that the text itself need not be kept.
  var isSpread: Bool { self == .step || self == .log || self == .epoch || self == .error }
}
