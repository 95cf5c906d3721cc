// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// `runs.delete`: removes runs and everything that was stored of them, in one transaction.
enum RunDelete {
  struct Input: Decodable, Sendable {
    var run: String?
    var runs: [String]?
    var children: Bool?
    /// The ids again, as the caller understands them.
    var confirm: Confirmation?

    var all: [String] {
      var seen: Set<String> = []
      return ((run.map { [$0] } ?? []) + (runs ?? [])).filter { seen.insert($0).inserted }
    }
  }

  /// One id or several.
  struct Confirmation: Decodable, Sendable {
    let runs: Set<String>

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let one = try? value.decode(String.self) {
        runs = [one]
      } else {
        runs = Set(try value.decode([String].self))
      }
    }
  }

  /// Tables whose rows are found by their run. `events` and `logs` are not among them: they have no such key or an index to keep.
  private static let tables = [
    "metrics", "run_metrics", "pyramid", "epochs", "tests", "test_steps", "checkpoints", "subsets", "reports", "health", "alerts",
    "artifacts",
  ]

  /// - Returns: What to answer, and names of kept files that may have lost their last row.
  static func apply(_ input: Input, _ database: Database) throws -> (outcome: WriteJob.Outcome, kept: [String]) {
    guard !input.all.isEmpty else {
      throw PluginFailure("no run is named; give 'run' or 'runs'", code: "run_missing", status: .invalid)
    }
    var runs: [Int64] = []
    for name in input.all { runs.append(try RunFinder.run(name, database)) }
    try refuseUnconfirmed(input)
    if input.children == true { try addDescendants(to: &runs, database) }
    try refuseLiving(runs, database)
    try refuseParents(runs, database)
    let names = try runs.map { id in try database.first("SELECT name FROM runs WHERE id = ?1", [.integer(id)]) { $0.text(0) ?? "" } ?? "" }
    let relatives = try runs.flatMap { try parents(of: $0, database) }
    var kept: Set<String> = []
    for run in runs { kept.formUnion(try delete(run, database)) }
    let left = relatives.filter { !names.contains($0) }
    return (
      WriteJob.Outcome(answer: ["deleted": .array(names.map { .string($0) })], changedRuns: names + left), kept.sorted()
    )
  }

  // MARK: - Refusing

  private static func refuseUnconfirmed(_ input: Input) throws {
    guard input.confirm?.runs != Set(input.all) else { return }
    let ids = input.all.map { "'\($0)'" }.joined(separator: ", ")
    throw PluginFailure(
      "deleting \(ids) removes every point, log line, report and kept checkpoint of it for good; if that is what you want, "
        + "repeat it with 'confirm' set to \(input.all.count == 1 ? ids : "the list of these ids")",
      code: "not_confirmed", status: .denied)
  }

  private static func refuseLiving(_ runs: [Int64], _ database: Database) throws {
    for run in runs {
      let found = try database.first("SELECT name, state FROM runs WHERE id = ?1", [.integer(run)]) { ($0.text(0) ?? "", $0.text(1) ?? "") }
      // 'new' is a name that nobody trains yet.
      guard let (name, state) = found, let known = RunState(rawValue: state), known.isAlive, known != .new else { continue }
      throw PluginFailure(
        "the run '\(name)' is \(state), and a trainer may still be at it; stop it first, with trainer.stop", code: "run_alive",
        status: .denied)
    }
  }

  private static func refuseParents(_ runs: [Int64], _ database: Database) throws {
    let going = Set(runs)
    for run in runs {
      let children = try database.rows(
        "SELECT child, name FROM run_edges JOIN runs ON id = child WHERE parent = ?1 ORDER BY id", [.integer(run)]
      ) { ($0.integer(0) ?? 0, $0.text(1) ?? "") }.filter { !going.contains($0.0) }
      guard !children.isEmpty else { continue }
      let name = try database.first("SELECT name FROM runs WHERE id = ?1", [.integer(run)]) { $0.text(0) ?? "" } ?? ""
      let shown = children.prefix(5).map { "'\($0.1)'" }.joined(separator: ", ") + (children.count > 5 ? ", …" : "")
      throw PluginFailure(
        "the run '\(name)' has children (\(shown)) that would lose where they come from; delete them too, with 'children' set to true",
        code: "run_has_children", status: .denied)
    }
  }

  private static func addDescendants(to runs: inout [Int64], _ database: Database) throws {
    var known = Set(runs)
    var next = 0
    while next < runs.count {
      let children = try database.rows("SELECT child FROM run_edges WHERE parent = ?1 ORDER BY child", [.integer(runs[next])]) {
        $0.integer(0) ?? 0
      }
      runs += children.filter { known.insert($0).inserted }
      next += 1
    }
  }

  private static func parents(of run: Int64, _ database: Database) throws -> [String] {
    try database.rows("SELECT name FROM run_edges JOIN runs ON id = parent WHERE child = ?1", [.integer(run)]) { $0.text(0) ?? "" }
  }

  // MARK: - Deleting

  /// - Returns: Names of the kept files its checkpoints had.
  private static func delete(_ run: Int64, _ database: Database) throws -> [String] {
    let key: [SQLParameter] = [.integer(run)]
    let kept = try database.rows("SELECT kept FROM checkpoints WHERE run = ?1 AND kept IS NOT NULL", key) { $0.text(0) ?? "" }
    let sessions = try database.rows("SELECT session FROM session_runs WHERE run = ?1", key) { $0.integer(0) ?? 0 }
    try deleteLogs(where: "run = ?1", key, database)
    for session in sessions {
      try database.run("DELETE FROM events WHERE session = ?1 AND run = ?2", [.integer(session), .integer(run)])
    }
    for table in tables { try database.run("DELETE FROM \(table) WHERE run = ?1", key) }
    try database.run("DELETE FROM run_edges WHERE child = ?1 OR parent = ?1", key)
    try database.run("DELETE FROM session_runs WHERE run = ?1", key)
    try database.run("DELETE FROM runs WHERE id = ?1", key)
    for session in sessions { try deleteIfLeft(session, database) }
    // Numbers of the last lines are given out again: a new line with such a number is not in the index yet.
    try database.run(
      "UPDATE logs_indexed SET last = (SELECT coalesce(max(id), 0) FROM logs) WHERE last > (SELECT coalesce(max(id), 0) FROM logs)")
    return kept
  }

  /// The text index must be told before the lines go: it looks at them to know what to forget.
  private static func deleteLogs(where condition: String, _ key: [SQLParameter], _ database: Database) throws {
    try database.run(
      """
      INSERT INTO logs_text(logs_text, rowid, text)
      SELECT 'delete', id, text FROM logs WHERE \(condition) AND id <= (SELECT last FROM logs_indexed)
      """, key)
    try database.run("DELETE FROM logs WHERE \(condition)", key)
  }

  /// Removes a session that has no run any more, and the process it ran in when that has none either. The one without a name stays: it
  /// gathers what belongs to nobody.
  private static func deleteIfLeft(_ session: Int64, _ database: Database) throws {
    let key: [SQLParameter] = [.integer(session)]
    let isNeeded = try database.first(
      """
      SELECT 1 WHERE EXISTS (SELECT 1 FROM session_runs WHERE session = ?1) OR EXISTS (SELECT 1 FROM sessions WHERE process = ?1)
        OR NOT EXISTS (SELECT 1 FROM sessions WHERE id = ?1 AND name <> '')
      """, key
    ) { _ in true }
    if isNeeded == true { return }
    let process = try database.first("SELECT process FROM sessions WHERE id = ?1", key) { $0.integer(0) } ?? nil
    try deleteLogs(where: "session = ?1", key, database)
    try database.run("DELETE FROM events WHERE session = ?1", key)
    // Its number is given out again as well, and rows of other runs must not then name a session that is none of theirs.
    for table in ["checkpoints", "reports", "health", "alerts"] {
      try database.run("UPDATE \(table) SET session = NULL WHERE session = ?1", key)
    }
    try database.run("DELETE FROM sessions WHERE id = ?1", key)
    if let process, process != session { try deleteIfLeft(process, database) }
  }
}
