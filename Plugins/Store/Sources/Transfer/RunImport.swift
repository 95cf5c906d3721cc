// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK
internal import SQLite

/// `store.import_runs`: merges the runs of a bundle's database into the live one, in one transaction.
///
/// The same run is known by its content and left alone, but for checkpoints whose files are gone here, which get the bundle's; another
/// run of the same name gets a new one; no other row that was there is changed.
struct RunImport {
  struct Input: Decodable, Sendable {
    var path: String
    var bundle: Bundle
    /// Where the files of checkpoints are now, by the id the checkpoint has in the bundle.
    var checkpoints: [String: String]?
    /// The SHA-256 of those files, by the same ids; what is not told is not known.
    var hashes: [String: String]?
    /// The parents of runs that are not in the bundle, by the runs' names there.
    var absent_parents: [String: [String]]?
    /// The runs wanted, by their names in the bundle; all when left out.
    var runs: [String]?
  }

  struct Bundle: Decodable, Sendable {
    var key: String
    var path: String
    var format: String
    var manifest: JSONValue?
  }

  private struct Run {
    let id: Int64
    let name: String
    var known: String?
    var newName = ""
    /// Those of its parents that are neither in the bundle nor here.
    var absentParents: [String] = []
  }

  private let input: Input
  private let files: CheckpointFiles
  private let database: Database

  /// Merges, on the writer's connection, outside any transaction.
  static func carryOut(_ input: Input, guest: String, files: CheckpointFiles, on database: Database) throws -> JSONValue {
    try database.execute("PRAGMA trusted_schema = OFF")
    try TransferTables.attach(guest, as: "guest", to: database)
    defer {
      // The tables are the connection's own and empty at the next import; a failure to drop them is met there.
      try? database.execute(dropMaps)
      try? database.execute("DETACH guest")
      try? database.execute("PRAGMA trusted_schema = ON")
    }
    do {
      return try database.transaction { try RunImport(input: input, files: files, database: database).merge() }
    } catch let error as SQLiteError {
      throw PluginFailure(
        "cannot import the bundle '\(input.bundle.path)': \(error.message); nothing was imported",
        code: error.code == .full ? "disk_full" : "import_failed", retryable: error.isTransient)
    }
  }

  private func merge() throws -> JSONValue {
    try makeMaps()
    var runs = try wanted()
    try findKnown(&runs)
    try chooseNames(&runs)
    try mapMetrics()
    try mapSessions()
    let bundle = try BundleRecord.record(
      BundleRecord.Input(
        key: input.bundle.key, direction: .import, path: input.bundle.path, format: input.bundle.format, manifest: input.bundle.manifest,
        runs: runs.map { $0.known ?? $0.newName }, ts: Date().timeIntervalSince1970), database)
    for run in runs where run.known == nil { try insert(run, bundle: bundle) }
    try mapCheckpoints()
    try insertRows()
    try joinAbsentParents(&runs)
    let repaired = try CheckpointRepair(database: database, files: files, hashes: input.hashes ?? [:]).run()
    return ["runs": .array(runs.map(Self.outcome)), "bundle": .integer(bundle), "repaired": .array(repaired)]
  }

  private static func outcome(_ run: Run) -> JSONValue {
    let action = run.known != nil ? "known" : run.newName == run.name ? "imported" : "renamed"
    var outcome: JSONValue = ["name": .string(run.name), "as": .string(run.known ?? run.newName), "action": .string(action)]
    if !run.absentParents.isEmpty { outcome["absent_parents"] = .array(run.absentParents.map { .string($0) }) }
    return outcome
  }
}

// MARK: - Which runs

extension RunImport {
  private static let dropMaps = """
    DROP TABLE IF EXISTS temp.map_runs; DROP TABLE IF EXISTS temp.map_sessions; DROP TABLE IF EXISTS temp.map_metrics;
    DROP TABLE IF EXISTS temp.map_checkpoints; DROP TABLE IF EXISTS temp.pairs; DROP TABLE IF EXISTS temp.candidates;
    """

  private func makeMaps() throws {
    try database.execute(Self.dropMaps)
    try database.execute(
      """
      CREATE TEMP TABLE map_runs(guest INTEGER PRIMARY KEY, live INTEGER, fresh INTEGER NOT NULL);
      CREATE TEMP TABLE map_sessions(guest INTEGER PRIMARY KEY, live INTEGER NOT NULL, fresh INTEGER NOT NULL);
      CREATE TEMP TABLE map_metrics(guest INTEGER PRIMARY KEY, live INTEGER NOT NULL);
      CREATE TEMP TABLE map_checkpoints(guest INTEGER PRIMARY KEY, path TEXT NOT NULL);
      CREATE TEMP TABLE pairs(guest INTEGER, live INTEGER, PRIMARY KEY(guest, live)) WITHOUT ROWID;
      CREATE TEMP TABLE candidates(guest INTEGER, live INTEGER, PRIMARY KEY(guest, live)) WITHOUT ROWID;
      """)
  }

  private func wanted() throws -> [Run] {
    var runs: [Run] = []
    try database.prepare("SELECT id, name FROM guest.runs ORDER BY id").forEachRow { row in
      runs.append(Run(id: row.integer(0) ?? 0, name: row.text(1) ?? ""))
    }
    guard let names = input.runs else { return runs }
    let known = Set(runs.map(\.name))
    if let missing = names.first(where: { !known.contains($0) }) {
      throw PluginFailure(
        "the bundle has no run '\(missing)'; it has \(runs.prefix(20).map(\.name).joined(separator: ", "))", code: "run_not_found",
        status: .notFound)
    }
    return runs.filter { names.contains($0.name) }
  }

  /// Compares with the runs that have or had the same name. A run is known when everything the bundle tells of it is there.
  private func findKnown(_ runs: inout [Run]) throws {
    try database.execute(
      """
      INSERT INTO temp.pairs SELECT g.id, m.id FROM guest.runs g JOIN main.runs m ON m.name = g.name OR m.bundle_name = g.name;
      INSERT INTO temp.candidates SELECT g.id, m.id FROM guest.sessions g JOIN main.sessions m
        ON m.name = g.name OR substr(m.name, 1, length(g.name) + 1) = g.name || '#';
      DELETE FROM temp.pairs WHERE (guest, live) IN (
        SELECT DISTINCT p.guest, p.live FROM guest.events g CROSS JOIN temp.pairs p ON p.guest = g.run
        WHERE NOT EXISTS (
          SELECT 1 FROM temp.candidates c CROSS JOIN main.events m ON m.session = c.live AND m.seq = g.seq
          WHERE c.guest = g.session AND m.run = p.live AND m.kind = g.kind AND m.ts IS g.ts AND m.step IS g.step));
      DELETE FROM temp.pairs WHERE (guest, live) IN (
        SELECT DISTINCT p.guest, p.live FROM guest.metrics g CROSS JOIN temp.pairs p ON p.guest = g.run
        WHERE NOT EXISTS (
          SELECT 1 FROM temp.candidates c CROSS JOIN main.metrics m ON m.run = p.live
            AND m.metric = (SELECT l.id FROM guest.metric_names n JOIN main.metric_names l ON l.name = n.name WHERE n.id = g.metric)
            AND m.step = g.step AND m.session = c.live AND m.seq = g.seq
          WHERE c.guest = g.session AND m.value IS g.value));
      """)
    let select = try database.prepare(
      "SELECT m.id, m.name FROM temp.pairs p JOIN main.runs m ON m.id = p.live WHERE p.guest = ? ORDER BY m.id")
    let insert = try database.prepare("INSERT INTO temp.map_runs(guest, live, fresh) VALUES (?, ?, ?)")
    for index in runs.indices {
      try select.bind(1, runs[index].id)
      let live = try select.step() ? select.integer(0) : nil
      runs[index].known = live == nil ? nil : select.text(1) ?? ""
      select.reset()
      try insert.bind(1, runs[index].id)
      try insert.bind(2, live)
      try insert.bind(3, Int64(live == nil ? 1 : 0))
      try insert.run()
    }
  }

  private func chooseNames(_ runs: inout [Run]) throws {
    var chosen: Set<String> = []
    for index in runs.indices where runs[index].known == nil {
      runs[index].newName = try free(runs[index].name, "-", in: "runs", besides: chosen)
      chosen.insert(runs[index].newName)
    }
  }

  /// The name, or the name with the first number from 2 on that nobody has.
  private func free(_ name: String, _ separator: String, in table: String, besides chosen: Set<String> = []) throws -> String {
    let select = try database.prepare("SELECT 1 FROM main.\(table) WHERE name = ?")
    var number = 1
    while true {
      let candidate = number == 1 ? name : "\(name)\(separator)\(number)"
      try select.bind(1, candidate)
      defer { select.reset() }
      if try !select.step(), !chosen.contains(candidate) { return candidate }
      number += 1
    }
  }
}

// MARK: - What ids become

extension RunImport {
  private func mapMetrics() throws {
    try database.execute(
      """
      INSERT OR IGNORE INTO main.metric_names(name) SELECT name FROM guest.metric_names ORDER BY id;
      INSERT INTO temp.map_metrics SELECT g.id, m.id FROM guest.metric_names g JOIN main.metric_names m ON m.name = g.name;
      """)
  }

  /// Sessions of runs that are new here, and the processes they ran in. A session that is here already is gone on with, unless it holds
  /// other events under the same numbers: then the bundle's becomes one of its own.
  private func mapSessions() throws {
    let columns = try TransferTables.columns(of: "sessions", in: database).filter {
      $0 != "id" && $0 != "name" && $0 != "process" && $0 != "pid"
    }
    let list = columns.joined(separator: ", ")
    let insert = try database.prepare("INSERT INTO main.sessions(name, \(list)) SELECT ?1, \(list) FROM guest.sessions WHERE id = ?2")
    let map = try database.prepare("INSERT INTO temp.map_sessions(guest, live, fresh) VALUES (?, ?, ?)")
    for (id, name) in try neededSessions() {
      let shared = try sharedSession(id, name)
      if shared == nil {
        try insert.bind(1, try free(name, "#", in: "sessions"))
        try insert.bind(2, id)
        try insert.run()
      }
      try map.bind(1, id)
      try map.bind(2, shared ?? database.lastInsertedRow)
      try map.bind(3, Int64(shared == nil ? 1 : 0))
      try map.run()
    }
    try database.execute(
      """
      UPDATE main.sessions SET process = (
          SELECT p.live FROM temp.map_sessions s JOIN guest.sessions g ON g.id = s.guest JOIN temp.map_sessions p ON p.guest = g.process
          WHERE s.live = main.sessions.id)
        WHERE id IN (SELECT live FROM temp.map_sessions WHERE fresh);
      UPDATE main.sessions SET last_seq = max(last_seq, (
          SELECT g.last_seq FROM temp.map_sessions s JOIN guest.sessions g ON g.id = s.guest WHERE s.live = main.sessions.id))
        WHERE id IN (SELECT live FROM temp.map_sessions WHERE NOT fresh);
      """)
  }

  private func neededSessions() throws -> [(id: Int64, name: String)] {
    var needed: [(Int64, String)] = []
    try database.prepare(
      """
      WITH direct(id) AS (
        SELECT x.session FROM guest.session_runs x JOIN temp.map_runs r ON r.guest = x.run AND r.fresh
        UNION SELECT e.session FROM guest.events e JOIN temp.map_runs r ON r.guest = e.run AND r.fresh)
      SELECT id, name FROM guest.sessions WHERE id IN direct OR id IN (SELECT process FROM guest.sessions WHERE id IN direct) ORDER BY id
      """
    ).forEachRow { needed.append(($0.integer(0) ?? 0, $0.text(1) ?? "")) }
    return needed
  }

  private func sharedSession(_ id: Int64, _ name: String) throws -> Int64? {
    let find = try database.prepare("SELECT id FROM main.sessions WHERE name = ?")
    try find.bind(1, name)
    guard try find.step(), let live = find.integer(0) else { return nil }
    let collide = try database.prepare(
      """
      SELECT EXISTS(SELECT 1 FROM guest.events g JOIN temp.map_runs r ON r.guest = g.run AND r.fresh
        WHERE g.session = ?1 AND EXISTS(SELECT 1 FROM main.events m WHERE m.session = ?2 AND m.seq = g.seq))
      """)
    try collide.bind(1, id)
    try collide.bind(2, live)
    return try collide.step() && collide.integer(0) == 1 ? nil : live
  }

  /// The files of this bundle's checkpoints. The earlier dashboard's have names for ids, which stand in `kept` meanwhile.
  private func mapCheckpoints() throws {
    let byID = try database.prepare("INSERT OR IGNORE INTO temp.map_checkpoints SELECT id, ?2 FROM guest.checkpoints WHERE id = ?1")
    let byName = try database.prepare("INSERT OR IGNORE INTO temp.map_checkpoints SELECT id, ?2 FROM guest.checkpoints WHERE kept = ?1")
    for (id, path) in input.checkpoints ?? [:] {
      let statement = input.bundle.format == "onthefly" ? byName : byID
      if input.bundle.format == "onthefly" {
        try statement.bind(1, id)
      } else {
        try statement.bind(1, Int64(id))
      }
      try statement.bind(2, path)
      try statement.run()
    }
  }
}

// MARK: - Rows

extension RunImport {
  private func insert(_ run: Run, bundle: Int64) throws {
    let columns = try TransferTables.columns(of: "runs", in: database).filter { $0 != "id" }
    let values = columns.map { column in
      switch column {
      case "name": "?1"
      case "bundle": "?2"
      case "bundle_name": "g.name"
      case "archived": "NULL"
      // Whoever was at it is not here.
      case "state": "CASE WHEN g.state IN ('running', 'paused', 'stopping') THEN 'lost' ELSE g.state END"
      case "state_session", "last_session": Self.session("g.\(column)")
      default: "g.\(column)"
      }
    }
    let insert = try database.prepare(
      "INSERT INTO main.runs(\(columns.joined(separator: ", "))) SELECT \(values.joined(separator: ", ")) FROM guest.runs g WHERE id = ?3")
    try insert.bind(1, run.newName)
    try insert.bind(2, bundle)
    try insert.bind(3, run.id)
    try insert.run()
    let map = try database.prepare("UPDATE temp.map_runs SET live = ? WHERE guest = ?")
    try map.bind(1, database.lastInsertedRow)
    try map.bind(2, run.id)
    try map.run()
  }

  private func insertRows() throws {
    try database.execute(
      """
      INSERT OR IGNORE INTO main.session_runs(session, run) SELECT s.live, r.live FROM guest.session_runs g
        JOIN temp.map_runs r ON r.guest = g.run AND r.fresh JOIN temp.map_sessions s ON s.guest = g.session;
      INSERT OR IGNORE INTO main.run_edges(child, parent) SELECT c.live, p.live FROM guest.run_edges g
        JOIN temp.map_runs c ON c.guest = g.child AND c.fresh JOIN temp.map_runs p ON p.guest = g.parent WHERE c.live <> p.live;
      """)
    for table in [
      "events", "metrics", "run_metrics", "pyramid", "epochs", "logs", "tests", "test_steps", "checkpoints", "subsets", "reports", "health",
      "alerts", "artifacts",
    ] {
      try copy(table, join: "CROSS JOIN temp.map_runs r ON r.guest = g.run AND r.fresh", run: "r.live")
    }
    for table in ["events", "logs"] {
      try copy(table, join: "CROSS JOIN temp.map_sessions x ON x.guest = g.session AND x.fresh WHERE g.run IS NULL", run: "NULL")
    }
  }

  /// Makes the edges to parents that did not come along, as far as runs of their names are here. Later than the runs themselves, which may
  /// be among them.
  private func joinAbsentParents(_ runs: inout [Run]) throws {
    let left = try AbsentParents.ofImport(database)
    for index in runs.indices {
      let run = runs[index]
      let live = try database.first("SELECT live FROM temp.map_runs WHERE guest = ?1", [.integer(run.id)]) { $0.integer(0) ?? 0 } ?? 0
      for parent in (left[run.name] ?? []) + (input.absent_parents?[run.name] ?? [])
      where try !AbsentParents.join(live, to: parent, database) {
        runs[index].absentParents.append(parent)
      }
    }
  }

  private func copy(_ table: String, join: String, run: String) throws {
    let all = try TransferTables.columns(of: table, in: database)
    let columns = all.filter { $0 != "id" || table == "logs" }
    // Lines must be younger than what is indexed, to be found by a search.
    let base =
      table == "logs"
      ? try database.integer("SELECT max(ifnull((SELECT max(id) FROM main.logs), 0), ifnull((SELECT max(last) FROM main.logs_indexed), 0))")
        ?? 0 : 0
    let values = columns.map { column in
      switch column {
      case "run": run
      case "id": "\(base) + row_number() OVER (ORDER BY g.id)"
      case "session", "last_session": Self.session("g.\(column)")
      case "metric": "(SELECT live FROM temp.map_metrics WHERE guest = g.metric)"
      case "kept": "NULL"
      case "path" where table == "checkpoints": Self.place("g.id", "g.path")
      case "checkpoint":
        Self.place(
          "(SELECT k.id FROM guest.checkpoints k WHERE k.run = g.run AND k.path = g.checkpoint ORDER BY k.id DESC)", "g.checkpoint")
      case "key": "CASE WHEN EXISTS(SELECT 1 FROM main.\(table) k WHERE k.key = g.key) THEN g.key || '@' || \(run) ELSE g.key END"
      default: "g.\(column)"
      }
    }
    let order = all.contains("id") ? " ORDER BY g.id" : ""
    try database.execute(
      """
      INSERT INTO main.\(table)(\(columns.joined(separator: ", ")))
      SELECT \(values.joined(separator: ", ")) FROM guest.\(table) AS g \(join)\(order)
      """)
  }

  private static func session(_ column: String) -> String { "(SELECT live FROM temp.map_sessions WHERE guest = \(column))" }

  /// Where a file is now. One that did not come along keeps its old place as a remark, which nobody can open: the place is the bundle's
  /// word, and what is loaded from it would be run.
  private static func place(_ id: String, _ old: String) -> String {
    """
    CASE WHEN \(old) IS NULL THEN NULL ELSE
      ifnull((SELECT m.path FROM temp.map_checkpoints m WHERE m.guest = \(id)), 'bundle:' || \(old)) END
    """
  }
}
