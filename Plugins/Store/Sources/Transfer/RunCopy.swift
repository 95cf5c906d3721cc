// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// `store.copy_runs`: a database of its own with the rows of some runs, as they are at one moment.
struct RunCopy {
  struct Input: Decodable, Sendable {
    var path: String
    var runs: [String]?
    var format: Format?
  }

  enum Format: String, Decodable, Sendable {
    /// Today's schema of this store.
    case jackfield
    /// The schema of the earlier dashboard.
    case onthefly
  }

  private let live: String
  private let files: CheckpointFiles
  private let target: Database
  private var absentParents: [String: [String]] = [:]

  /// Makes the copy.
  ///
  /// - Parameters:
  ///   - live: The store's own file, only read.
  ///   - files: Where its kept checkpoints are.
  ///   - began: Hears of the connection at work, so that somebody can break it off.
  static func make(_ input: Input, live: String, files: CheckpointFiles, began: (Interrupter) -> Void) throws -> JSONValue {
    try TransferFiles.requireAbsolute(input.path)
    guard !FileTools.exists(input.path) else {
      throw PluginFailure("cannot copy runs to '\(input.path)': it exists already; name a new file", code: "exists", status: .invalid)
    }
    let native = input.format == .onthefly ? input.path + ".native" : input.path
    defer { if input.format == .onthefly { TransferFiles.removeDatabase(native) } }
    do {
      var copy = try RunCopy(live: live, files: files, path: native)
      began(copy.target.interrupter)
      try copy.fill(with: input.runs)
      if input.format == .onthefly { try OnTheFlyWriter.write(from: native, to: input.path, began: began) }
      return try copy.answer(path: input.path)
    } catch {
      TransferFiles.removeDatabase(native)
      TransferFiles.removeDatabase(input.path)
      throw Self.explained(error, input.path)
    }
  }

  private init(live: String, files: CheckpointFiles, path: String) throws {
    self.live = live
    self.files = files
    target = try Database(path: path)
    // What is cut short is removed, so no page needs to be saved before it is written; sorting may use files.
    try target.execute("PRAGMA page_size = 4096; PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA cache_size = -8000")
    try Schema.bring(target)
    try TransferTables.attach(live, as: "live", to: target)
  }

  /// Copies all tables in one transaction, which sees the live database as it is at its first look.
  private mutating func fill(with runs: [String]?) throws {
    try target.transaction(.deferred) {
      try choose(runs)
      absentParents = try AbsentParents.ofCopy(target)
      for table in TransferTables.all { try copy(table.name, where: table.wanted) }
      try target.execute("UPDATE main.runs SET bundle = NULL, bundle_name = NULL")
    }
    try target.execute("DETACH live")
  }

  private func choose(_ runs: [String]?) throws {
    try target.execute("CREATE TEMP TABLE chosen(id INTEGER PRIMARY KEY); CREATE TEMP TABLE chosen_sessions(id INTEGER PRIMARY KEY)")
    if let runs {
      let insert = try target.prepare("INSERT OR IGNORE INTO temp.chosen SELECT id FROM live.runs WHERE name = ?1")
      for name in runs {
        try insert.bind(1, name)
        try insert.run()
        // The same sentence, with its hint, as every other command that is given a wrong name.
        if try target.integer("SELECT changes()") == 0 { _ = try RunFinder.run(name, Database(path: live, access: .readOnly)) }
      }
    } else {
      try target.execute("INSERT INTO temp.chosen SELECT id FROM live.runs")
    }
    try target.execute(
      """
      INSERT OR IGNORE INTO temp.chosen_sessions SELECT session FROM live.session_runs WHERE run IN (SELECT id FROM temp.chosen);
      INSERT OR IGNORE INTO temp.chosen_sessions SELECT session FROM live.events WHERE run IN (SELECT id FROM temp.chosen);
      INSERT OR IGNORE INTO temp.chosen_sessions
        SELECT process FROM live.sessions WHERE process IS NOT NULL AND id IN (SELECT id FROM temp.chosen_sessions);
      """)
  }

  private func copy(_ table: String, where wanted: String) throws {
    let columns = try TransferTables.columns(of: table, in: target).joined(separator: ", ")
    try target.execute("INSERT INTO main.\(table)(\(columns)) SELECT \(columns) FROM live.\(table) AS c WHERE \(wanted)")
  }

  private func answer(path: String) throws -> JSONValue {
    var runs: [JSONValue] = []
    try target.prepare("SELECT name, steps, last_step, state FROM runs ORDER BY id").forEachRow { row in
      runs.append([
        "name": JSONValue(row.text(0)), "steps": JSONValue(row.integer(1)), "last_step": JSONValue(row.integer(2)),
        "state": JSONValue(row.text(3)), "absent_parents": .array((absentParents[row.text(0) ?? ""] ?? []).map { .string($0) }),
      ])
    }
    return [
      "runs": .array(runs), "checkpoints": .array(try checkpoints()), "bytes": .integer(FileFacts(path: path)?.bytes ?? 0),
      "schema": .integer(Migrations.current),
    ]
  }

  private func checkpoints() throws -> [JSONValue] {
    var found: [JSONValue] = []
    let select = try target.prepare(
      """
      SELECT c.id, r.name, c.step, c.path, c.kept, c.kind, s.name, \(OnTheFlyWriter.checkpointID) FROM checkpoints c
      JOIN runs r ON r.id = c.run LEFT JOIN sessions s ON s.id = c.session ORDER BY c.run, c.step, c.id
      """)
    try select.forEachRow { row in
      let path = row.text(3) ?? ""
      let kept = row.text(4)
      found.append([
        "id": JSONValue(row.integer(0)), "run": JSONValue(row.text(1)), "step": JSONValue(row.integer(2)), "path": .string(path),
        "kept_path": JSONValue(kept.map(files.path)), "usable_path": JSONValue(files.usable(path: path, kept: kept)),
        "kind": JSONValue(row.text(5)), "session": JSONValue(row.text(6)),
        "legacy_id": JSONValue(row.text(7)),
      ])
    }
    return found
  }

  private static func explained(_ error: any Error, _ path: String) -> any Error {
    guard let error = error as? SQLiteError else { return error }
    switch error.code {
    case .interrupted: return CancellationError()
    case .full:
      return PluginFailure("cannot copy runs to '\(path)': the disk is full; free space or name another disk", code: "disk_full")
    default: return PluginFailure("cannot copy runs to '\(path)': \(error.message)", code: "copy_failed")
    }
  }
}
