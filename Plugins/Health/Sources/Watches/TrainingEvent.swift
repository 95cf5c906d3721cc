// SPDX-License-Identifier: Apache-2.0

/// What the watches look at in an event of a trainer.
enum TrainingEvent: Sendable, Equatable {
  case step(StepValues)
  /// The trainer complained of a loss that is not finite; such a step brings no step event.
  case lossNotFinite(step: Int)
  case phase(TrainingPhase)
  /// Anything else: a sign of life.
  case life
}

/// What a training does as far as it was told.
enum TrainingPhase: Sendable, Equatable {
  case running
  /// Silent with good reason: paused, testing, validating, at a report, or stopping.
  case held
  /// Its connection ended without a word of the end; it may come back.
  case lost
  case ended
}

/// The numbers of one step.
struct StepValues: Sendable, Equatable {
  var step: Int
  var loss: StepNumber = .missing
  var gradientNorm: StepNumber = .missing
  var throughput: StepNumber = .missing
}

/// One number of a step.
enum StepNumber: Sendable, Equatable {
  case missing
  /// Null, which stands for a number that is not finite, or for none.
  case null
  case value(Double)

  var finite: Double? { if case .value(let value) = self { value } else { nil } }
}
