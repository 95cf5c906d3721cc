// SPDX-License-Identifier: Apache-2.0

/// Whether training goes on after the pause as it would have without it.
struct DeterminismResult: Sendable, Equatable {
  var ok: Bool?
  var torchStateLength: Int?
  var numpyStateLength: Int?
  /// Missing when there is no such loader.
  var trainSamplerHasState: Bool?
  var validationSamplerHasState: Bool?
  var dataOrderPolicy: String?
  /// The trainer itself keeps the order of the batches, by fixed seeds.
  var sessionManaged: Bool?
  var handled: Bool?
  var pauseGeneration: Int?
  var batchCursor: Int?
  var baseSeed: Int?
  var notes: [String]

  init(_ reader: inout FieldReader) {
    ok = reader.bool("ok")
    torchStateLength = reader.count("torch_rng_len")
    numpyStateLength = reader.count("numpy_state_len")
    trainSamplerHasState = reader.bool("train_sampler_has_state")
    validationSamplerHasState = reader.bool("val_sampler_has_state")
    dataOrderPolicy = reader.text("data_order_policy")
    sessionManaged = reader.bool("session_managed")
    handled = reader.bool("handled")
    pauseGeneration = reader.count("pause_generation")
    batchCursor = reader.count("batch_cursor")
    baseSeed = reader.count("base_seed")
    notes = reader.texts("notes")
  }

  func judge() -> Judgement {
    guard let ok else {
      return Judgement(.error, "The trainer did not tell whether a pause can be undone exactly: 'ok' is missing or no truth value.")
    }
    let missing = missing
    if !ok {
      let reasons = (notes.isEmpty ? missing : notes).prefix(3).map { $0.shown(160) }.joined(separator: "; ")
      return Judgement(
        .warning, "Training may go on otherwise than without the pause: \(reasons.isEmpty ? "the trainer does not say why" : reasons).")
    }
    if !missing.isEmpty {
      return Judgement(
        .warning, "Training may go on otherwise than without the pause; what is missing: \(missing.joined(separator: ", ")).")
    }
    if sessionManaged == true, trainSamplerHasState != true {
      return Judgement(.ok, "Training goes on as without the pause: the trainer keeps the order of the batches itself\(seed).")
    }
    return Judgement(.ok, "Training goes on as without the pause: random generators and samplers have state to go on from.")
  }

  private var seed: String { baseSeed.map { " (seed \($0))" } ?? "" }

  /// What there is no state of; samplers count only where nobody else keeps the order.
  private var missing: [String] {
    let samplersMatter = sessionManaged != true
    return [
      torchStateLength == nil ? "the state of torch's random generator" : nil,
      numpyStateLength == nil ? "the state of numpy's random generator" : nil,
      samplersMatter && trainSamplerHasState == false ? "the state of the train sampler" : nil,
      samplersMatter && validationSamplerHasState == false ? "the state of the validation sampler" : nil,
    ].compactMap(\.self)
  }
}
