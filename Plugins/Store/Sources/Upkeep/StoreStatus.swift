// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// `store.status`: how much there is, what waits, and what stands against it.
struct StoreStatus {
  struct Input: Decodable, Sendable {
    var sizes: Bool?
  }

  let path: String
  let files: CheckpointFiles
  let keep: String
  let progress: IngestProgress
  let queue: EventQueue

  func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    let shown = progress.snapshot
    let depth = queue.depth
    var answer: [String: JSONValue] = [
      "path": .string(path),
      "bytes": .integer((FileFacts(path: path)?.bytes ?? 0) + (FileFacts(path: path + "-wal")?.bytes ?? 0)),
      "schema": .integer(Migrations.current),
      "since_start": [
        "events": .integer(Int64(shown.counts.events)),
        "rows": .integer(Int64(shown.counts.rows)),
        "duplicates": .integer(Int64(shown.counts.duplicates)),
        "rejected": .integer(Int64(shown.counts.rejected)),
        "refused_metrics": .integer(Int64(shown.counts.refusedMetrics)),
        "commits": .integer(Int64(shown.commits)),
      ],
      "queue": ["events": .integer(Int64(depth.events)), "bytes": .integer(Int64(depth.bytes))],
      "last_commit": JSONValue(shown.lastCommit),
      "trouble": JSONValue(shown.trouble),
      "disk_free": JSONValue(FileTools.freeBytes(at: path)),
      "logs_unindexed": JSONValue(
        try database.integer("SELECT coalesce((SELECT max(id) FROM logs), 0) - (SELECT last FROM logs_indexed)").map { max($0, 0) }),
      "checkpoints": try checkpoints(database),
    ]
    for table in ["runs", "sessions", "events", "tests", "reports", "health", "alerts", "bundles"] {
      answer[table] = .integer(try database.integer("SELECT count(*) FROM \(table)") ?? 0)
    }
    if input.sizes == true { answer["sizes"] = try sizes(database) }
    return .object(answer)
  }

  private func checkpoints(_ database: Database) throws -> JSONValue {
    try database.first(
      """
      SELECT (SELECT count(*) FROM checkpoints), count(*), total(bytes) FROM
        (SELECT kept, max(bytes) AS bytes FROM checkpoints WHERE kept IS NOT NULL GROUP BY kept)
      """
    ) { row in
      [
        "keep": .string(keep), "known": JSONValue(row.integer(0)), "kept": JSONValue(row.integer(1)),
        "kept_bytes": .integer(Int64(row.double(2) ?? 0)), "directory": .string(files.directory),
      ]
    } ?? .null
  }

  /// Bytes by what they are for. Reads every page of the file.
  private func sizes(_ database: Database) throws -> JSONValue {
    var groups: [String: Int64] = [:]
    try database.each("SELECT name, pgsize FROM dbstat WHERE aggregate = 1") { row in
      groups[Self.group(of: row.text(0) ?? ""), default: 0] += row.integer(1) ?? 0
    }
    return .object(groups.mapValues { .integer($0) })
  }

  private static func group(of table: String) -> String {
    switch table {
    case "metrics", "run_metrics", "metric_names": "metrics"
    case "pyramid": "pyramid"
    case "events", "epochs", "sessions", "session_runs": "events"
    case "reports", "subsets": "reports"
    case "logs", "logs_indexed", "logs_by_run", "logs_by_session": "logs"
    default: table.hasPrefix("logs_text") ? "text index" : "other"
    }
  }
}
