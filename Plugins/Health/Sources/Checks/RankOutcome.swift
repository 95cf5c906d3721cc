// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What came of a check on one rank.
struct RankOutcome: Sendable, Equatable {
  var session: String?
  var judgement: Judgement
  /// The trainer's own report, as long as we keep it.
  var text: String?
  var fields: [String: JSONValue] = [:]
  var head: ReportHead?
  /// As the rank counts, where it tells.
  var rank: Int?
  var worldSize: Int?

  private static let mostTextBytes = 32 << 10

  init(_ reply: RankReply, _ context: CheckContext) {
    session = reply.session
    guard let members = reply.data?.objectValue else {
      judgement = Judgement(.error, Self.sentence(reply, context))
      return
    }
    if let text = members["text"]?.stringValue {
      self.text = text.clipped(Self.mostTextBytes)
      head = ReportHead(text)
    }
    var reader = FieldReader(members)
    judgement = Self.judge(&reader, context)
    fields = reader.fields
    rank = members["rank"]?.intValue
    worldSize = members["world_size"]?.intValue
  }

  private static func sentence(_ reply: RankReply, _ context: CheckContext) -> String {
    if let error = reply.error { return "The check could not be made: \(error.shown(600))\(error.hasSuffix(".") ? "" : ".")" }
    return "The trainer's answer to '\(context.kind.command)' cannot be read: it is no object."
  }

  private static func judge(_ reader: inout FieldReader, _ context: CheckContext) -> Judgement {
    switch context.kind {
    case .dist: DistResult(&reader).judge(sampledWeights: (context.payload["sample_weights"]?.intValue ?? 0) > 0)
    case .throughput: ThroughputResult(&reader).judge(before: context.before, drop: context.thresholds.throughputDrop)
    case .activations: ActivationsResult(&reader).judge(context.thresholds)
    case .numerics: NumericsResult(&reader).judge()
    case .determinism: DeterminismResult(&reader).judge()
    }
  }
}
