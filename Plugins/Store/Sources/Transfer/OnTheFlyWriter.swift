// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// Writes a database that the earlier dashboard can open, from a copy in our schema.
///
/// It has columns for ten metrics and knows nothing of sessions, health or alerts: those stay behind.
enum OnTheFlyWriter {
  /// An id as it made them, RUN:STEP:MILLIS, of the checkpoint `c` of the run `r`; ours is added so that no two are the same.
  static let checkpointID = "r.name || ':' || c.step || ':' || (CAST(round(ifnull(c.ts, 0) * 1000) AS INTEGER) + c.id)"

  private static let schema = """
    CREATE TABLE runs(run_id TEXT PRIMARY KEY, parent_run_id TEXT, project TEXT, name TEXT, created_at INTEGER);
    CREATE TABLE run_edges(child_run_id TEXT NOT NULL, parent_run_id TEXT NOT NULL, PRIMARY KEY(child_run_id, parent_run_id));
    CREATE TABLE run_subsets(run_id TEXT PRIMARY KEY, indices TEXT);
    CREATE TABLE checkpoints(ckpt_id TEXT PRIMARY KEY, run_id TEXT, step INTEGER, path TEXT, created_at INTEGER);
    CREATE TABLE metrics(run_id TEXT, step INTEGER, epoch INTEGER, loss REAL, val_loss REAL, accuracy REAL, lr REAL, grad_norm REAL,
      weight_norm REAL, activation_zero_frac REAL, throughput REAL, mem_vram REAL, gpu_util REAL, ts INTEGER);
    CREATE TABLE summaries(run_id TEXT PRIMARY KEY, final_loss REAL, val_loss REAL);
    CREATE TABLE kv(k TEXT PRIMARY KEY, v TEXT);
    CREATE TABLE logs(id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT, session_id TEXT, level TEXT, text TEXT, phase TEXT, step INTEGER,
      epoch INTEGER, ts INTEGER);
    CREATE TABLE test_metrics(run_id TEXT, step INTEGER, loss REAL, ts INTEGER);
    CREATE TABLE session_final_models(session_id TEXT PRIMARY KEY, run_id TEXT, ckpt_path TEXT, step INTEGER, avg_test_loss REAL,
      updated_at INTEGER);
    CREATE TABLE report_loss_dist(run_id TEXT NOT NULL, subset_on TEXT NOT NULL, losses TEXT NOT NULL,
      sample_indices TEXT NOT NULL DEFAULT '[]', note TEXT, at_step INTEGER, at_epoch INTEGER, samples INTEGER,
      created_at INTEGER NOT NULL DEFAULT (strftime('%s', 'now')), PRIMARY KEY(run_id, subset_on));
    CREATE INDEX idx_metrics_run_step ON metrics(run_id, step);
    CREATE INDEX idx_metrics_run ON metrics(run_id);
    CREATE INDEX idx_edges_child ON run_edges(child_run_id);
    CREATE INDEX idx_edges_parent ON run_edges(parent_run_id);
    CREATE INDEX idx_logs_run ON logs(run_id);
    CREATE INDEX idx_logs_phase ON logs(phase);
    CREATE INDEX idx_test_metrics_run_step ON test_metrics(run_id, step);
    CREATE INDEX idx_report_loss_dist_run ON report_loss_dist(run_id);
    """

  /// Writes a new file at `path` from the copy at `native`.
  static func write(from native: String, to path: String, began: (Interrupter) -> Void) throws {
    let database = try Database(path: path)
    began(database.interrupter)
    try TransferTables.attach(native, as: "ours", to: database)
    try database.transaction {
      try database.execute(schema)
      try database.execute(rows)
      try writeMetrics(database)
      try writeReports(database)
      try writeSubsets(database)
    }
    try database.execute("DETACH ours")
  }

  private static let rows = """
    INSERT INTO runs SELECT r.name, (SELECT p.name FROM ours.run_edges e JOIN ours.runs p ON p.id = e.parent WHERE e.child = r.id ORDER BY p.id),
      ifnull(r.project, 'default'), r.name, \(millis("r.started")) FROM ours.runs r ORDER BY r.id;
    INSERT INTO run_edges SELECT c.name, p.name FROM ours.run_edges e JOIN ours.runs c ON c.id = e.child JOIN ours.runs p ON p.id = e.parent;
    INSERT INTO checkpoints SELECT \(checkpointID), r.name, c.step, c.path, \(millis("c.ts"))
      FROM ours.checkpoints c JOIN ours.runs r ON r.id = c.run ORDER BY c.id;
    INSERT INTO summaries SELECT r.name, NULL, e.val_loss FROM ours.runs r JOIN ours.epochs e ON e.run = r.id
      WHERE e.val_loss IS NOT NULL ORDER BY e.epoch ON CONFLICT(run_id) DO UPDATE SET val_loss = excluded.val_loss;
    INSERT INTO logs(run_id, session_id, level, text, phase, step, epoch, ts)
      SELECT r.name, s.name, l.level, l.text, l.phase, e.step, e.epoch, \(millis("l.ts")) FROM ours.logs l JOIN ours.sessions s ON s.id = l.session
      LEFT JOIN ours.runs r ON r.id = l.run LEFT JOIN ours.events e ON e.session = l.session AND e.seq = l.seq ORDER BY l.id;
    INSERT INTO test_metrics SELECT r.name, t.step, t.loss, \(millis("t.ts")) FROM ours.test_steps t JOIN ours.runs r ON r.id = t.run;
    INSERT OR REPLACE INTO session_final_models SELECT s.name, r.name, t.checkpoint, t.step, t.avg_loss, \(millis("t.ts"))
      FROM ours.tests t JOIN ours.sessions s ON s.id = t.session JOIN ours.runs r ON r.id = t.run
      WHERE t.checkpoint IS NOT NULL ORDER BY t.id;
    """

  private static func millis(_ column: String) -> String { "CAST(round(\(column) * 1000) AS INTEGER)" }

  private static func writeMetrics(_ database: Database) throws {
    let values = OnTheFlyReader.metrics.map { name in
      """
      (SELECT m.value FROM ours.metrics m WHERE m.run = e.run AND m.metric = (SELECT n.id FROM ours.metric_names n WHERE n.name = '\(name)')
        AND m.step = e.step AND m.session = e.session AND m.seq = e.seq)
      """
    }
    try database.execute(
      """
      INSERT INTO metrics SELECT r.name, e.step, e.epoch, \(values.joined(separator: ", ")), \(millis("e.ts"))
      FROM ours.events e JOIN ours.runs r ON r.id = e.run WHERE e.kind = \(EventKind.step.rawValue) AND e.step IS NOT NULL
      """)
  }

  private static func writeReports(_ database: Database) throws {
    let select = try database.prepare(
      """
      SELECT r.name, o.subset_on, o.note, o.step, o.epoch, o.samples, \(millis("ifnull(o.ts, 0)")), o.losses, o.indices
      FROM ours.reports o JOIN ours.runs r ON r.id = o.run ORDER BY o.id
      """)
    let insert = try database.prepare(
      """
      INSERT OR REPLACE INTO report_loss_dist(run_id, subset_on, note, at_step, at_epoch, samples, created_at, losses, sample_indices)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    while try select.step() {
      for column in 0..<3 as Range<Int32> { try insert.bind(column + 1, select.text(column)) }
      for column in 3..<7 as Range<Int32> { try insert.bind(column + 1, select.integer(column)) }
      let losses = PackedNumbers.numbers(select.blob(7) ?? []).map { JSONValue.number($0) }
      let indices = PackedNumbers.integers(select.blob(8) ?? []).map { JSONValue.integer($0) }
      try insert.bind(8, JSONValue.array(losses).serialized())
      try insert.bind(9, JSONValue.array(indices).serialized())
      try insert.run()
    }
  }

  private static func writeSubsets(_ database: Database) throws {
    let select = try database.prepare("SELECT r.name, s.indices FROM ours.subsets s JOIN ours.runs r ON r.id = s.run")
    let insert = try database.prepare("INSERT INTO run_subsets(run_id, indices) VALUES (?, ?)")
    while try select.step() {
      let indices = PackedNumbers.integers(select.blob(1) ?? []).map { JSONValue.integer($0) }
      try insert.bind(1, select.text(0))
      try insert.bind(2, JSONValue.array(indices).serialized())
      try insert.run()
    }
  }
}
