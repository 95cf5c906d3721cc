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
    let shown = try database.first(
      "SELECT \(RunRow.columns), meta, bundle, bundle_name FROM runs WHERE id = ?1", [.integer(run)]
    ) { row in
      var answer = RunRow.values(row)
      // Text that was JSON when it was stored is JSON now; anything else is shown as missing.
      answer["meta"] = row.text(RunRow.count).flatMap { try? JSONValue(parsing: $0) } ?? .null
      answer["bundle"] = JSONValue(row.integer(RunRow.count + 1))
      answer["bundle_name"] = JSONValue(row.text(RunRow.count + 2))
      return answer
    }
    guard var answer = shown else { return .null }
    answer["parents"] = try names("SELECT name FROM run_edges JOIN runs ON id = parent WHERE child = ?1 ORDER BY id", run, database)
    answer["children"] = try names("SELECT name FROM run_edges JOIN runs ON id = child WHERE parent = ?1 ORDER BY id", run, database)
    answer["sessions"] = .array(try SessionList.sessions(of: run, database))
    answer["metrics"] = try metrics(of: run, database)
    answer["epochs"] = try epochs(of: run, database)
    answer["last_test"] = try TestList.tests(of: run, limit: 1, database).first ?? .null
    for table in ["checkpoints", "reports", "tests", "health", "alerts", "artifacts"] {
      let key = table == "health" ? "health_results" : table
      answer["\(key)_count"] = JSONValue(
        try database.first("SELECT count(*) FROM \(table) WHERE run = ?1", [.integer(run)]) { $0.integer(0) ?? 0 })
    }
    answer["process"] = try process(of: run, database)
    return .object(answer)
  }

  private static func names(_ sql: String, _ run: Int64, _ database: Database) throws -> JSONValue {
    .array(try database.rows(sql, [.integer(run)]) { JSONValue($0.text(0)) })
  }

  private static func metrics(of run: Int64, _ database: Database) throws -> JSONValue {
    .array(
      try database.rows(
        """
        SELECT name, count, min, max, last_value, last_step FROM run_metrics JOIN metric_names ON id = metric
        WHERE run = ?1 ORDER BY name
        """, [.integer(run)]
      ) { row in
        [
          "name": JSONValue(row.text(0)), "count": JSONValue(row.integer(1)), "min": JSONValue(row.double(2)),
          "max": JSONValue(row.double(3)), "last": JSONValue(row.double(4)), "last_step": JSONValue(row.integer(5)),
        ]
      })
  }

  private static func epochs(of run: Int64, _ database: Database) throws -> JSONValue {
    .array(
      try database.rows("SELECT epoch, val_loss, ts FROM epochs WHERE run = ?1 ORDER BY epoch, session, seq", [.integer(run)]) { row in
        ["epoch": JSONValue(row.integer(0)), "val_loss": JSONValue(row.double(1)), "ts": JSONValue(row.double(2))]
      })
  }

  /// How the process ended that `train.start` spawned and the run's latest trainer runs in; null for one started otherwise.
  private static func process(of run: Int64, _ database: Database) throws -> JSONValue {
    try database.first(
      """
      SELECT p.name, p.pid, p.exit_status, p.exit_signal, p.ended, p.command, p.cwd
      FROM session_runs JOIN sessions s ON s.id = session_runs.session
        JOIN sessions p ON p.id = coalesce(s.process, s.id) AND p.command IS NOT NULL
      WHERE run = ?1 ORDER BY s.started DESC NULLS LAST, s.id DESC LIMIT 1
      """, [.integer(run)]
    ) { row in
      [
        "session": JSONValue(row.text(0)), "pid": JSONValue(row.integer(1)), "exit_status": JSONValue(row.integer(2)),
        "exit_signal": JSONValue(row.integer(3)), "ended": JSONValue(row.double(4)),
        "command": row.text(5).flatMap { try? JSONValue(parsing: $0) } ?? .null, "cwd": JSONValue(row.text(6)),
      ]
    } ?? .null
  }
}
