// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// Sessions, runs and metric names by the bytes of their names: read at first sight, changed in memory, written at commit.
///
/// After a rollback a ledger is thrown away, since it may know rows that are no more.
final class Ledger {
  /// How many bytes it may remember from one commit to the next.
  private static let limit = 20_000_000
  /// About what one record takes.
  private static let size = (record: 600, metric: 400, place: 4)

  private let database: Database
  private let pyramids: PyramidInserter
  /// About how many bytes it remembers.
  private var weight = 0
  private var sessionNames = Interner()
  private var sessions: [SessionRecord] = []
  private var runNames = Interner()
  private var runs: [RunRecord] = []
  /// By a metric's number in `FieldNames`: its row in `metric_names`, 0 while unknown.
  private var metrics: [Int64] = []
  private var dirtySessions: [SessionRecord] = []
  private var dirtyRuns: [RunRecord] = []

  init(_ database: Database, _ pyramids: PyramidInserter) {
    self.database = database
    self.pyramids = pyramids
  }

  /// Whether it remembers so much that it had better begin anew.
  var isFull: Bool { weight > Self.limit }

  /// The session of that name, made when missing.
  func session(_ name: Span<UInt8>) throws(SQLiteError) -> SessionRecord {
    if let index = sessionNames.find(name) { return sessions[index] }
    let record = try loadSession(named: String(decodingUTF8: name))
    _ = sessionNames.index(of: name)
    weight += Self.size.record + name.count
    sessions.append(record)
    return record
  }

  /// The run of that name, made when missing.
  func run(_ name: Span<UInt8>) throws(SQLiteError) -> RunRecord {
    if let index = runNames.find(name) { return runs[index] }
    let record = try loadRun(named: String(decodingUTF8: name))
    _ = runNames.index(of: name)
    weight += Self.size.record + name.count
    runs.append(record)
    return record
  }

  /// The run of that name, made when missing.
  func run(named name: String) throws(SQLiteError) -> RunRecord { try run(Array(name.utf8).span) }

  /// The session of that name, made when missing.
  func session(named name: String) throws(SQLiteError) -> SessionRecord { try session(Array(name.utf8).span) }

  /// The row of a metric's name, made when missing.
  func metric(_ number: Int, in names: borrowing FieldNames) throws(SQLiteError) -> Int64 {
    if number >= metrics.count { metrics.append(contentsOf: repeatElement(0, count: number + 1 - metrics.count)) }
    if metrics[number] != 0 { return metrics[number] }
    metrics[number] = try row(of: names.metric(number), in: "metric_names")
    return metrics[number]
  }

  /// Adds a metric to the run.
  ///
  /// - Returns: Its place in the run's summaries.
  @discardableResult
  func add(_ summary: MetricSummary, to run: RunRecord) -> Int {
    run.summaries.append(summary)
    run.pyramids.append(MetricPyramid())
    weight += Self.size.metric
    return run.summaries.count - 1
  }

  /// Makes room for the place of a metric's number in the run's summaries.
  func makeRoom(for name: Int, in run: RunRecord) {
    guard name >= run.places.count else { return }
    let missing = name + 1 - run.places.count
    run.places.append(contentsOf: repeatElement(-1, count: missing))
    weight += missing * Self.size.place
  }

  /// Sees to it that the run stands beside the session.
  func join(_ session: SessionRecord, _ run: RunRecord) throws(SQLiteError) {
    guard session.runs.insert(run.id).inserted else { return }
    let insert = try database.cached("INSERT OR IGNORE INTO session_runs(run, session) VALUES (?, ?)")
    try insert.bind(1, run.id)
    try insert.bind(2, session.id)
    try insert.run()
    if run.project == nil, let project = session.project {
      run.project = project
      touch(run)
    }
  }

  /// The runs of a session that a trainer may still be at.
  func aliveRuns(of session: SessionRecord) throws(SQLiteError) -> [RunRecord] {
    // Names are asked for and looked up again, because the rows may be older than the records in memory.
    var found: [RunRecord] = []
    for name in try names(of: session) {
      let run = try run(named: name)
      if run.state.isAlive, run.stateSession == nil || run.stateSession == session.id { found.append(run) }
    }
    return found
  }

  /// The runs of a session.
  func runs(of session: SessionRecord) throws(SQLiteError) -> [RunRecord] {
    var found: [RunRecord] = []
    for name in try names(of: session) { found.append(try run(named: name)) }
    return found
  }

  private func names(of session: SessionRecord) throws(SQLiteError) -> [String] {
    let select = try database.cached("SELECT name FROM runs JOIN session_runs ON run = runs.id WHERE session = ?")
    defer { select.reset() }
    try select.bind(1, session.id)
    var names: [String] = []
    while try select.step() { names.append(select.text(0) ?? "") }
    return names
  }

  /// Remembers that a record must be written.
  func touch(_ session: SessionRecord) {
    guard !session.isDirty else { return }
    session.isDirty = true
    dirtySessions.append(session)
  }

  /// Remembers that a record must be written.
  func touch(_ run: RunRecord) {
    guard !run.isDirty else { return }
    run.isDirty = true
    dirtyRuns.append(run)
  }

  /// Writes what changed, before a commit.
  ///
  /// - Returns: Sessions and runs that changed.
  func flush() throws(SQLiteError) -> (sessions: [SessionRecord], runs: [RunRecord]) {
    var written: (sessions: [SessionRecord], runs: [RunRecord]) = ([], [])
    for session in dirtySessions where session.isDirty {
      try write(session)
      session.isDirty = false
      written.sessions.append(session)
    }
    for run in dirtyRuns where run.isDirty {
      try write(run)
      run.isDirty = false
      written.runs.append(run)
    }
    dirtySessions.removeAll(keepingCapacity: true)
    dirtyRuns.removeAll(keepingCapacity: true)
    return written
  }
}

// MARK: - Rows

extension Ledger {
  private func row(of name: String, in table: String) throws(SQLiteError) -> Int64 {
    let select = try database.cached("SELECT id FROM \(table) WHERE name = ?")
    defer { select.reset() }
    try select.bind(1, name)
    if try select.step(), let id = select.integer(0) { return id }
    let insert = try database.cached("INSERT INTO \(table)(name) VALUES (?)")
    try insert.bind(1, name)
    try insert.run()
    return database.lastInsertedRow
  }

  private func loadSession(named name: String) throws(SQLiteError) -> SessionRecord {
    let record = SessionRecord(id: try row(of: name, in: "sessions"), name: name)
    let select = try database.cached(
      """
      SELECT project, run_name, started, updated, last_seq, pid, cwd, process, command, exit_status, exit_signal, ended,
        CASE WHEN command IS NOT NULL THEN (SELECT run FROM session_runs WHERE session = id LIMIT 1) END FROM sessions WHERE id = ?
      """)
    defer { select.reset() }
    try select.bind(1, record.id)
    guard try select.step() else { return record }
    record.project = select.text(0)
    record.runName = select.text(1)
    record.started = select.double(2)
    record.updated = select.double(3)
    record.lastSeq = select.integer(4) ?? 0
    record.pid = select.integer(5)
    record.cwd = select.text(6)
    record.process = select.integer(7)
    record.command = select.text(8)
    record.exitStatus = select.integer(9)
    record.exitSignal = select.integer(10)
    record.ended = select.double(11)
    record.run = select.integer(12)
    return record
  }

  private func loadRun(named name: String) throws(SQLiteError) -> RunRecord {
    let record = RunRecord(id: try row(of: name, in: "runs"), name: name)
    let select = try database.cached(
      """
      SELECT display_name, project, meta, state, state_session, state_seq, paused_step, steps, last_step, last_epoch, last_loss,
        last_session, last_seq, started, updated FROM runs WHERE id = ?
      """)
    defer { select.reset() }
    try select.bind(1, record.id)
    guard try select.step() else { return record }
    record.displayName = select.text(0)
    record.project = select.text(1)
    record.meta = select.text(2)
    record.state = select.text(3).flatMap(RunState.init) ?? .new
    record.stateSession = select.integer(4)
    record.stateSeq = select.integer(5)
    record.pausedStep = select.integer(6)
    record.steps = select.integer(7) ?? 0
    record.lastStep = select.integer(8)
    record.lastEpoch = select.integer(9)
    record.lastLoss = select.double(10)
    record.lastSession = select.integer(11)
    record.lastSeq = select.integer(12)
    record.started = select.double(13)
    record.updated = select.double(14)
    try loadSummaries(of: record)
    return record
  }

  private func loadSummaries(of run: RunRecord) throws(SQLiteError) {
    let select = try database.cached(
      "SELECT metric, count, min, max, last_value, last_step, last_session, last_seq FROM run_metrics WHERE run = ?")
    defer { select.reset() }
    try select.bind(1, run.id)
    while try select.step() {
      var summary = MetricSummary(metric: select.integer(0) ?? 0)
      summary.count = select.integer(1) ?? 0
      summary.min = select.double(2) ?? 0
      summary.max = select.double(3) ?? 0
      summary.lastValue = select.double(4) ?? 0
      summary.lastStep = select.integer(5) ?? 0
      summary.lastSession = select.integer(6) ?? 0
      summary.lastSeq = select.integer(7) ?? 0
      add(summary, to: run)
    }
  }

  private func write(_ session: SessionRecord) throws(SQLiteError) {
    let update = try database.cached(
      """
      UPDATE sessions SET project = ?, run_name = ?, started = ?, updated = ?, last_seq = ?, pid = ?, cwd = ?, process = ?, command = ?,
        exit_status = ?, exit_signal = ?, ended = ? WHERE id = ?
      """)
    try update.bind(1, session.project)
    try update.bind(2, session.runName)
    try update.bind(3, session.started)
    try update.bind(4, session.updated)
    try update.bind(5, session.lastSeq)
    try update.bind(6, session.pid)
    try update.bind(7, session.cwd)
    try update.bind(8, session.process)
    try update.bind(9, session.command)
    try update.bind(10, session.exitStatus)
    try update.bind(11, session.exitSignal)
    try update.bind(12, session.ended)
    try update.bind(13, session.id)
    try update.run()
  }

  private func write(_ run: RunRecord) throws(SQLiteError) {
    let update = try database.cached(
      """
      UPDATE runs SET display_name = ?, project = ?, meta = ?, state = ?, state_session = ?, state_seq = ?, paused_step = ?, steps = ?,
        last_step = ?, last_epoch = ?, last_loss = ?, last_session = ?, last_seq = ?, started = ?, updated = ? WHERE id = ?
      """)
    try update.bind(1, run.displayName)
    try update.bind(2, run.project)
    try update.bind(3, run.meta)
    try update.bind(4, run.state.rawValue)
    try update.bind(5, run.stateSession)
    try update.bind(6, run.stateSeq)
    try update.bind(7, run.pausedStep)
    try update.bind(8, run.steps)
    try update.bind(9, run.lastStep)
    try update.bind(10, run.lastEpoch)
    try update.bind(11, run.lastLoss)
    try update.bind(12, run.lastSession)
    try update.bind(13, run.lastSeq)
    try update.bind(14, run.started)
    try update.bind(15, run.updated)
    try update.bind(16, run.id)
    try update.run()
    for index in run.dirtyMetrics {
      try write(run.summaries[index], of: run)
      run.summaries[index].isDirty = false
      try pyramids.flush(&run.pyramids[index], run: run.id, metric: run.summaries[index].metric)
    }
    run.dirtyMetrics.removeAll(keepingCapacity: true)
  }

  private func write(_ summary: MetricSummary, of run: RunRecord) throws(SQLiteError) {
    let replace = try database.cached("INSERT OR REPLACE INTO run_metrics VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    try replace.bind(1, run.id)
    try replace.bind(2, summary.metric)
    try replace.bind(3, summary.count)
    try replace.bind(4, summary.min)
    try replace.bind(5, summary.max)
    try replace.bind(6, summary.lastValue)
    try replace.bind(7, summary.lastStep)
    try replace.bind(8, summary.lastSession)
    try replace.bind(9, summary.lastSeq)
    try replace.run()
  }
}
