// SPDX-License-Identifier: Apache-2.0
// The schema as it grew. Never edit an entry that was released: append one.

/// The steps that bring an empty file to today's schema; the file's `user_version` says how many were taken.
enum Migrations {
  /// The version this build writes.
  static var current: Int64 { Int64(all.count) }

  /// One step each, run in a transaction of its own.
  static let all: [String] = [first]

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
}
