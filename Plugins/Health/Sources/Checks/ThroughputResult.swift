// SPDX-License-Identifier: Apache-2.0

/// How long a forward pass takes.
struct ThroughputResult: Sendable, Equatable {
  var millisecondsPerSample: Double?
  var forwardMilliseconds: Double?
  /// Always missing: the trainer runs the forward pass in inference mode, so there is nothing to go back through.
  var backwardMilliseconds: Double?
  var stepsProbed: Int?
  var samplesSeen: Int?
  var notes: [String]

  static let measure = "forward_only_ms_per_sample_med"

  init(_ reader: inout FieldReader) {
    millisecondsPerSample = reader.number(Self.measure).flatMap { $0 >= 0 ? $0 : nil }
    forwardMilliseconds = reader.number("forward_batch_ms_med")
    backwardMilliseconds = reader.number("backward_batch_ms_med")
    stepsProbed = reader.count("steps_probed")
    samplesSeen = reader.count("samples_seen")
    notes = reader.texts("notes")
  }

  /// - Parameters:
  ///   - before: The last result of the same run, if there is one.
  ///   - drop: How much fewer samples a second are worth a warning, 0 to 1.
  func judge(before: Earlier?, drop: Double) -> Judgement {
    if stepsProbed == 0 { return Judgement(.warning, "No batch was timed: the validation loader gave none.") }
    guard let now = millisecondsPerSample else {
      return Judgement(.error, "The trainer did not tell how long a sample takes: '\(Self.measure)' is missing or no number.")
    }
    let timed = "A forward pass takes \(now.shown) ms a sample\(batch)"
    guard let before, before.millisecondsPerSample > 0, now > 0 else { return Judgement(.ok, "\(timed)\(backward).") }
    let then = "\(before.millisecondsPerSample.shown) ms\(before.step.map { " at step \($0)" } ?? "")"
    let change = 1 - before.millisecondsPerSample / now  // of the samples a second
    if change > drop {
      return Judgement(.warning, "\(timed), \(change.percent) fewer samples a second than last time (\(then))\(backward).")
    }
    return Judgement(.ok, "\(timed), against \(then) last time\(backward).")
  }

  private var batch: String { forwardMilliseconds.map { " and \($0.shown) ms a batch" } ?? "" }

  private var backward: String {
    if let backwardMilliseconds { return "; a backward pass takes \(backwardMilliseconds.shown) ms a batch" }
    return "; the backward pass is not timed, as the trainer probes in inference mode"
  }

  /// An earlier measurement.
  struct Earlier: Sendable, Equatable {
    var millisecondsPerSample: Double
    var step: Int?
  }
}
