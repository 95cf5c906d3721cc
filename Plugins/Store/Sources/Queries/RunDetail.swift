// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// `runs.show`: everything about one run but its points.
enum RunDetail {
  struct Input: Decodable, Sendable {
    var run: String
  }

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    let run = try RunFinder.run(input.run, database)
    let select = try database.cached("SELECT \(RunRow.columns), meta FROM runs WHERE id = ?")
    defer { select.reset() }
    try select.bind(1, run)
    guard try select.step() else { return .null }
    var answer = RunRow.values(select)
    // Text that was JSON when it was stored is JSON now; anything else is shown as missing.
    answer["meta"] = select.text(11).flatMap { try? JSONValue(parsing: $0) } ?? .null
    answer["parents"] = try names("SELECT name FROM run_edges JOIN runs ON id = parent WHERE child = ? ORDER BY id", run, database)
    answer["children"] = try names("SELECT name FROM run_edges JOIN runs ON id = child WHERE parent = ? ORDER BY id", run, database)
    answer["sessions"] = try sessions(of: run, database)
    answer["metrics"] = try metrics(of: run, database)
    answer["epochs"] = try epochs(of: run, database)
    return .object(answer)
  }

  private static func rows(_ sql: String, _ run: Int64, _ database: Database, _ value: (Statement) -> JSONValue) throws -> JSONValue {
    let select = try database.cached(sql)
    try select.bind(1, run)
    var values: [JSONValue] = []
    try select.forEachRow { values.append(value($0)) }
    return .array(values)
  }

  private static func names(_ sql: String, _ run: Int64, _ database: Database) throws -> JSONValue {
    try rows(sql, run, database) { JSONValue($0.text(0)) }
  }

  private static func sessions(of run: Int64, _ database: Database) throws -> JSONValue {
    try rows(
      """
      SELECT name, project, run_name, started, updated, last_seq, (SELECT count(*) FROM events WHERE session = sessions.id)
      FROM session_runs JOIN sessions ON id = session WHERE run = ? ORDER BY started, id
      """, run, database
    ) { row in
      [
        "id": JSONValue(row.text(0)), "project": JSONValue(row.text(1)), "run_name": JSONValue(row.text(2)),
        "started": JSONValue(row.double(3)), "updated": JSONValue(row.double(4)), "last_seq": JSONValue(row.integer(5)),
        "events": JSONValue(row.integer(6)),
      ]
    }
  }

  private static func metrics(of run: Int64, _ database: Database) throws -> JSONValue {
    try rows(
      """
      SELECT name, count, min, max, last_value, last_step FROM run_metrics JOIN metric_names ON id = metric
      WHERE run = ? ORDER BY name
      """, run, database
    ) { row in
      [
        "name": JSONValue(row.text(0)), "count": JSONValue(row.integer(1)), "min": JSONValue(row.double(2)),
        "max": JSONValue(row.double(3)), "last": JSONValue(row.double(4)), "last_step": JSONValue(row.integer(5)),
      ]
    }
  }

  private static func epochs(of run: Int64, _ database: Database) throws -> JSONValue {
    try rows("SELECT epoch, val_loss, ts FROM epochs WHERE run = ? ORDER BY epoch, session, seq", run, database) { row in
      ["epoch": JSONValue(row.integer(0)), "val_loss": JSONValue(row.double(1)), "ts": JSONValue(row.double(2))]
    }
  }
}
