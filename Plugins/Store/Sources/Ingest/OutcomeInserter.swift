// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// Writes what training leaves behind into its tables: tests, checkpoints, artifacts.
///
/// It asks the database alone, so ingest and the migration of an older file do the same. What is repeated changes nothing.
struct OutcomeInserter {
  /// Where an event belongs.
  struct Place {
    var session: Int64
    var seq: Int64
    var run: Int64
    var step: Int64?
    /// Unix seconds by the trainer's clock.
    var ts: Double?
    /// The trainer's working directory, if it is known.
    var cwd: String?
  }

  let database: Database

  /// Writes what an event tells, if it is of such a kind.
  ///
  /// - Returns: How many rows it became.
  func insert(_ event: JSONElement, _ kind: EventKind, at place: Place) throws(SQLiteError) -> Int {
    switch kind {
    case .testStep: return try insertTestStep(event, place)
    case .testComplete: return try insertTest(event, kind, twin: .autoTestComplete, place)
    case .autoTestComplete: return try insertTest(event, kind, twin: .testComplete, place)
    case .paused: return try insertCheckpoint(event["ckpt"]?.string, .pause, at: place)
    case .checkpointSaved: return try insertCheckpoint(event["path"]?.string, .save, at: place)
    case .newRun: return try insertOrigin(event["meta"], place)
    case .artifact: return try insertArtifact(event, place)
    case .other, .step, .log, .epoch, .session, .resumed, .stopping, .finished, .runTransition, .runFinalized, .error, .processStarted,
      .processJoined, .processEnded:
      return 0
    }
  }

  /// Writes a checkpoint's file down, unless it is known or nothing says of which step it is.
  ///
  /// - Returns: How many rows it became.
  func insertCheckpoint(_ path: String?, _ kind: CheckpointKind, at place: Place) throws(SQLiteError) -> Int {
    guard let path, !path.isEmpty, let step = place.step ?? TrainerPath.step(of: path) else { return 0 }
    let insert = try database.cached("INSERT OR IGNORE INTO checkpoints(run, session, step, path, kind, ts) VALUES (?, ?, ?, ?, ?, ?)")
    try insert.bind(1, place.run)
    try insert.bind(2, place.session)
    try insert.bind(3, step)
    try insert.bind(4, TrainerPath.absolute(path, in: place.cwd))
    try insert.bind(5, kind.rawValue)
    try insert.bind(6, place.ts)
    try insert.run()
    return database.changes
  }

  /// The row of a run, made when missing.
  func run(named name: String) throws(SQLiteError) -> Int64 {
    let insert = try database.cached("INSERT OR IGNORE INTO runs(name) VALUES (?)")
    try insert.bind(1, name)
    try insert.run()
    let select = try database.cached("SELECT id FROM runs WHERE name = ?")
    defer { select.reset() }
    try select.bind(1, name)
    return try select.step() ? select.integer(0) ?? 0 : 0
  }

  private func insertTestStep(_ event: JSONElement, _ place: Place) throws(SQLiteError) -> Int {
    let insert = try database.cached("INSERT OR IGNORE INTO test_steps(run, session, seq, step, loss, ts) VALUES (?, ?, ?, ?, ?, ?)")
    try insert.bind(1, place.run)
    try insert.bind(2, place.session)
    try insert.bind(3, place.seq)
    try insert.bind(4, place.step)
    try insert.bind(5, event["loss"]?.double)
    try insert.bind(6, place.ts)
    try insert.run()
    return database.changes
  }

  /// The trainer tells of the test at its end twice, in two kinds of event; whichever comes first is the row.
  private func insertTest(_ event: JSONElement, _ kind: EventKind, twin: EventKind, _ place: Place) throws(SQLiteError) -> Int {
    let path = event["ckpt_path"]?.string.flatMap { $0.isEmpty ? nil : TrainerPath.absolute($0, in: place.cwd) }
    let checkpoints = try insertCheckpoint(path, .test, at: place)
    let (label, source) = (event["label"]?.string, event["source"]?.string)
    guard try !isTold(as: twin, place, label, source) else { return checkpoints }
    let insert = try database.cached(
      "INSERT OR IGNORE INTO tests(run, session, seq, label, source, step, avg_loss, checkpoint, ts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    try insert.bind(1, place.run)
    try insert.bind(2, place.session)
    try insert.bind(3, place.seq)
    try insert.bind(4, label)
    try insert.bind(5, source)
    try insert.bind(6, place.step)
    try insert.bind(7, event["avg_loss"]?.double)
    try insert.bind(8, path)
    try insert.bind(9, place.ts)
    try insert.run()
    return checkpoints + database.changes
  }

  private func isTold(as twin: EventKind, _ place: Place, _ label: String?, _ source: String?) throws(SQLiteError) -> Bool {
    let select = try database.cached(
      """
      SELECT 1 FROM tests JOIN events USING (session, seq)
      WHERE tests.session = ? AND tests.run = ? AND tests.step IS ? AND label IS ? AND source IS ? AND kind = ?
      """)
    defer { select.reset() }
    try select.bind(1, place.session)
    try select.bind(2, place.run)
    try select.bind(3, place.step)
    try select.bind(4, label)
    try select.bind(5, source)
    try select.bind(6, twin.rawValue)
    return try select.step()
  }

  /// A fork begins from a checkpoint of the run it leaves: the file is that run's, and so is the row.
  private func insertOrigin(_ meta: JSONElement?, _ place: Place) throws(SQLiteError) -> Int {
    guard let meta, let path = meta["init_from"]?.string, let parent = meta["from"]?.string, !parent.isEmpty else { return 0 }
    var place = place
    place.run = try run(named: parent)
    place.step = TrainerPath.step(of: path) ?? meta["at_step"]?.wholeNumber
    return try insertCheckpoint(path, .fork, at: place)
  }

  private func insertArtifact(_ event: JSONElement, _ place: Place) throws(SQLiteError) -> Int {
    guard let path = event["path"]?.string, !path.isEmpty else { return 0 }
    let insert = try database.cached("INSERT OR IGNORE INTO artifacts(run, session, seq, path, rows, ts) VALUES (?, ?, ?, ?, ?, ?)")
    try insert.bind(1, place.run)
    try insert.bind(2, place.session)
    try insert.bind(3, place.seq)
    try insert.bind(4, TrainerPath.absolute(path, in: place.cwd))
    try insert.bind(5, event["rows"]?.wholeNumber)
    try insert.bind(6, place.ts)
    try insert.run()
    return database.changes
  }
}
