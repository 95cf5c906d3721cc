// SPDX-License-Identifier: Apache-2.0
// The schema as it grew. Never edit an entry that was released: append one.

/// The steps that bring an empty file to today's schema; the file's `user_version` says how many were taken.
enum Migrations {
  /// The version this build writes.
  static var current: Int64 { Int64(all.count) }

  /// One step each, run in a transaction of its own.
  static let all: [String] = [first, second, third]

  /// Ids of runs, sessions and metrics are small integers; the trainer's own names stand in the `name` columns.
  private static let first = """
    CREATE TABLE sessions(
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,            -- '' gathers what came without an envelope
      project TEXT, run_name TEXT,
      started REAL, updated REAL,           -- Unix seconds by the trainer's clock
      last_seq INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE runs(
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      display_name TEXT, project TEXT, meta TEXT,
      state TEXT NOT NULL DEFAULT 'new',
      state_session INTEGER, state_seq INTEGER, paused_step INTEGER,
      steps INTEGER NOT NULL DEFAULT 0,
      last_step INTEGER, last_epoch INTEGER, last_loss REAL, last_session INTEGER, last_seq INTEGER,
      started REAL, updated REAL);
    CREATE INDEX runs_by_time ON runs(started, id);
    CREATE TABLE session_runs(session INTEGER NOT NULL, run INTEGER NOT NULL, PRIMARY KEY(run, session)) WITHOUT ROWID;
    CREATE INDEX session_runs_by_session ON session_runs(session);
    CREATE TABLE run_edges(child INTEGER NOT NULL, parent INTEGER NOT NULL, PRIMARY KEY(child, parent)) WITHOUT ROWID;
    CREATE INDEX run_edges_by_parent ON run_edges(parent);
    -- One row for each stored event: nothing is stored twice. `body` keeps whole what has no table of its own yet.
    CREATE TABLE events(
      session INTEGER NOT NULL, seq INTEGER NOT NULL,
      run INTEGER, kind INTEGER NOT NULL, ts REAL, step INTEGER, epoch INTEGER, body TEXT,
      PRIMARY KEY(session, seq)) WITHOUT ROWID;
    CREATE TABLE metric_names(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    -- A value that was null or missing has no row.
    CREATE TABLE metrics(
      run INTEGER NOT NULL, metric INTEGER NOT NULL, step INTEGER NOT NULL, session INTEGER NOT NULL, seq INTEGER NOT NULL,
      value REAL NOT NULL,
      PRIMARY KEY(run, metric, step, session, seq)) WITHOUT ROWID;
    CREATE TABLE run_metrics(
      run INTEGER NOT NULL, metric INTEGER NOT NULL,
      count INTEGER NOT NULL, min REAL NOT NULL, max REAL NOT NULL,
      last_value REAL NOT NULL, last_step INTEGER NOT NULL, last_session INTEGER NOT NULL, last_seq INTEGER NOT NULL,
      PRIMARY KEY(run, metric)) WITHOUT ROWID;
    CREATE TABLE epochs(
      run INTEGER NOT NULL, epoch INTEGER NOT NULL, session INTEGER NOT NULL, seq INTEGER NOT NULL,
      val_loss REAL, ts REAL,
      PRIMARY KEY(run, epoch, session, seq)) WITHOUT ROWID;
    CREATE TABLE logs(
      id INTEGER PRIMARY KEY,
      session INTEGER NOT NULL, seq INTEGER NOT NULL, run INTEGER,
      level TEXT NOT NULL, phase TEXT, text TEXT NOT NULL, ts REAL);
    CREATE INDEX logs_by_run ON logs(run, id);
    CREATE INDEX logs_by_session ON logs(session, id);
    """

  /// Everything a person does with a run: the pyramid behind zoomed series, tests, checkpoints, reports, health, bundles, full-text search.
  private static let second = """
    -- Processes that a trainer runs in; `process` is the session of the process that `train.start` spawned.
    ALTER TABLE sessions ADD COLUMN pid INTEGER;
    ALTER TABLE sessions ADD COLUMN cwd TEXT;
    ALTER TABLE sessions ADD COLUMN process INTEGER;
    ALTER TABLE sessions ADD COLUMN command TEXT;          -- JSON array, of a spawned process
    ALTER TABLE sessions ADD COLUMN exit_status INTEGER;   -- of a spawned process that exited
    ALTER TABLE sessions ADD COLUMN exit_signal INTEGER;   -- of a spawned process that was killed
    ALTER TABLE sessions ADD COLUMN ended REAL;
    ALTER TABLE runs ADD COLUMN title TEXT;                -- given by a person; wins over display_name
    ALTER TABLE runs ADD COLUMN archived REAL;             -- when; null: not archived
    ALTER TABLE runs ADD COLUMN bundle INTEGER;            -- the bundle it was imported from
    ALTER TABLE runs ADD COLUMN bundle_name TEXT;          -- its name there
    -- Steps by 64, 4 096 and 262 144 (level 0, 1, 2; bucket = step >> 6, 12, 18), over all sessions of the run.
    CREATE TABLE pyramid(
      run INTEGER NOT NULL, metric INTEGER NOT NULL, level INTEGER NOT NULL, bucket INTEGER NOT NULL,
      count INTEGER NOT NULL, sum REAL NOT NULL,
      min REAL NOT NULL, min_step INTEGER NOT NULL, max REAL NOT NULL, max_step INTEGER NOT NULL,
      first REAL NOT NULL, first_step INTEGER NOT NULL, last REAL NOT NULL, last_step INTEGER NOT NULL,
      PRIMARY KEY(run, metric, level, bucket)) WITHOUT ROWID;
    CREATE TABLE tests(
      id INTEGER PRIMARY KEY,
      run INTEGER NOT NULL, session INTEGER NOT NULL, seq INTEGER NOT NULL,
      label TEXT, source TEXT, step INTEGER, avg_loss REAL, checkpoint TEXT, ts REAL,
      UNIQUE(session, seq));
    CREATE INDEX tests_by_run ON tests(run, id);
    CREATE TABLE test_steps(
      run INTEGER NOT NULL, session INTEGER NOT NULL, seq INTEGER NOT NULL, step INTEGER, loss REAL, ts REAL,
      PRIMARY KEY(run, session, seq)) WITHOUT ROWID;
    CREATE TABLE checkpoints(
      id INTEGER PRIMARY KEY,
      run INTEGER NOT NULL, session INTEGER, step INTEGER NOT NULL,
      path TEXT NOT NULL,                   -- absolute wherever the trainer's working directory is known
      kind TEXT NOT NULL,                   -- pause, save, test, fork, merge, export, import
      ts REAL, bytes INTEGER, sha256 TEXT,
      kept TEXT,                            -- our own copy, below the data directory's checkpoints/
      UNIQUE(run, path, step));
    CREATE INDEX checkpoints_by_run ON checkpoints(run, step, id);
    CREATE INDEX checkpoints_by_path ON checkpoints(path);
    -- `indices` and `losses` are arrays of little-endian int64 and float64; NaN stands for a loss that was null.
    CREATE TABLE subsets(run INTEGER PRIMARY KEY, ts REAL, count INTEGER NOT NULL, indices BLOB NOT NULL);
    CREATE TABLE reports(
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,             -- of the reply that brought it
      run INTEGER NOT NULL, session INTEGER, subset_on TEXT NOT NULL, note TEXT, step INTEGER, epoch INTEGER, checkpoint TEXT,
      samples INTEGER NOT NULL, ts REAL, losses BLOB NOT NULL, indices BLOB NOT NULL);
    CREATE INDEX reports_by_run ON reports(run, id);
    CREATE TABLE health(
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      run INTEGER NOT NULL, session INTEGER, name TEXT NOT NULL, verdict TEXT NOT NULL, sentence TEXT NOT NULL,
      text TEXT, fields TEXT, step INTEGER, epoch INTEGER, ts REAL NOT NULL);
    CREATE INDEX health_by_run ON health(run, name, id);
    CREATE TABLE alerts(
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,             -- one for each episode
      run INTEGER, session INTEGER, kind TEXT NOT NULL, severity TEXT NOT NULL, sentence TEXT NOT NULL, fields TEXT,
      step INTEGER, ts REAL NOT NULL, ended REAL);
    CREATE INDEX alerts_by_run ON alerts(run, id);
    CREATE TABLE artifacts(
      id INTEGER PRIMARY KEY,
      run INTEGER NOT NULL, session INTEGER NOT NULL, seq INTEGER NOT NULL, path TEXT NOT NULL, rows INTEGER, ts REAL,
      UNIQUE(session, seq));
    CREATE INDEX artifacts_by_run ON artifacts(run, id);
    CREATE TABLE bundles(
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,             -- sha256 of the manifest and the direction
      direction TEXT NOT NULL, path TEXT NOT NULL, format TEXT NOT NULL, manifest TEXT, runs TEXT NOT NULL, ts REAL NOT NULL);
    -- Lines are indexed when the writer has nothing else to do; `logs_indexed` says how far. Younger ones are searched by reading.
    CREATE VIRTUAL TABLE logs_text USING fts5(text, content = 'logs', content_rowid = 'id', tokenize = 'unicode61');
    CREATE TABLE logs_indexed(last INTEGER NOT NULL);
    INSERT INTO logs_indexed VALUES (0);
    """

  /// Of `EventKind`: pauses, resumptions, stops and ends, the few events of a run that are looked for by its number.
  static let markedKinds = "6, 7, 8, 9"

  /// What happened to a run is found without reading the events of all its steps.
  private static let third = "CREATE INDEX events_marked ON events(run, kind) WHERE kind IN (6, 7, 8, 9);"
}
