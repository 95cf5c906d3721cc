// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// `runs.checkpoints`: a run's checkpoints, the newest first, each with the file that can be used now.
enum CheckpointList {
  struct Input: Decodable, Sendable {
    var run: String
    var limit: Int?
  }

  static func answer(_ input: Input, _ files: CheckpointFiles, _ database: Database) throws -> JSONValue {
    let run = try RunFinder.run(input.run, database)
    let limit = min(max(input.limit ?? 1_000, 1), 100_000)
    let rows = try database.rows(
      """
      SELECT checkpoints.id, runs.name, sessions.name, step, path, kind, ts, bytes, sha256, kept FROM checkpoints
      JOIN runs ON runs.id = run LEFT JOIN sessions ON sessions.id = checkpoints.session
      WHERE run = ?1 ORDER BY step DESC, checkpoints.id DESC LIMIT \(limit)
      """, [.integer(run)]
    ) { row(($0), files) }
    return ["checkpoints": .array(rows)]
  }

  private static func row(_ row: Statement, _ files: CheckpointFiles) -> JSONValue {
    let path = row.text(4) ?? ""
    let kept = row.text(9)
    return [
      "id": JSONValue(row.integer(0)), "run": JSONValue(row.text(1)), "session": JSONValue(row.text(2)), "step": JSONValue(row.integer(3)),
      "path": .string(path), "kind": JSONValue(row.text(5)), "ts": JSONValue(row.double(6)), "bytes": JSONValue(row.integer(7)),
      "sha256": JSONValue(row.text(8)), "kept_path": JSONValue(kept.map(files.path)), "exists": .bool(CheckpointFiles.exists(path)),
      "usable_path": JSONValue(files.usable(path: path, kept: kept)),
    ]
  }
}
