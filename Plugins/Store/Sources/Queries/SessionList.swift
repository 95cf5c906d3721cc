// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// `runs.sessions`: trainings and spawned processes, the latest first.
enum SessionList {
  struct Input: Decodable, Sendable {
    var run: String?
    var limit: Int?
  }

  private static let columns = """
    sessions.name, project, run_name, started, updated, last_seq, (SELECT count(*) FROM events WHERE session = sessions.id),
    pid, cwd, command, exit_status, exit_signal, ended, (SELECT p.name FROM sessions p WHERE p.id = sessions.process)
    """

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    if let name = input.run { return ["sessions": .array(try sessions(of: RunFinder.run(name, database), database).reversed())] }
    let limit = min(max(input.limit ?? 100, 1), 10_000)
    let rows = try database.rows(
      "SELECT \(columns) FROM sessions WHERE name <> '' ORDER BY started DESC NULLS LAST, id DESC LIMIT \(limit)", [], row)
    return ["sessions": .array(rows)]
  }

  /// A run's, the oldest first.
  static func sessions(of run: Int64, _ database: Database) throws -> [JSONValue] {
    try database.rows(
      "SELECT \(columns) FROM session_runs JOIN sessions ON id = session WHERE run = ?1 ORDER BY started, id", [.integer(run)], row)
  }

  private static func row(_ row: Statement) -> JSONValue {
    [
      "id": JSONValue(row.text(0)), "project": JSONValue(row.text(1)), "run_name": JSONValue(row.text(2)),
      "started": JSONValue(row.double(3)), "updated": JSONValue(row.double(4)), "last_seq": JSONValue(row.integer(5)),
      "events": JSONValue(row.integer(6)), "pid": JSONValue(row.integer(7)), "cwd": JSONValue(row.text(8)),
      "command": row.text(9).flatMap { try? JSONValue(parsing: $0) } ?? .null, "exit_status": JSONValue(row.integer(10)),
      "exit_signal": JSONValue(row.integer(11)), "ended": JSONValue(row.double(12)), "process": JSONValue(row.text(13)),
    ]
  }
}
