// SPDX-License-Identifier: Apache-2.0
// Fills databases with rows made here, pyramid and all, so that what reads them is tested apart from what writes them.

import FoundationEssentials
import Glibc
import JSON
import SQLite

@testable import Store

/// A database with today's schema in a directory of its own, removed with this object; or a store's own.
final class FilledDatabase {
  let directory: String
  let database: Database
  private let isOwn: Bool
  private var nextSeq: Int64 = 0

  var path: String { directory + "/jackfield.sqlite" }

  /// The database of a store that runs, to add rows behind its back.
  init(of store: StoreHarness) async throws {
    let path = try await store.ask("store.status")["path"]?.stringValue ?? ""
    directory = String(path.dropLast("/jackfield.sqlite".count))
    isOwn = false
    database = try Database(path: path)
  }

  init() throws {
    isOwn = true
    directory = FileManager.default.temporaryDirectory.path() + "/store-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    database = try Schema.open(path: directory + "/jackfield.sqlite")
    try database.execute("PRAGMA synchronous = OFF")
  }

  deinit {
    if isOwn { try? FileManager.default.removeItem(atPath: directory) }
  }

  /// One value of a series.
  struct Value {
    var step: Int64
    var value: Double
    var epoch: Int64? = 0
    var ts: Double? = nil
  }

  /// Inserts a series with its events, its summary and its pyramid. A run, session and metric are made at first sight.
  func insert(_ values: [Value], run: String = "r", metric: String = "loss", session: String = "s", events: Bool = true) throws {
    try insert(values, into: database, run: run, metric: metric, session: session, events: events)
  }

  private func insert(_ values: [Value], into database: Database, run: String, metric: String, session: String, events: Bool) throws {
    try database.transaction {
      let runID = try id(run, in: "runs")
      let metricID = try id(metric, in: "metric_names")
      let sessionID = try id(session, in: "sessions")
      try database.run("INSERT OR IGNORE INTO session_runs(run, session) VALUES (?1, ?2)", [.integer(runID), .integer(sessionID)])
      for value in values {
        nextSeq += 1
        try database.run(
          "INSERT INTO metrics VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
          [.integer(runID), .integer(metricID), .integer(value.step), .integer(sessionID), .integer(nextSeq), .number(value.value)])
        guard events else { continue }
        try database.run(
          "INSERT INTO events(session, seq, run, kind, ts, step, epoch) VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6)",
          [
            .integer(sessionID), .integer(nextSeq), .integer(runID), SQLParameter(value.ts), .integer(value.step),
            SQLParameter(value.epoch),
          ])
      }
      try summarize(run: runID, metric: metricID)
    }
  }

  /// Makes the rows above the values anew.
  func summarize(run: Int64, metric: Int64) throws {
    let key: [SQLParameter] = [.integer(run), .integer(metric)]
    try database.run("DELETE FROM pyramid WHERE run = ?1 AND metric = ?2", key)
    for (level, shift) in [6, 12, 18].enumerated() {
      try database.run(
        """
        INSERT INTO pyramid
        SELECT run, metric, \(level), step >> \(shift), count(*), total(value), min(value), 0, max(value), 0, 0, min(step), 0, max(step)
        FROM metrics WHERE run = ?1 AND metric = ?2 GROUP BY step >> \(shift)
        """, key)
      let rows =
        "FROM metrics m WHERE m.run = ?1 AND m.metric = ?2 AND m.step BETWEEN bucket << \(shift) AND (bucket << \(shift)) + \((1 << shift) - 1)"
      try database.run(
        """
        UPDATE pyramid SET
          first = (SELECT value \(rows) ORDER BY step, session, seq LIMIT 1),
          last = (SELECT value \(rows) ORDER BY step DESC, session DESC, seq DESC LIMIT 1)
        WHERE run = ?1 AND metric = ?2 AND level = \(level)
        """, key)
      for extreme in ["min", "max"] {
        try database.run(
          """
          UPDATE pyramid SET \(extreme)_step = found.step FROM (
            SELECT m.step >> \(shift) AS bucket, m.value, min(m.step) AS step FROM metrics m WHERE m.run = ?1 AND m.metric = ?2 GROUP BY 1, 2) found
          WHERE pyramid.run = ?1 AND pyramid.metric = ?2 AND level = \(level) AND pyramid.bucket = found.bucket AND pyramid.\(extreme) = found.value
          """, key)
      }
    }
    try database.run("DELETE FROM run_metrics WHERE run = ?1 AND metric = ?2", key)
    try database.run(
      """
      INSERT INTO run_metrics SELECT run, metric, count(*), min(value), max(value), 0, max(step), 1, 1 FROM metrics
      WHERE run = ?1 AND metric = ?2 GROUP BY run, metric
      """, key)
    try database.run(
      """
      UPDATE run_metrics SET last_value = (SELECT value FROM metrics m WHERE m.run = ?1 AND m.metric = ?2 ORDER BY step DESC, seq DESC LIMIT 1)
      WHERE run = ?1 AND metric = ?2
      """, key)
  }

  /// The row of a name, made when missing.
  @discardableResult
  func id(_ name: String, in table: String) throws -> Int64 {
    if let id = try database.first("SELECT id FROM \(table) WHERE name = ?1", [.text(name)], { $0.integer(0) ?? 0 }) { return id }
    try database.run("INSERT INTO \(table)(name) VALUES (?1)", [.text(name)])
    return database.lastInsertedRow
  }

  /// Makes a run with what a trainer would have told of it.
  @discardableResult
  func run(
    _ name: String, state: String = "finished", project: String? = nil, title: String? = nil, meta: String? = nil, parents: [String] = [],
    started: Double? = nil, lastLoss: Double? = nil
  ) throws -> Int64 {
    let run = try id(name, in: "runs")
    try database.run(
      "UPDATE runs SET state = ?1, project = ?2, title = ?3, meta = ?4, started = ?5, updated = ?5, last_loss = ?6 WHERE id = ?7",
      [
        .text(state), SQLParameter(project), SQLParameter(title), SQLParameter(meta), SQLParameter(started), SQLParameter(lastLoss),
        .integer(run),
      ])
    for parent in parents {
      try database.run("INSERT INTO run_edges(child, parent) VALUES (?1, ?2)", [.integer(run), .integer(id(parent, in: "runs"))])
    }
    return run
  }

  /// Adds a log line.
  func log(_ text: String, run: String? = nil, session: String = "s", level: String = "info", phase: String? = nil, ts: Double = 0) throws {
    nextSeq += 1
    let run = try run.map { try id($0, in: "runs") }
    try database.run(
      "INSERT INTO logs(session, seq, run, level, phase, text, ts) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      [
        .integer(id(session, in: "sessions")), .integer(nextSeq), SQLParameter(run), .text(level),
        SQLParameter(phase), .text(text), .number(ts),
      ])
  }

  /// Brings the text index up to a line.
  func indexLogs(upTo last: Int64) throws {
    try database.run(
      "INSERT INTO logs_text(rowid, text) SELECT id, text FROM logs WHERE id > (SELECT last FROM logs_indexed) AND id <= ?1",
      [.integer(last)])
    try database.run("UPDATE logs_indexed SET last = ?1", [.integer(last)])
  }

  /// Adds a checkpoint's row.
  @discardableResult
  func checkpoint(_ path: String, run: String = "r", step: Int64, kind: String = "pause", kept: String? = nil, sha256: String? = nil) throws
    -> Int64
  {
    try database.run(
      "INSERT INTO checkpoints(run, step, path, kind, ts, kept, sha256) VALUES (?1, ?2, ?3, ?4, 1.5, ?5, ?6)",
      [.integer(id(run, in: "runs")), .integer(step), .text(path), .text(kind), SQLParameter(kept), SQLParameter(sha256)])
    return database.lastInsertedRow
  }

  /// Adds a report's row.
  @discardableResult
  func report(_ losses: [Double], run: String = "r", on subset: String = "val", key: String = UUID().uuidString) throws -> Int64 {
    let insert = try database.prepare(
      "INSERT INTO reports(key, run, subset_on, step, samples, ts, losses, indices) VALUES (?1, ?2, ?3, 5, ?4, 1.5, ?5, ?6)")
    try insert.bind(1, key)
    try insert.bind(2, try id(run, in: "runs"))
    try insert.bind(3, subset)
    try insert.bind(4, Int64(losses.count))
    try insert.bind(5, blob: PackedNumbers.bytes(losses))
    try insert.bind(6, blob: PackedNumbers.bytes(losses.indices.map { Int64($0 * 2) }))
    try insert.run()
    return database.lastInsertedRow
  }

  /// Reads an input as a command does.
  func input<Input: Decodable>(_ json: String) throws -> Input { try JSONDecoder().decode(Input.self, from: Data(json.utf8)) }

  func series(_ json: String) throws -> JSONValue { try Series.answer(input(json), database) }
}
