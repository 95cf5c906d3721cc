// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import SQLite

/// Opens the database file and brings its schema up to date.
enum Schema {
  /// The size of a file of an older schema, with what is not moved into it yet; nil when there is nothing to be brought up to date.
  ///
  /// - Throws: `PluginFailure` as `open`.
  static func bytesToUpgrade(path: String) throws -> Int64? {
    try refuseNewer(path)
    guard let found = try version(ofExisting: path), found > 0, found < Migrations.current else { return nil }
    return ["", "-wal"].reduce(0) { $0 + (FileFacts(path: path + $1)?.bytes ?? 0) }
  }

  /// Opens for writing.
  ///
  /// - Parameter began: Hears of the connection at work, so that somebody can break it off.
  /// - Throws: `PluginFailure` when the file is of a newer release, which is left untouched, or is no database.
  static func open(path: String, began: (Interrupter) -> Void = { _ in }) throws -> Database {
    try refuseNewer(path)
    let database = try Database(path: path)
    began(database.interrupter)
    let found = try database.integer("PRAGMA user_version") ?? 0
    if found > 0, found < Migrations.current { try SafeCopy.make(of: database, version: found) }
    // The writer tries again by itself; a stop must not wait for longer than this.
    try database.execute("PRAGMA busy_timeout = 1000")
    _ = try database.text("PRAGMA journal_mode = WAL")
    try database.execute("PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000")
    // The writer checkpoints when it has nothing else to do; this is for when it always has.
    try database.execute("PRAGMA wal_autocheckpoint = 4000")
    try migrate(database, from: found)
    return database
  }

  /// Looks before touching: merely switching to WAL would write to a file we must not change.
  private static func refuseNewer(_ path: String) throws {
    guard let found = try version(ofExisting: path), found > Migrations.current else { return }
    throw PluginFailure(
      "cannot use the database '\(path)': its schema is version \(found) and this build knows up to \(Migrations.current); "
        + "update Jackfield, or move the file away to begin a new one",
      code: "schema_too_new", status: .unsupported)
  }

  /// The file's version, nil when there is no file.
  private static func version(ofExisting path: String) throws -> Int64? {
    do {
      return try Database(path: path, access: .readOnly).integer("PRAGMA user_version")
    } catch {
      // One catch with a switch: two conditional ones crash this compiler.
      switch error.code {
      case .cannotOpen: return nil
      case .notADatabase:
        throw PluginFailure(
          "cannot use the database '\(path)': it is some other kind of file; move it away to begin a new one",
          code: "not_a_database", status: .unsupported)
      default: throw error
      }
    }
  }

  private static func migrate(_ database: Database, from found: Int64) throws {
    for version in found..<Migrations.current {
      do {
        try bring(database, from: version, to: version + 1)
      } catch let error as SQLiteError where error.code == .full {
        throw PluginFailure(
          "cannot bring the database '\(database.path)' from schema \(version) to \(version + 1): \(error.message); nothing was changed; "
            + "free space and start again", code: "no_room")
      }
    }
  }

  /// Brings a database from one version to another, each step in a transaction of its own. What is not the store's own file, a copy or one
  /// that is to be imported, is made by the same steps.
  static func bring(_ database: Database, from first: Int64 = 0, to last: Int64 = Migrations.current) throws {
    for version in first..<last {
      try database.transaction { try takeStep(from: version, database) }
    }
  }

  /// Takes one step, in the transaction of its caller: tables and what is to be in them.
  static func takeStep(from version: Int64, _ database: Database) throws {
    try database.execute(Migrations.all[Int(version)])
    if version == 1 { try Backfill(database: database).run() }
    try database.execute("PRAGMA user_version = \(version + 1)")
  }
}
