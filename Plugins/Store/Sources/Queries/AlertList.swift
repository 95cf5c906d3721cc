// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// `runs.alerts`: what the watches raised, the newest first.
enum AlertList {
  struct Input: Decodable, Sendable {
    var run: String?
    var open: Bool?
    var limit: Int?
  }

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    let run = try input.run.map { try RunFinder.run($0, database) }
    let limit = min(max(input.limit ?? 100, 1), 10_000)
    let rows = try database.rows(
      """
      SELECT alerts.id, key, runs.name, sessions.name, kind, severity, sentence, fields, step, ts, alerts.ended FROM alerts
      LEFT JOIN runs ON runs.id = run LEFT JOIN sessions ON sessions.id = alerts.session
      WHERE (?1 IS NULL OR run = ?1) AND (?2 IS NULL OR (alerts.ended IS NULL) = ?2) ORDER BY alerts.id DESC LIMIT \(limit)
      """, [SQLParameter(run), SQLParameter(input.open.map { Int64($0 ? 1 : 0) })], row)
    return ["alerts": .array(rows)]
  }

  private static func row(_ row: Statement) -> JSONValue {
    [
      "id": JSONValue(row.integer(0)), "key": JSONValue(row.text(1)), "run": JSONValue(row.text(2)), "session": JSONValue(row.text(3)),
      "kind": JSONValue(row.text(4)), "severity": JSONValue(row.text(5)), "sentence": JSONValue(row.text(6)),
      "fields": row.text(7).flatMap { try? JSONValue(parsing: $0) } ?? .null, "step": JSONValue(row.integer(8)),
      "ts": JSONValue(row.double(9)), "ended": JSONValue(row.double(10)),
    ]
  }
}
