// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// What one session answered to a check, or why it did not.
struct RankReply: Sendable, Equatable {
  var session: String?
  var data: JSONValue?
  var error: String?

  /// Reads the answer of `trainer.request`: of one session, or, in `ranks`, of all ranks of a group.
  static func all(in answer: JSONValue) -> [RankReply] {
    if let ranks = answer["ranks"]?.arrayValue, !ranks.isEmpty { return ranks.prefix(mostRanks).map(one) }
    return [one(answer)]
  }

  /// Reads a failure of `trainer.request`: of one session, or of some ranks of a group.
  static func all(in failure: PluginFailure, session: String) -> [RankReply] {
    let told = failure.data.flatMap { try? JSONValue(parsing: $0.bytes) }
    if let told, let ranks = told["ranks"]?.arrayValue, !ranks.isEmpty { return all(in: told) }
    return [RankReply(session: session, data: nil, error: failure.message)]
  }

  private static func one(_ answer: JSONValue) -> RankReply {
    let error = answer["error"]?.stringValue ?? answer["error"]?["message"]?.stringValue
    return RankReply(session: answer["session"]?.stringValue, data: answer["data"], error: error)
  }

  init(session: String?, data: JSONValue?, error: String?) {
    self.session = session
    self.data = data
    self.error = error
  }

  private static let mostRanks = 4_096
}
