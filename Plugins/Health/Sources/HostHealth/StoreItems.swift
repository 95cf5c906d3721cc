// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What the store tells of the database, judged.
enum StoreItems {
  static func status(_ answer: JSONValue) -> HostItem {
    var fields: [String: JSONValue] = [:]
    for name in ["path", "bytes", "schema", "runs", "sessions", "events", "queue", "trouble"] { fields[name] = answer[name] }
    if let trouble = answer["trouble"]?.stringValue {
      return HostItem(item: "store", judgement: Judgement(.failed, "The store has trouble: \(trouble.shown(400))."), fields: fields)
    }
    let waiting = answer["queue"]?["events"]?.intValue ?? 0
    let sentence = "The store writes what comes; \(counted(waiting, "event")) \(waiting == 1 ? "waits" : "wait")."
    return HostItem(item: "store", judgement: Judgement(.ok, sentence), fields: fields)
  }

  /// Reads what `store.verify` answered: `ok`, or else the findings.
  static func integrity(_ answer: JSONValue) -> HostItem {
    let problems = (answer["findings"]?.arrayValue ?? []).map { $0["sentence"]?.stringValue ?? $0.serialized() }
    guard answer["ok"] != true else {
      return HostItem(item: "database", judgement: Judgement(.ok, "The database passes its integrity check."))
    }
    let told = problems.prefix(3).map { $0.shown(200) }.joined(separator: "; ")
    return HostItem(
      item: "database",
      judgement: Judgement(
        .failed, "The database does not pass its integrity check: \(told.isEmpty ? answer.serialized().shown(300) : told)."),
      fields: answer.objectValue?.mapValues { $0.bounded() } ?? [:])
  }
}
