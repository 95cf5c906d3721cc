// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import SQLite

/// The database of results and watches, brought up to date when it is opened.
enum ResultSchema {
  /// The version this build writes.
  static var current: Int64 { Int64(steps.count) }

  /// - Throws: `PluginFailure` when the file is of a newer release, which is left untouched, or is no database.
  static func open(path: String) throws -> Database {
    let database = try Database(path: path, busyTimeoutMs: 1_000)
    let found = try version(of: database)
    guard found <= current else {
      throw PluginFailure(
        "cannot use the database '\(path)': its schema is version \(found) and this build knows up to \(current); "
          + "update Jackfield, or move the file away to begin a new one",
        code: "schema_too_new", status: .unsupported)
    }
    _ = try database.text("PRAGMA journal_mode = WAL")
    try database.execute("PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4000")
    for step in found..<current {
      try database.transaction {
        try database.execute(steps[Int(step)])
        try database.execute("PRAGMA user_version = \(step + 1)")
      }
    }
    return database
  }

  private static func version(of database: Database) throws -> Int64 {
    do {
      return try database.integer("PRAGMA user_version") ?? 0
    } catch {
      switch error.code {
      case .notADatabase:
        throw PluginFailure(
          "cannot use the database '\(database.path)': it is some other kind of file; move it away to begin a new one",
          code: "not_a_database", status: .unsupported)
      default: throw error
      }
    }
  }

  /// One step each, run in a transaction of its own. Never edit one that was released: append.
  private static let steps: [String] = [first]

  private static let first = """
    CREATE TABLE results(
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,              -- the run's
      kernel TEXT NOT NULL, document TEXT,
      first_line INTEGER, last_line INTEGER,  -- where its lines stand now; null: code from nowhere
      source TEXT NOT NULL, code TEXT NOT NULL, hash TEXT NOT NULL, client TEXT NOT NULL,
      state TEXT NOT NULL,                  -- queued, running, ok, error, aborted, lost
      execution_count INTEGER, reason TEXT, timings TEXT,
      queued REAL NOT NULL, started REAL, ended REAL,
      freshness TEXT NOT NULL DEFAULT 'fresh',
      stale INTEGER NOT NULL DEFAULT 0, pinned INTEGER NOT NULL DEFAULT 0,
      left_out_outputs INTEGER NOT NULL DEFAULT 0, left_out_bytes INTEGER NOT NULL DEFAULT 0,
      revision INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX results_by_document ON results(document, first_line);
    CREATE INDEX results_by_kernel ON results(kernel);
    CREATE TABLE outputs(
      id INTEGER PRIMARY KEY,
      result INTEGER NOT NULL, position INTEGER NOT NULL,
      kind TEXT NOT NULL, name TEXT,        -- stream: stdout or stderr
      mime_types TEXT,                      -- JSON array
      display_id TEXT, execution_count INTEGER,
      body BLOB NOT NULL,                   -- text of a stream, or JSON as it came; behind what the file has
      blob TEXT, live TEXT, settled INTEGER NOT NULL DEFAULT 0,
      bytes INTEGER NOT NULL, lines INTEGER NOT NULL DEFAULT 0, left_out INTEGER NOT NULL DEFAULT 0,
      late INTEGER NOT NULL DEFAULT 0, time REAL NOT NULL,
      UNIQUE(result, position));
    CREATE INDEX outputs_by_display ON outputs(display_id) WHERE display_id IS NOT NULL;
    CREATE INDEX outputs_by_blob ON outputs(blob) WHERE blob IS NOT NULL;
    CREATE TABLE buffers(
      output INTEGER NOT NULL, position INTEGER NOT NULL, body BLOB, blob TEXT, bytes INTEGER NOT NULL,
      PRIMARY KEY(output, position)) WITHOUT ROWID;
    CREATE INDEX buffers_by_blob ON buffers(blob) WHERE blob IS NOT NULL;
    CREATE TABLE blobs(sha256 TEXT PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE watches(
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      scope TEXT NOT NULL, target TEXT NOT NULL,  -- document or kernel, and which
      expression TEXT NOT NULL, limit_ms INTEGER NOT NULL, added REAL NOT NULL,
      last TEXT);                           -- JSON of the last value
    CREATE TABLE watch_values(
      watch INTEGER NOT NULL, sequence INTEGER NOT NULL,
      time REAL NOT NULL, status TEXT NOT NULL, text TEXT NOT NULL, number REAL,
      PRIMARY KEY(watch, sequence)) WITHOUT ROWID;
    """
}
