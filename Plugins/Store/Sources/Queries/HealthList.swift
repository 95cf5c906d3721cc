// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// `runs.health`: results of health checks, the newest first.
enum HealthList {
  struct Input: Decodable, Sendable {
    var run: String?
    var check: String?
    var limit: Int?
  }

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    let run = try input.run.map { try RunFinder.run($0, database) }
    let limit = min(max(input.limit ?? 100, 1), 10_000)
    let rows = try database.rows(
      """
      SELECT health.id, key, runs.name, sessions.name, health.name, verdict, sentence, text, fields, step, epoch, ts FROM health
      JOIN runs ON runs.id = run LEFT JOIN sessions ON sessions.id = health.session
      WHERE (?1 IS NULL OR run = ?1) AND (?2 IS NULL OR health.name = ?2) ORDER BY health.id DESC LIMIT \(limit)
      """, [SQLParameter(run), SQLParameter(input.check)], row)
    return ["results": .array(rows)]
  }

  private static func row(_ row: Statement) -> JSONValue {
    [
      "id": JSONValue(row.integer(0)), "key": JSONValue(row.text(1)), "run": JSONValue(row.text(2)), "session": JSONValue(row.text(3)),
      "check": JSONValue(row.text(4)), "verdict": JSONValue(row.text(5)), "sentence": JSONValue(row.text(6)),
      "text": JSONValue(row.text(7)),
      "fields": row.text(8).flatMap { try? JSONValue(parsing: $0) } ?? .null, "step": JSONValue(row.integer(9)),
      "epoch": JSONValue(row.integer(10)), "ts": JSONValue(row.double(11)),
    ]
  }
}
