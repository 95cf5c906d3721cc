// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// `runs.reports`: a run's reports without their arrays, the newest first.
enum ReportList {
  struct Input: Decodable, Sendable {
    var run: String
    var limit: Int?
  }

  /// What every answer says of a report; not its arrays.
  static let columns = "reports.id, runs.name, sessions.name, subset_on, note, step, epoch, checkpoint, samples, ts"

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    let run = try RunFinder.run(input.run, database)
    let limit = min(max(input.limit ?? 100, 1), 10_000)
    let rows = try database.rows(
      """
      SELECT \(columns) FROM reports JOIN runs ON runs.id = run LEFT JOIN sessions ON sessions.id = reports.session
      WHERE run = ?1 ORDER BY reports.id DESC LIMIT \(limit)
      """, [.integer(run)]
    ) { JSONValue.object(values($0)) }
    return ["reports": .array(rows)]
  }

  static func values(_ row: Statement) -> [String: JSONValue] {
    [
      "id": JSONValue(row.integer(0)), "run": JSONValue(row.text(1)), "session": JSONValue(row.text(2)),
      "subset_on": JSONValue(row.text(3)), "note": JSONValue(row.text(4)), "step": JSONValue(row.integer(5)),
      "epoch": JSONValue(row.integer(6)), "checkpoint": JSONValue(row.text(7)), "samples": JSONValue(row.integer(8)),
      "ts": JSONValue(row.double(9)),
    ]
  }
}
