// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// How many outputs of the activation layers are zero or saturated.
struct ActivationsResult: Sendable, Equatable {
  /// One layer, over the batches that were probed: the worst batch counts for fractions, the mean for the rest.
  struct Layer: Sendable, Equatable {
    var name: String
    var count: Int?
    var zeroFraction: Double?
    var saturatedFraction: Double?
    /// Of a ReLU, the zeros among its outputs: about a half is usual, so this is not the fraction of dead units.
    var deadFraction: Double?
    var mean: Double?
    var deviation: Double?
    var score: Double?
  }

  var batches: Int?
  var totalLayers: Int?
  var notes: [String]
  /// Worst first; nil when it was not told.
  var top: [Layer]?

  init(_ reader: inout FieldReader) {
    batches = reader.count("budget_steps")
    totalLayers = reader.count("total_layers")
    notes = reader.texts("notes")
    top = reader.objects("top").map { $0.compactMap(Self.layer) }
  }

  private static func layer(_ value: JSONValue) -> Layer? {
    guard let members = value.objectValue else { return nil }
    var reader = FieldReader(members)
    guard let name = reader.text("layer") else { return nil }
    return Layer(
      name: name, count: reader.count("count"), zeroFraction: reader.number("zero_frac"), saturatedFraction: reader.number("sat_frac"),
      deadFraction: reader.number("dead_frac"), mean: reader.number("mean"), deviation: reader.number("std"), score: reader.number("score"))
  }

  func judge(_ limits: CheckThresholds) -> Judgement {
    guard let top else { return Judgement(.error, "The trainer did not tell of its layers: 'top' is missing or no list.") }
    if totalLayers == 0 { return Judgement(.ok, "The model has no layer that can be looked at (ReLU, GELU, SiLU, Sigmoid, Tanh).") }
    if batches == 0 { return Judgement(.warning, "No batch was looked at: the validation loader gave none.") }
    guard !top.isEmpty else { return Judgement(.error, "The trainer names no layer, though it has looked at some.") }
    let found = top.flatMap { finding($0, limits) }
    guard let worst = found.max(by: { ($0.verdict, $0.fraction) < ($1.verdict, $1.fraction) }) else { return fine(top) }
    let others = Set(found.map(\.layer)).count - 1
    return Judgement(
      worst.verdict, worst.sentence + (others > 0 ? ", and \(counted(others, "other layer")) is near it or worse than usual." : "."))
  }

  private struct Finding {
    var verdict: Verdict
    var fraction: Double
    var layer: String
    var sentence: String
  }

  private func finding(_ layer: Layer, _ limits: CheckThresholds) -> [Finding] {
    let name = "Layer '\(layer.name.shown)'"
    return [
      Self.verdict(layer.deadFraction, limits.deadWarning, limits.deadFailed).map { verdict, fraction in
        Finding(
          verdict: verdict, fraction: fraction, layer: layer.name, sentence: "\(name) gives zero for \(fraction.percent) of its outputs")
      },
      Self.verdict(layer.saturatedFraction, limits.saturatedWarning, limits.saturatedFailed).map { verdict, fraction in
        Finding(
          verdict: verdict, fraction: fraction, layer: layer.name, sentence: "\(name) is saturated in \(fraction.percent) of its outputs")
      },
    ].compactMap(\.self)
  }

  private static func verdict(_ fraction: Double?, _ warning: Double, _ failed: Double) -> (Verdict, Double)? {
    guard let fraction, fraction >= warning else { return nil }
    return (fraction >= failed ? .failed : .warning, fraction)
  }

  private func fine(_ top: [Layer]) -> Judgement {
    let worst = top.max { ($0.score ?? 0) < ($1.score ?? 0) }
    let told = worst.flatMap { layer in layer.score.map { "; the worst is '\(layer.name.shown)' with \($0.percent) zero or saturated" } }
    return Judgement(.ok, "No layer of \(totalLayers ?? top.count) is dead or saturated\(told ?? "").")
  }
}
