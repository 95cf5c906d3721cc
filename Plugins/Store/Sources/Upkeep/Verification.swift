// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// `store.verify`: looks for what does not fit together, and says what to do about it. Changes nothing.
final class Verification {
  struct Input: Decodable, Sendable {
    var deep: Bool?
  }

  /// One thing that is not as it should be.
  struct Finding: Sendable, Hashable {
    let kind: String
    let sentence: String
    let cure: String
  }

  private static let mostFindings = 200

  private let database: Database
  private let files: CheckpointFiles
  private let isDeep: Bool
  private let call: Call
  private let cancellation: Cancellation
  private var findings: [Finding] = []
  private var checked: [String: JSONValue] = [:]

  private init(_ database: Database, _ files: CheckpointFiles, isDeep: Bool, _ call: Call, _ cancellation: Cancellation) {
    (self.database, self.files, self.isDeep, self.call, self.cancellation) = (database, files, isDeep, call, cancellation)
  }

  /// Opens the file a second time and looks at it as it is now, whatever is written meanwhile.
  static func run(_ input: Input, path: String, _ files: CheckpointFiles, _ call: Call, _ cancellation: Cancellation) throws -> JSONValue {
    let begun = MonotonicClock.now
    do {
      let database = try Database(path: path, access: .readOnly)
      try cancellation.interrupts(database)
      let verification = Verification(database, files, isDeep: input.deep ?? false, call, cancellation)
      // One view of the file for all of it. Nothing was written, and a damaged file may refuse even a commit.
      try database.begin(.deferred)
      defer { database.rollback() }
      try verification.all()
      return verification.answer(seconds: Double(MonotonicClock.now - begun) / 1e9)
    } catch let error as SQLiteError {
      guard error.code != .interrupted else { throw CancellationError() }
      throw error
    }
  }

  private func all() throws {
    let parts: [(fraction: Double, note: String, check: () throws -> Void)] = [
      (0.02, "integrity of the file", checkIntegrity), (0.3, "references", checkReferences), (0.45, "pyramid", checkPyramid),
      (0.7, "kept checkpoints", checkKept),
    ]
    for part in parts {
      call.progress(part.fraction, part.note)
      do {
        try part.check()
      } catch let error as SQLiteError {
        // A file that is too damaged to be read there may be readable elsewhere.
        guard error.code == .corrupt || error.code == .notADatabase else { throw error }
        damaged(error.message)
      }
    }
  }

  private func answer(seconds: Double) -> JSONValue {
    let shown = findings.prefix(Self.mostFindings).map { finding -> JSONValue in
      ["kind": .string(finding.kind), "sentence": .string(finding.sentence), "cure": .string(finding.cure)]
    }
    return [
      "ok": .bool(findings.isEmpty), "findings": .array(shown), "more": .integer(Int64(findings.count - shown.count)),
      "checked": .object(checked), "deep": .bool(isDeep), "seconds": .number(seconds),
    ]
  }

  private func found(_ kind: String, _ sentence: String, cure: String) {
    findings.append(Finding(kind: kind, sentence: sentence, cure: cure))
  }

  // MARK: - The file

  private func checkIntegrity() throws {
    try database.each("PRAGMA integrity_check(100)") { row in
      guard let text = row.text(0), text != "ok" else { return }
      damaged(text)
    }
  }

  private func damaged(_ text: String) {
    found(
      "integrity", "the file '\(database.path)' is damaged: \(text)",
      cure: "stop the host, move the file away, and put the latest snapshot in its place; 'sqlite3 FILE .recover' may save more")
  }

  // MARK: - References

  /// Tables with a run, and whether it comes first in their key, so that it is enough to look at each run once.
  private static let runTables: [(table: String, isLeading: Bool)] = [
    ("metrics", true), ("run_metrics", true), ("pyramid", true), ("epochs", true), ("session_runs", true), ("test_steps", true),
    ("tests", false),
    ("checkpoints", false), ("subsets", false), ("reports", false), ("health", false), ("alerts", false), ("artifacts", false),
  ]

  private func checkReferences() throws {
    for (table, isLeading) in Self.runTables {
      try cancellation.check()
      let orphans = isLeading ? try leadingOrphans(of: table) : try orphans(of: table)
      guard orphans > 0 else { continue }
      found("references", "\(orphans) rows or groups of rows of '\(table)' belong to runs that are not there", cure: Self.orphanCure)
    }
    let edges =
      try database.integer(
        "SELECT count(*) FROM run_edges WHERE child NOT IN (SELECT id FROM runs) OR parent NOT IN (SELECT id FROM runs)") ?? 0
    if edges > 0 { found("references", "\(edges) edges of the lineage lead to runs that are not there", cure: Self.orphanCure) }
    let names =
      try database.integer("SELECT count(*) FROM run_metrics WHERE metric NOT IN (SELECT id FROM metric_names)") ?? 0
    if names > 0 { found("references", "\(names) metrics of runs have no name", cure: Self.orphanCure) }
    if isDeep { try checkEvents() }
    checked["tables"] = .integer(Int64(Self.runTables.count + 1))
  }

  private func checkEvents() throws {
    for table in ["events", "logs"] {
      let lost =
        try database.integer(
          """
          SELECT count(*) FROM \(table) WHERE session NOT IN (SELECT id FROM sessions)
            OR (run IS NOT NULL AND run NOT IN (SELECT id FROM runs))
          """) ?? 0
      if lost > 0 { found("references", "\(lost) rows of '\(table)' belong to sessions or runs that are not there", cure: Self.orphanCure) }
    }
  }

  private static let orphanCure =
    "harmless but for their room; keep a snapshot and tell the makers, since no command leaves such rows behind"

  /// One look a run, whatever the number of its rows.
  private func leadingOrphans(of table: String) throws -> Int64 {
    try database.integer(
      """
      WITH RECURSIVE found(run) AS (
        SELECT min(run) FROM \(table) UNION ALL SELECT (SELECT min(run) FROM \(table) WHERE run > found.run) FROM found WHERE run IS NOT NULL)
      SELECT count(*) FROM found WHERE run IS NOT NULL AND run NOT IN (SELECT id FROM runs)
      """) ?? 0
  }

  private func orphans(of table: String) throws -> Int64 {
    try database.integer("SELECT count(*) FROM \(table) WHERE run IS NOT NULL AND run NOT IN (SELECT id FROM runs)") ?? 0
  }

  // MARK: - The pyramid

  private func checkPyramid() throws {
    let limit = isDeep ? "" : "ORDER BY random() LIMIT \(PyramidCheck.sampledSeries)"
    let series = try database.rows("SELECT run, metric FROM run_metrics \(limit)") { (run: $0.integer(0) ?? 0, metric: $0.integer(1) ?? 0) }
    for (index, one) in series.enumerated() {
      try cancellation.check()
      call.progress(0.45 + 0.25 * Double(index) / Double(series.count), "pyramid")
      let check = PyramidCheck(database: database, run: one.run, metric: one.metric)
      guard let difference = try isDeep ? check.whole() : check.sample() else { continue }
      found(
        "pyramid", try check.sentence(difference),
        cure: "zoomed series of it may be wrong, its points are not; keep a snapshot and tell the makers")
    }
    checked["series"] = .integer(Int64(series.count))
  }

  // MARK: - Kept checkpoints

  private func checkKept() throws {
    let kept = try database.rows(
      "SELECT kept, max(sha256), max(bytes), min(path), count(*) FROM checkpoints WHERE kept IS NOT NULL GROUP BY kept ORDER BY kept"
    ) { (name: $0.text(0) ?? "", digest: $0.text(1), bytes: $0.integer(2), path: $0.text(3) ?? "") }
    for (index, one) in kept.enumerated() {
      try cancellation.check()
      call.progress(0.7 + 0.3 * Double(index) / Double(kept.count), "kept checkpoints")
      let path = files.path(one.name)
      guard FileFacts(path: path)?.isRegular == true else {
        found(
          "checkpoint", "the kept copy '\(path)' of '\(one.path)' is missing", cure: "put it back from a backup, or delete its run")
        continue
      }
      let digest = try FileTools.digest(of: path, cancellation)
      guard digest != one.digest else { continue }
      found(
        "checkpoint", "the kept copy '\(path)' of '\(one.path)' is not what was kept: its SHA-256 is \(digest)",
        cure: "do not resume from it; a trainer that saved to the same name again is followed with the run's next event")
    }
    checked["kept_checkpoints"] = .integer(Int64(kept.count))
  }
}
