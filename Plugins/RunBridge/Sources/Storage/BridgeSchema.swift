// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import SQLite

/// The bridge's database, brought up to date when it is opened.
enum BridgeSchema {
  /// One step each, run in a transaction of its own. Never edit one that was released: append.
  static let steps = [first]

  /// - Throws: `PluginFailure` when the file is of a newer release, which is left untouched, or is no database.
  static func open(path: String, steps: [String] = steps) throws -> Database {
    let database = try Database(path: path, busyTimeoutMs: 1_000)
    let found = try version(of: database)
    guard found <= steps.count else {
      throw PluginFailure(
        "cannot use the database '\(path)': its schema is version \(found) and this build knows up to \(steps.count); "
          + "update Jackfield, or move the file away to begin a new one",
        code: "schema_too_new", status: .unsupported)
    }
    _ = try database.text("PRAGMA journal_mode = WAL")
    try database.execute("PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -1000")
    for step in found..<steps.count {
      try database.transaction {
        try database.execute(steps[step])
        try database.execute("PRAGMA user_version = \(step + 1)")
      }
    }
    return database
  }

  private static func version(of database: Database) throws -> Int {
    do {
      return Int(try database.integer("PRAGMA user_version") ?? 0)
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

  private static let first = """
    CREATE TABLE runs(
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, session TEXT NOT NULL,
      token_hash BLOB,                      -- SHA-256 of the token; null when it was revoked
      workspace TEXT, cwd TEXT, command TEXT NOT NULL, scopes TEXT NOT NULL,  -- JSON
      address TEXT,                         -- what its scripts connect to
      kind TEXT NOT NULL,                   -- terminal, captured
      output TEXT,                          -- the folder of a captured run's output
      pid INTEGER, pid_began INTEGER,
      started REAL NOT NULL, ended REAL, status INTEGER, signal INTEGER, reason TEXT);
    CREATE TABLE operations(
      number INTEGER PRIMARY KEY,
      run TEXT NOT NULL, run_name TEXT NOT NULL, workspace TEXT,
      connection INTEGER,                   -- of the door; null: announced by a debug adapter
      operation TEXT NOT NULL,              -- as the script names it
      resume_token TEXT, type TEXT NOT NULL, name TEXT,
      body TEXT NOT NULL,                   -- JSON, as it came
      announced REAL NOT NULL, deadline REAL,
      state TEXT NOT NULL,                  -- waiting, submitted, delivered, failed, expired, cancelled, orphaned
      result TEXT, error TEXT, by TEXT, ended REAL,  -- the result is JSON
      size INTEGER NOT NULL,                -- in bytes, of body and result
      secret_hash BLOB);                    -- SHA-256 of the token for POST /submit; null when it was used
    CREATE INDEX operations_by_run ON operations(run, resume_token);
    CREATE INDEX operations_waiting ON operations(state) WHERE state IN ('waiting', 'submitted');
    CREATE TABLE messages(
      number INTEGER PRIMARY KEY,
      conversation TEXT NOT NULL, run TEXT NOT NULL,
      role TEXT NOT NULL, time REAL NOT NULL, size INTEGER NOT NULL,  -- in bytes, of the content
      model TEXT, content TEXT NOT NULL);
    CREATE INDEX messages_by_conversation ON messages(run, conversation, number, size);
    CREATE INDEX messages_by_run ON messages(run, number);
    CREATE INDEX messages_by_time ON messages(time);
    CREATE TABLE consents(
      number INTEGER PRIMARY KEY,
      run TEXT,                             -- null: for all runs of the workspace
      workspace TEXT, command TEXT NOT NULL,
      decision TEXT NOT NULL,               -- allow, deny
      given REAL NOT NULL, by TEXT);
    CREATE TABLE audit(
      number INTEGER PRIMARY KEY,
      time REAL NOT NULL, run TEXT NOT NULL, run_name TEXT NOT NULL,
      what TEXT NOT NULL,                   -- the request's type
      detail TEXT,                          -- as the command's name; never arguments
      decision TEXT NOT NULL,               -- allowed, by scope, by configuration, by consent, denied …
      outcome TEXT, milliseconds REAL, by TEXT);
    """
}
