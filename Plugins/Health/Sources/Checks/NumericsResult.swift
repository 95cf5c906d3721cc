// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Which parameters and buffers hold NaN or infinity.
struct NumericsResult: Sendable, Equatable {
  /// One tensor that is not fine.
  struct Problem: Sendable, Equatable {
    var kind: String
    var name: String
    var hasNaN: Bool
    var hasInfinity: Bool
    var error: String?

    var isNotFinite: Bool { hasNaN || hasInfinity }
    var shown: String {
      let what = [hasNaN ? "NaN" : nil, hasInfinity ? "Inf" : nil].compactMap(\.self).joined(separator: " and ")
      return "'\(name.shown)' (\(kind.shown(20)), \(what.isEmpty ? error?.shown ?? "unknown" : what))"
    }
  }

  var problems: [Problem]?
  var ampOverflow: Double?
  var sampleLayers: Int?
  var note: String?

  init(_ reader: inout FieldReader) {
    problems = reader.objects("problems").map { $0.compactMap(Self.problem) }
    ampOverflow = reader.number("amp_overflow_sum")
    sampleLayers = reader.count("sample_layers")
    note = reader.text("note")
  }

  private static func problem(_ value: JSONValue) -> Problem? {
    guard let members = value.objectValue else { return nil }
    var reader = FieldReader(members)
    return Problem(
      kind: reader.text("kind") ?? "tensor", name: reader.text("name") ?? "?", hasNaN: reader.bool("has_nan") ?? false,
      hasInfinity: reader.bool("has_inf") ?? false, error: reader.text("error"))
  }

  func judge() -> Judgement {
    guard let problems else { return Judgement(.error, "The trainer did not tell of its tensors: 'problems' is missing or no list.") }
    let wrong = problems.filter(\.isNotFinite)
    if !wrong.isEmpty {
      return Judgement(
        .failed, "\(counted(wrong.count, "tensor")) of those sampled \(wrong.count == 1 ? "is" : "are") not finite: \(Self.first(wrong)).")
    }
    if !problems.isEmpty {
      return Judgement(.warning, "\(counted(problems.count, "tensor")) could not be looked at: \(Self.first(problems)).")
    }
    if let ampOverflow, ampOverflow > 0 {
      return Judgement(
        .warning, "No NaN or infinity in the tensors sampled, but the gradient scaler found overflows (\(ampOverflow.shown)).")
    }
    let most = sampleLayers.map { " (up to \($0) parameters and as many buffers)" } ?? ""
    return Judgement(.ok, "No NaN or infinity in the tensors sampled\(most).")
  }

  private static func first(_ problems: [Problem]) -> String {
    problems.prefix(3).map(\.shown).joined(separator: ", ") + (problems.count > 3 ? " and \(problems.count - 3) more" : "")
  }
}
