// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// `runs.tests`: a run's tests, the latest first.
enum TestList {
  struct Input: Decodable, Sendable {
    var run: String
    var limit: Int?
  }

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    let run = try RunFinder.run(input.run, database)
    return ["tests": .array(try tests(of: run, limit: min(max(input.limit ?? 100, 1), 10_000), database))]
  }

  static func tests(of run: Int64, limit: Int, _ database: Database) throws -> [JSONValue] {
    try database.rows(
      """
      SELECT tests.id, runs.name, sessions.name, label, source, step, avg_loss, checkpoint, ts FROM tests
      JOIN runs ON runs.id = run LEFT JOIN sessions ON sessions.id = tests.session WHERE run = ?1 ORDER BY tests.id DESC LIMIT \(limit)
      """, [.integer(run)]
    ) { row in
      [
        "id": JSONValue(row.integer(0)), "run": JSONValue(row.text(1)), "session": JSONValue(row.text(2)), "label": JSONValue(row.text(3)),
        "source": JSONValue(row.text(4)), "step": JSONValue(row.integer(5)), "avg_loss": JSONValue(row.double(6)),
        "checkpoint": JSONValue(row.text(7)), "ts": JSONValue(row.double(8)),
      ]
    }
  }
}
