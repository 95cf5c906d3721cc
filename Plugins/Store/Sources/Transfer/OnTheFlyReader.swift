// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// Turns a database of the earlier dashboard into one of ours.
///
/// What it does not know is not made up: it has no sessions for steps, so each run gets one of its own; a step that was stored twice is
/// stored once; only the first parent of a run from before its table of edges is known; a test loss of 0 may have been a missing one.
struct OnTheFlyReader {
  /// The columns it has for metrics, as it ordered them.
  static let metrics = [
    "loss", "val_loss", "accuracy", "lr", "grad_norm", "weight_norm", "activation_zero_frac", "throughput", "mem_vram", "gpu_util",
  ]
  /// Lines and test steps get numbers behind those of steps, so that they never meet.
  private static let logBase = Int64(1) << 40
  private static let testBase = Int64(1) << 41

  private let database: Database
  private let columns: [String: Set<String>]

  /// Converts.
  ///
  /// - Parameters:
  ///   - path: The old file, only read.
  ///   - target: The new file.
  static func convert(_ path: String, into target: String) throws {
    do {
      let columns = try judge(path)
      let database = try Database(path: target)
      try database.execute("PRAGMA trusted_schema = OFF; PRAGMA synchronous = OFF")
      try Schema.bring(database)
      try TransferTables.attach(path, as: "old", to: database)
      let reader = OnTheFlyReader(database: database, columns: columns)
      try database.transaction {
        try reader.convert()
        try Backfill(database: database).fillPyramid()
      }
      try database.execute("DETACH old")
    } catch {
      TransferFiles.removeDatabase(target)
      guard let error = error as? SQLiteError else { throw error }
      throw GuestDatabase.refusal(path, error.message)
    }
  }

  /// Lets only plain tables pass, and tells their columns.
  private static func judge(_ path: String) throws -> [String: Set<String>] {
    let guest = try GuestDatabase.open(path)
    var tables: [String] = []
    let objects = try guest.prepare("SELECT type, name, ifnull(sql, '') FROM sqlite_master")
    while try objects.step() {
      let (kind, name, sql) = (objects.text(0) ?? "", objects.text(1) ?? "", objects.text(2) ?? "")
      guard kind == "table" || kind == "index" else {
        throw GuestDatabase.refusal(path, "it holds the \(kind) '\(name.prefix(100))', which no bundle has")
      }
      guard !sql.lowercased().hasPrefix("create virtual") else {
        throw GuestDatabase.refusal(path, "its table '\(name.prefix(100))' is a virtual one, which no bundle has")
      }
      if kind == "table" { tables.append(name) }
    }
    var columns: [String: Set<String>] = [:]
    let list = try guest.prepare("SELECT name FROM pragma_table_xinfo(?1) WHERE hidden = 0")
    for table in tables {
      try list.bind(1, table)
      try list.forEachRow { columns[table, default: []].insert($0.text(0) ?? "") }
    }
    guard columns["runs"]?.contains("run_id") == true, columns["metrics"]?.contains("step") == true else {
      throw GuestDatabase.refusal(path, "it has no runs and metrics as the earlier dashboard wrote them")
    }
    return columns
  }

  private func has(_ table: String, _ needed: String...) -> Bool { columns[table].map { $0.isSuperset(of: needed) } ?? false }

  /// A column, or NULL in files that have it not.
  private func column(_ name: String, of table: String) -> String { columns[table]?.contains(name) == true ? name : "NULL" }

  private func convert() throws {
    try convertRuns()
    try convertSteps()
    try convertLogs()
    try convertTests()
    try convertCheckpoints()
    try convertReports()
    try convertSubsets()
    try summarize()
  }
}

// MARK: - Runs and steps

extension OnTheFlyReader {
  private func convertRuns() throws {
    let time = "\(column("created_at", of: "runs")) / 1000.0"
    try database.execute(
      """
      INSERT OR IGNORE INTO runs(name, display_name, project, started, updated, state)
        SELECT run_id, nullif(\(column("name", of: "runs")), run_id), \(column("project", of: "runs")), \(time), \(time), 'lost'
        FROM old.runs WHERE typeof(run_id) = 'text' AND run_id <> '' ORDER BY rowid
      """)
    for table in ["metrics", "logs", "checkpoints", "test_metrics", "session_final_models", "report_loss_dist", "run_subsets"]
    where has(table, "run_id") {
      try database.execute(
        """
        INSERT OR IGNORE INTO runs(name, state) SELECT DISTINCT run_id, 'lost' FROM old.\(table) WHERE typeof(run_id) = 'text' AND run_id <> ''
        """)
    }
    if has("run_edges", "child_run_id", "parent_run_id") { try convertEdges("child_run_id", "run_edges") }
    if has("runs", "parent_run_id") { try convertEdges("run_id", "runs") }
    try database.execute(
      """
      INSERT INTO sessions(name, project, run_name, started) SELECT 'onthefly:' || name, project, name, started FROM runs ORDER BY id;
      CREATE TEMP TABLE home(run INTEGER PRIMARY KEY, name TEXT UNIQUE, session INTEGER NOT NULL);
      INSERT INTO temp.home SELECT r.id, r.name, s.id FROM runs r JOIN sessions s ON s.name = 'onthefly:' || r.name;
      INSERT INTO session_runs(session, run) SELECT session, run FROM temp.home;
      """)
  }

  private func convertEdges(_ child: String, _ table: String) throws {
    try database.execute(
      """
      INSERT OR IGNORE INTO run_edges(child, parent) SELECT c.id, p.id FROM old.\(table) o
        JOIN runs c ON c.name = o.\(child) JOIN runs p ON p.name = o.parent_run_id WHERE c.id <> p.id
      """)
  }

  private func convertSteps() throws {
    let names = Self.metrics.filter { has("metrics", $0) }
    let list = names.map { ", m.\($0)" }.joined()
    try database.execute(
      """
      CREATE TEMP TABLE wide AS
        SELECT h.run AS run, h.session AS session, row_number() OVER (PARTITION BY h.run ORDER BY m.step, min(m.rowid)) AS seq, m.step AS step,
          m.epoch AS epoch, min(m.ts) / 1000.0 AS ts\(list)
        FROM old.metrics m JOIN temp.home h ON h.name = m.run_id WHERE typeof(m.step) = 'integer'
        GROUP BY h.run, m.step, m.epoch\(list);
      INSERT INTO events(session, seq, run, kind, ts, step, epoch)
        SELECT session, seq, run, \(EventKind.step.rawValue), ts, step, epoch FROM temp.wide ORDER BY session, seq;
      """)
    for name in names {
      let value = "typeof(\(name)) IN ('integer', 'real')"
      try database.execute(
        """
        INSERT OR IGNORE INTO metric_names(name) SELECT '\(name)' WHERE EXISTS(SELECT 1 FROM temp.wide WHERE \(value));
        INSERT INTO metrics(run, metric, step, session, seq, value)
          SELECT run, (SELECT id FROM metric_names WHERE name = '\(name)'), step, session, seq, CAST(\(name) AS REAL)
          FROM temp.wide WHERE \(value) ORDER BY run, step, session, seq;
        """)
    }
    try database.execute("DROP TABLE temp.wide")
  }

  private func convertLogs() throws {
    guard has("logs", "id", "run_id", "text") else { return }
    if has("logs", "session_id") {
      try database.execute(
        "INSERT OR IGNORE INTO sessions(name) SELECT DISTINCT session_id FROM old.logs WHERE typeof(session_id) = 'text' AND session_id <> ''"
      )
    }
    let session = column("session_id", of: "logs")
    try database.execute(
      """
      CREATE TEMP TABLE lines AS
        SELECT ifnull((SELECT s.id FROM sessions s WHERE s.name = \(session)), h.session) AS session, \(Self.logBase) + l.id AS seq,
          h.run AS run, ifnull(\(column("level", of: "logs")), 'info') AS level, \(column("phase", of: "logs")) AS phase,
          CAST(l.text AS TEXT) AS text, \(column("ts", of: "logs")) / 1000.0 AS ts,
          \(column("step", of: "logs")) AS step, \(column("epoch", of: "logs")) AS epoch
        FROM old.logs l LEFT JOIN temp.home h ON h.name = l.run_id;
      DELETE FROM temp.lines WHERE session IS NULL OR text IS NULL;
      INSERT OR IGNORE INTO events(session, seq, run, kind, ts, step, epoch)
        SELECT session, seq, run, \(EventKind.log.rawValue), ts, step, epoch FROM temp.lines;
      INSERT INTO logs(session, seq, run, level, phase, text, ts)
        SELECT session, seq, run, level, phase, text, ts FROM temp.lines ORDER BY seq;
      INSERT OR IGNORE INTO session_runs(session, run) SELECT DISTINCT session, run FROM temp.lines WHERE run IS NOT NULL;
      DROP TABLE temp.lines;
      """)
  }

  private func convertTests() throws {
    guard has("test_metrics", "run_id", "loss") else { return }
    try database.execute(
      """
      INSERT INTO test_steps(run, session, seq, step, loss, ts)
        SELECT h.run, h.session, \(Self.testBase) + t.rowid, \(column("step", of: "test_metrics")), t.loss, \(column("ts", of: "test_metrics")) / 1000.0
        FROM old.test_metrics t JOIN temp.home h ON h.name = t.run_id
      """)
  }
}

// MARK: - Files, reports and sums

extension OnTheFlyReader {
  /// The old ids stand in `kept` until the files have their places.
  private func convertCheckpoints() throws {
    if has("checkpoints", "ckpt_id", "run_id", "step", "path") {
      let time = column("created_at", of: "checkpoints")
      try database.execute(
        """
        INSERT OR IGNORE INTO checkpoints(run, session, step, path, kind, ts, kept)
          SELECT h.run, h.session, c.step, c.path, CASE WHEN c.ckpt_id GLOB '*:ring' THEN 'export' ELSE 'save' END, \(time) / 1000.0, c.ckpt_id
          FROM old.checkpoints c JOIN temp.home h ON h.name = c.run_id
          WHERE typeof(c.step) = 'integer' AND typeof(c.path) = 'text' ORDER BY \(time) DESC, c.rowid DESC
        """)
    }
    guard has("session_final_models", "session_id", "run_id", "ckpt_path") else { return }
    let (step, loss, time) = (
      column("step", of: "session_final_models"), column("avg_test_loss", of: "session_final_models"),
      column("updated_at", of: "session_final_models")
    )
    try database.execute(
      """
      INSERT OR IGNORE INTO sessions(name) SELECT session_id FROM old.session_final_models WHERE typeof(session_id) = 'text' AND session_id <> '';
      INSERT OR IGNORE INTO session_runs(session, run) SELECT s.id, h.run FROM old.session_final_models f
        JOIN sessions s ON s.name = f.session_id JOIN temp.home h ON h.name = f.run_id;
      INSERT INTO tests(run, session, seq, label, source, step, avg_loss, checkpoint, ts)
        SELECT h.run, s.id, \(Self.testBase), 'final', 'manual', \(step), \(loss), f.ckpt_path, \(time) / 1000.0
        FROM old.session_final_models f JOIN sessions s ON s.name = f.session_id JOIN temp.home h ON h.name = f.run_id;
      INSERT INTO checkpoints(run, session, step, path, kind, ts, kept)
        SELECT h.run, s.id, ifnull(\(step), 0), f.ckpt_path, 'test', \(time) / 1000.0, 'final:' || f.session_id
        FROM old.session_final_models f JOIN sessions s ON s.name = f.session_id JOIN temp.home h ON h.name = f.run_id
        WHERE typeof(f.ckpt_path) = 'text'
        ON CONFLICT(run, path, step) DO NOTHING;
      """)
  }

  private func convertReports() throws {
    guard has("report_loss_dist", "run_id", "subset_on", "losses", "sample_indices") else { return }
    let time = column("created_at", of: "report_loss_dist")
    let select = try database.prepare(
      """
      SELECT h.run, h.session, o.subset_on, \(column("note", of: "report_loss_dist")), \(column("at_step", of: "report_loss_dist")),
        \(column("at_epoch", of: "report_loss_dist")), CASE WHEN \(time) > 100000000000 THEN \(time) / 1000.0 ELSE \(time) END,
        o.losses, o.sample_indices, 'onthefly:' || h.name || ':' || o.subset_on || ':' || ifnull(\(time), 0)
      FROM old.report_loss_dist o JOIN temp.home h ON h.name = o.run_id
      """)
    let insert = try database.prepare(
      """
      INSERT INTO reports(run, session, subset_on, note, step, epoch, ts, samples, losses, indices, key)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    while try select.step() {
      let losses = try numbers(select.text(7) ?? "[]", "losses")
      let indices = try numbers(select.text(8) ?? "[]", "sample_indices")
      for column in [0, 1, 4, 5] as [Int32] { try insert.bind(column + 1, select.integer(column)) }
      for column in [2, 3] as [Int32] { try insert.bind(column + 1, select.text(column)) }
      try insert.bind(7, select.double(6))
      try insert.bind(8, Int64(losses.count))
      try insert.bind(9, blob: PackedNumbers.bytes(losses.map { $0.doubleValue ?? .nan }))
      try insert.bind(10, blob: PackedNumbers.bytes(indices.map { Int64($0.intValue ?? -1) }))
      try insert.bind(11, select.text(9))
      try insert.run()
    }
  }

  private func convertSubsets() throws {
    guard has("run_subsets", "run_id", "indices") else { return }
    let select = try database.prepare("SELECT h.run, o.indices FROM old.run_subsets o JOIN temp.home h ON h.name = o.run_id")
    let insert = try database.prepare("INSERT OR IGNORE INTO subsets(run, count, indices) VALUES (?, ?, ?)")
    while try select.step() {
      let indices = try numbers(select.text(1) ?? "[]", "indices").compactMap { $0.intValue.map(Int64.init) }
      try insert.bind(1, select.integer(0))
      try insert.bind(2, Int64(indices.count))
      try insert.bind(3, blob: PackedNumbers.bytes(indices))
      try insert.run()
    }
  }

  private func numbers(_ text: String, _ what: String) throws -> [JSONValue] {
    guard let list = (try? JSONValue(parsing: text))?.arrayValue else {
      throw PluginFailure(
        "cannot import the bundle: its database has '\(what)' that are no JSON array; nothing was imported", status: .invalid)
    }
    return list
  }

  private func summarize() throws {
    try database.execute(
      """
      INSERT INTO run_metrics(run, metric, count, min, max, last_value, last_step, last_session, last_seq)
        SELECT run, metric, count(*), min(value), max(value), 0, 0, 0, 0 FROM metrics GROUP BY run, metric;
      UPDATE run_metrics SET (last_value, last_step, last_session, last_seq) = (
        SELECT m.value, m.step, m.session, m.seq FROM metrics m WHERE m.run = run_metrics.run AND m.metric = run_metrics.metric
        ORDER BY m.step DESC, m.session DESC, m.seq DESC LIMIT 1);
      UPDATE runs SET (steps, last_step, started, updated) = (
        SELECT count(*), max(e.step), ifnull(runs.started, min(e.ts)), ifnull(max(e.ts), runs.updated)
        FROM temp.home h JOIN events e ON e.session = h.session WHERE h.run = runs.id AND e.kind = \(EventKind.step.rawValue));
      UPDATE runs SET (last_epoch, last_session, last_seq) = (
        SELECT e.epoch, e.session, e.seq FROM temp.home h JOIN events e ON e.session = h.session
        WHERE h.run = runs.id AND e.kind = \(EventKind.step.rawValue) ORDER BY e.seq DESC LIMIT 1);
      UPDATE runs SET last_loss = (
        SELECT r.last_value FROM run_metrics r JOIN metric_names n ON n.id = r.metric WHERE r.run = runs.id AND n.name = 'loss');
      UPDATE sessions SET last_seq = ifnull((SELECT max(e.seq) FROM events e WHERE e.session = sessions.id), 0),
        updated = (SELECT max(e.ts) FROM events e WHERE e.session = sessions.id);
      """)
  }
}
