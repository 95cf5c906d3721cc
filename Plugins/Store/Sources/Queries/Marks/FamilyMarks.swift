// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// Where a run came from, and where others left it.
enum FamilyMarks {
  static func read(_ run: Int64, _ kinds: Set<MarkKind>, _ limit: Int, _ database: Database) throws -> [Mark] {
    try origin(of: run, database) + children(of: run, limit, database)
  }

  private static func origin(of run: Int64, _ database: Database) throws -> [Mark] {
    let parents = try database.rows(
      "SELECT name FROM run_edges JOIN runs ON id = parent WHERE child = ?1 ORDER BY parent", [.integer(run)]
    ) { $0.text(0) ?? "" }
    guard let first = parents.first,
      let (meta, started) = try database.first(
        "SELECT meta, started FROM runs WHERE id = ?1", [.integer(run)], { (meta($0, 0), $0.double(1)) })
    else { return [] }
    let isMerge = meta["kind"] == "merge" || parents.count > 1
    let begun =
      try database.first(
        "SELECT min(step) FROM metrics WHERE run = ?1 AND metric = (SELECT min(metric) FROM run_metrics WHERE run = ?1)", [.integer(run)]
      ) { $0.integer(0) } ?? nil
    let text = isMerge ? "merged from \(parents.map(quoted).joined(separator: ", "))" : "forked from \(quoted(first))"
    let more: [String: JSONValue] = [
      "parents": .array(parents.map(JSONValue.string)), "how": .string(isMerge ? "merge" : "fork"), "at_step": meta["at_step"] ?? .null,
      "strategy": meta["strategy"] ?? .null,
    ]
    return [Mark(kind: .origin, step: begun ?? 0, ts: started, text: text, more: more)]
  }

  private static func children(of run: Int64, _ limit: Int, _ database: Database) throws -> [Mark] {
    let (name, lastStep) =
      try database.first("SELECT name, last_step FROM runs WHERE id = ?1", [.integer(run)], { ($0.text(0) ?? "", $0.integer(1)) }) ?? (
        "", nil
      )
    return try database.rows(
      """
      SELECT name, meta, started, (SELECT count(*) FROM run_edges WHERE child = id), coalesce(title, display_name, name)
      FROM run_edges JOIN runs ON id = child WHERE parent = ?1 ORDER BY child DESC LIMIT \(limit)
      """, [.integer(run)]
    ) { row in
      let meta = meta(row, 1)
      let isMerge = meta["kind"] == "merge" || row.integer(3) ?? 0 > 1
      let child = quoted(row.text(4) ?? "")
      let strategy = meta["strategy"]?.stringValue
      let text = isMerge ? "merged into \(child)" + (strategy.map { " (\($0))" } ?? "") : "forked to \(child)"
      // A fork tells its step, a merge only the checkpoints it was made of; without either it was the last one.
      let step = meta["at_step"]?.intValue.map(Int64.init) ?? checkpointStep(of: name, meta) ?? lastStep
      return Mark(
        kind: isMerge ? .merge : .fork, step: step, ts: row.double(2), text: text,
        more: ["run": JSONValue(row.text(0)), "strategy": meta["strategy"] ?? .null])
    }
  }

  /// The step of the parent's checkpoint that a merge was made of.
  private static func checkpointStep(of parent: String, _ meta: JSONValue) -> Int64? {
    guard let names = meta["parents"]?.arrayValue, let paths = meta["paths"]?.arrayValue,
      let place = names.firstIndex(of: .string(parent)), place < paths.count
    else { return nil }
    return paths[place].stringValue.flatMap(TrainerPath.step)
  }

  private static func meta(_ row: Statement, _ column: Int32) -> JSONValue {
    row.text(column).flatMap { try? JSONValue(parsing: $0) } ?? .null
  }

  private static func quoted(_ name: String) -> String { "'\(name.count > 60 ? name.prefix(60) + "…" : name)'" }
}
