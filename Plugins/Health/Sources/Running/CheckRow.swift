// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// One result as it is stored, published and answered.
struct CheckRow: Sendable {
  var key: String
  var run: String?
  var session: String
  var outcome: CheckOutcome
  var time: Double

  /// As `store.record_health` takes it; nil when no run is known to record it for.
  var record: JSONValue? {
    guard let run else { return nil }
    var members = common
    members["run"] = .string(run)
    members["text"] = outcome.text.map { .string($0) }
    members["fields"] = .object(outcome.fields)
    return .object(members)
  }

  /// As the event `health.result` tells it.
  var news: JSONValue { .object(common.merging(["run": run.map { .string($0) } ?? .null]) { $1 }) }

  /// As the commands answer it.
  var answer: [String: JSONValue] {
    var members = common
    members["run"] = run.map { .string($0) } ?? .null
    members["text"] = outcome.text.map { .string($0) } ?? .null
    members["fields"] = .object(outcome.fields)
    return members
  }

  private var common: [String: JSONValue] {
    var members: [String: JSONValue] = [
      "key": .string(key), "session": .string(session), "check": .string(outcome.kind.rawValue),
      "verdict": .string(outcome.judgement.verdict.rawValue), "sentence": .string(outcome.judgement.sentence), "ts": .number(time),
    ]
    members["step"] = outcome.head?.step.map { .integer(Int64($0)) }
    members["epoch"] = outcome.head?.epoch.map { .integer(Int64($0)) }
    return members
  }
}
