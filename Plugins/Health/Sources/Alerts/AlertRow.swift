// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// One episode as it is published and stored.
struct AlertRow: Sendable {
  var key: String
  var run: String
  var session: String
  var kind: AlertKind
  var sentence: String
  var step: Int?
  var began: Double
  var numbers: [String: Double] = [:]
  var ended: Double?

  /// Names the episode by what it is and where it began, so that it is the same one whoever tells of it again.
  static func key(run: String, session: String, kind: AlertKind, step: Int?) -> String {
    "\(session)/\(run)/\(kind.rawValue)/\(step ?? 0)"
  }

  var description: JSONValue {
    var members: [String: JSONValue] = [
      "key": .string(key), "run": .string(run), "session": .string(session), "kind": .string(kind.rawValue),
      "severity": .string(kind.severity), "sentence": .string(sentence), "ts": .number(began),
    ]
    members["step"] = step.map { .integer(Int64($0)) }
    members["ended"] = ended.map { .number($0) }
    if !numbers.isEmpty { members["fields"] = .object(numbers.mapValues { .number($0) }) }
    return .object(members)
  }

  /// Reads a row of `runs.alerts`.
  init?(_ row: JSONValue) {
    guard let key = row["key"]?.stringValue, let run = row["run"]?.stringValue, let session = row["session"]?.stringValue,
      let kind = (row["kind"]?.stringValue).flatMap(AlertKind.init), let sentence = row["sentence"]?.stringValue
    else { return nil }
    self.init(
      key: key, run: run, session: session, kind: kind, sentence: sentence, step: row["step"]?.intValue,
      began: row["ts"]?.doubleValue ?? 0, numbers: (row["fields"]?.objectValue ?? [:]).compactMapValues(\.doubleValue),
      ended: row["ended"]?.doubleValue)
  }

  init(
    key: String, run: String, session: String, kind: AlertKind, sentence: String, step: Int?, began: Double,
    numbers: [String: Double] = [:], ended: Double? = nil
  ) {
    self.key = key
    self.run = run
    self.session = session
    self.kind = kind
    self.sentence = sentence
    self.step = step
    self.began = began
    self.numbers = numbers
    self.ended = ended
  }
}
