// SPDX-License-Identifier: Apache-2.0

/// What one rank says of its parameters and those of the others.
struct DistResult: Sendable, Equatable {
  var isDistributed: Bool?
  var fsdp: Bool?
  var backend: String?
  var worldSize: Int?
  var rank: Int?
  var ok: Bool?
  var notes: [String]

  init(_ reader: inout FieldReader) {
    let told = reader.bool("is_distributed")
    let distributed = reader.bool("distributed")  // there, and false, only when it is not
    isDistributed = told ?? distributed
    fsdp = reader.bool("fsdp")
    backend = reader.text("backend")
    worldSize = reader.count("world_size")
    rank = reader.count("rank")
    ok = reader.bool("ok")
    notes = reader.texts("notes")
  }

  /// - Parameter sampledWeights: Whether contents were compared too.
  func judge(sampledWeights: Bool) -> Judgement {
    guard let ok else {
      return Judgement(.error, "The trainer did not tell whether its ranks agree: 'ok' is missing or no truth value.")
    }
    let troubles = notes.filter { !$0.contains("all ranks arrived") || $0.contains("not all") }
    if isDistributed == false, ok { return Judgement(.ok, "The training runs in one process: there are no other ranks to compare with.") }
    guard !ok else { return agreement(troubles, sampledWeights) }
    guard !troubles.isEmpty else { return Judgement(.failed, "The ranks do not agree; the trainer does not say in what.") }
    if sampledWeights, troubles.allSatisfy({ $0.contains("content parity mismatch") }) { return Self.unreliable }
    return Judgement(.failed, "The ranks do not agree: \(Self.joined(troubles)).")
  }

  private func agreement(_ troubles: [String], _ sampledWeights: Bool) -> Judgement {
    if !troubles.isEmpty { return Judgement(.warning, "The ranks agree as far as it was checked, but: \(Self.joined(troubles)).") }
    let ranks = worldSize.map { "All \(counted($0, "rank"))" } ?? "All ranks"
    let contents = sampledWeights && fsdp != true ? ", and the contents that were sampled" : ""
    return Judgement(
      .ok, "\(ranks)\(backend.map { " (\($0.shown(20)))" } ?? "") have the same parameter names, shapes and types\(contents).")
  }

  /// Each rank picks its tensors in the order of Python's hashes, which is another in each process.
  private static let unreliable = Judgement(
    .warning,
    "The trainer reports other parameter contents on other ranks, but each rank samples other tensors when 'sample_weights' is above 0, so "
      + "this says nothing; names, shapes and types agree.")

  private static func joined(_ notes: [String]) -> String {
    notes.prefix(3).map { $0.shown(160) }.joined(separator: "; ") + (notes.count > 3 ? "; and \(notes.count - 3) more" : "")
  }
}
