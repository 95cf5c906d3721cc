// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What came of one check, over all ranks that answered.
struct CheckOutcome: Sendable {
  var kind: CheckKind
  var judgement: Judgement
  var text: String?
  var fields: [String: JSONValue]
  var head: ReportHead?

  /// - Parameter replies: At least one; the worst of them speaks for all.
  init(_ replies: [RankReply], _ context: CheckContext) {
    kind = context.kind
    let ranks = replies.map { RankOutcome($0, context) }
    let speaker = ranks.max { $0.judgement.verdict < $1.judgement.verdict } ?? ranks[0]
    let first = ranks.first { $0.judgement.verdict == speaker.judgement.verdict } ?? speaker
    judgement = first.judgement
    text = first.text
    fields = first.fields
    head = ranks.lazy.compactMap(\.head).first { $0.step != nil }
    if ranks.count > 1 { tell(of: ranks, first) }
    if kind == .dist { expectAll(ranks) }
  }

  private mutating func tell(of ranks: [RankOutcome], _ speaker: RankOutcome) {
    fields["ranks"] = .array(ranks.prefix(64).map(Self.row))
    let affected = ranks.filter { $0.judgement == speaker.judgement }.count
    guard speaker.judgement.verdict != .ok, affected < ranks.count else { return }
    let which = speaker.rank.map { "rank \($0)" } ?? "session '\((speaker.session ?? "?").shown)'"
    judgement.sentence = "On \(which) of \(ranks.count): \(judgement.sentence)"
  }

  private static func row(_ rank: RankOutcome) -> JSONValue {
    var row: [String: JSONValue] = [
      "verdict": .string(rank.judgement.verdict.rawValue), "sentence": .string(rank.judgement.sentence.shown(300)),
    ]
    row["session"] = rank.session.map { .string($0.shown) }
    row["rank"] = rank.rank.map { .integer(Int64($0)) }
    return .object(row)
  }

  /// Fewer answers than there are ranks compare less than there is to compare.
  private mutating func expectAll(_ ranks: [RankOutcome]) {
    let told = ranks.compactMap(\.worldSize).max() ?? 1
    guard judgement.verdict == .ok, told > ranks.count else { return }
    judgement = Judgement(.warning, "Only \(ranks.count) of \(told) ranks answered; those agree.")
  }
}
