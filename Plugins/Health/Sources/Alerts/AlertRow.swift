// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// One episode as it is published and stored.
struct AlertRow: Sendable {
  var key: String
  /// Empty where the episode is no training's.
  var run: String
  var session: String
  var kind: AlertKind
  var severity: String
  var sentence: String
  var step: Int?
  var began: Double
  var numbers: [String: Double] = [:]
  var ended: Double?
  /// Whose trouble it is, where it is a plugin's.
  var plugin: String?

  /// Names the episode by what it is and where it began, so that it is the same one whoever tells of it again.
  static func key(run: String, session: String, kind: AlertKind, step: Int?) -> String {
    "\(session)/\(run)/\(kind.rawValue)/\(step ?? 0)"
  }

  var description: JSONValue {
    var members: [String: JSONValue] = [
      "key": .string(key), "kind": .string(kind.rawValue), "severity": .string(severity), "sentence": .string(sentence),
      "ts": .number(began),
    ]
    for (name, value) in [("run", run), ("session", session)] where !value.isEmpty { members[name] = .string(value) }
    members["step"] = step.map { .integer(Int64($0)) }
    members["ended"] = ended.map { .number($0) }
    var fields = numbers.mapValues { JSONValue.number($0) }
    fields["plugin"] = plugin.map { .string($0) }
    if !fields.isEmpty { members["fields"] = .object(fields) }
    return .object(members)
  }

  /// Reads a row of `runs.alerts`.
  init?(_ row: JSONValue) {
    let plugin = row["fields"]?["plugin"]?.stringValue
    guard let key = row["key"]?.stringValue, let kind = (row["kind"]?.stringValue).flatMap(AlertKind.init),
      let sentence = row["sentence"]?.stringValue, let run = row["run"]?.stringValue ?? plugin.map({ _ in "" }),
      let session = row["session"]?.stringValue ?? plugin.map({ _ in "" })
    else { return nil }
    self.init(
      key: key, run: run, session: session, kind: kind, sentence: sentence, step: row["step"]?.intValue,
      began: row["ts"]?.doubleValue ?? 0, numbers: (row["fields"]?.objectValue ?? [:]).compactMapValues(\.doubleValue),
      ended: row["ended"]?.doubleValue)
    self.plugin = plugin
  }

  init(
    key: String, run: String, session: String, kind: AlertKind, sentence: String, step: Int?, began: Double,
    numbers: [String: Double] = [:], ended: Double? = nil
  ) {
    self.key = key
    self.run = run
    self.session = session
    self.kind = kind
    severity = kind.severity
    self.sentence = sentence
    self.step = step
    self.began = began
    self.numbers = numbers
    self.ended = ended
  }
}
