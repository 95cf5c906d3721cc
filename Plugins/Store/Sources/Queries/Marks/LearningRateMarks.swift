// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// Where somebody changed the learning rate: it stood still before and after. What a schedule does at every step is no such change.
enum LearningRateMarks {
  /// So many equal values stand on either side of a change.
  private static let held = 4
  /// More changes than this are a schedule; they are on the chart of the metric itself.
  private static let most = 200

  static func read(_ run: Int64, _ kinds: Set<MarkKind>, _ limit: Int, _ database: Database) throws -> [Mark] {
    guard kinds.contains(.learningRate),
      let metric = try database.first("SELECT id FROM metric_names WHERE name = 'lr'", [], { $0.integer(0) ?? 0 }),
      let places = try changedBuckets(run, metric, database)
    else { return [] }
    var marks: [Mark] = []
    for place in places {
      marks += try changes(near: place, run, metric, database)
      if marks.count > most { return [] }
    }
    return marks
  }

  /// The buckets of 64 steps within which, or before which, the value changed; nil when they are too many. Reads a row each 64 steps.
  private static func changedBuckets(_ run: Int64, _ metric: Int64, _ database: Database) throws -> [Int64]? {
    var buckets: [Int64] = []
    var last: Double?
    try database.scan(
      "SELECT bucket, min, max, first, last FROM pyramid WHERE run = ?1 AND metric = ?2 AND level = 0 ORDER BY bucket",
      [.integer(run), .integer(metric)]
    ) { row in
      if row.double(1) != row.double(2) || (last != nil && last != row.double(3)) { buckets.append(row.integer(0) ?? 0) }
      last = row.double(4)
      return buckets.count <= most
    }
    return buckets.count <= most ? buckets : nil
  }

  private struct Value {
    let step: Int64
    let value: Double
    let session: Int64
    let seq: Int64
  }

  private static func changes(near bucket: Int64, _ run: Int64, _ metric: Int64, _ database: Database) throws -> [Mark] {
    let (first, last) = (bucket << 6, bucket << 6 + 63)
    let inside = try values(run, metric, database, "step BETWEEN ?3 AND ?4 ORDER BY step, session, seq", [.integer(first), .integer(last)])
    let before = try values(
      run, metric, database, "step < ?3 ORDER BY step DESC, session DESC, seq DESC LIMIT \(held)", [.integer(first)])
    let after = try values(run, metric, database, "step > ?3 ORDER BY step, session, seq LIMIT \(held)", [.integer(last)])
    let values = before.reversed() + inside + after
    var marks: [Mark] = []
    for place in values.indices.dropFirst() where (first...last).contains(values[place].step) {
      let (old, new) = (values[place - 1].value, values[place].value)
      guard old != new, values[..<place].suffix(held).allSatisfy({ $0.value == old }), place >= held,
        values[place...].prefix(held).allSatisfy({ $0.value == new })
      else { continue }
      marks.append(try mark(at: values[place], from: old, database))
    }
    return marks
  }

  private static func values(
    _ run: Int64, _ metric: Int64, _ database: Database, _ condition: String, _ parameters: [SQLParameter]
  ) throws -> [Value] {
    try database.rows(
      "SELECT step, value, session, seq FROM metrics WHERE run = ?1 AND metric = ?2 AND \(condition)",
      [.integer(run), .integer(metric)] + parameters
    ) { Value(step: $0.integer(0) ?? 0, value: $0.double(1) ?? 0, session: $0.integer(2) ?? 0, seq: $0.integer(3) ?? 0) }
  }

  private static func mark(at place: Value, from old: Double, _ database: Database) throws -> Mark {
    let (epoch, ts) =
      try database.first(
        "SELECT epoch, ts FROM events WHERE session = ?1 AND seq = ?2", [.integer(place.session), .integer(place.seq)],
        { ($0.integer(0), $0.double(1)) }) ?? (nil, nil)
    return Mark(
      kind: .learningRate, step: place.step, epoch: epoch, ts: ts,
      text: "learning rate \(Mark.short(old)) → \(Mark.short(place.value))", more: ["from": .number(old), "to": .number(place.value)])
  }
}
