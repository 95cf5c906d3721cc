// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import SQLite

/// Turns one event after the other into rows, inside a transaction that its owner begins and ends.
///
/// An event that cannot be read is counted and passed over; only the database can fail, and then the owner begins anew.
final class EventInserter {
  /// What happened to the events so far.
  struct Counts: Sendable, Equatable {
    var events = 0
    var duplicates = 0
    var rejected = 0
    var rows = 0
    /// Metric values not stored because a run has too many names.
    var refusedMetrics = 0
  }

  private(set) var counts = Counts()
  private let database: Database
  private let metricNamesPerRun: Int
  private let parser = JSONParser()
  private var names = FieldNames()
  private var fields = EventFields()
  private(set) var ledger: Ledger
  private let insertEvent: Statement
  private let metricInserter: MetricInserter
  /// The rows of the step in hand, kept for their memory.
  private var metricRows: [MetricInserter.Row] = []
  private let lossName: Int

  init(_ database: Database, metricNamesPerRun: Int) throws {
    self.database = database
    self.metricNamesPerRun = metricNamesPerRun
    ledger = Ledger(database)
    insertEvent = try database.prepare(
      "INSERT OR IGNORE INTO events(session, seq, run, kind, ts, step, epoch, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
    metricInserter = try MetricInserter(database)
    guard case .metric(let loss) = names.field(Array("loss".utf8).span) else { preconditionFailure("'loss' is no envelope field") }
    lossName = loss
  }

  /// Forgets what was learnt from rows that a rollback took back.
  func rolledBack(to counts: Counts) {
    forgetRecords()
    self.counts = counts
  }

  /// Forgets the rows as they were known, because somebody else may have changed them.
  func forgetRecords() { ledger = Ledger(database) }

  /// Stores one line of a trainer.
  func insert(_ line: Span<UInt8>) throws(SQLiteError) {
    guard let event = try? parser.parse(line), event.kind == .object else {
      counts.rejected += 1
      return
    }
    fields.read(event, naming: &names)
    let kind = fields.type?.string.map(EventKind.init) ?? .other
    let (session, seq) = try envelope()
    let run = try run()
    guard try store(kind, session, seq, run, line) else {
      counts.duplicates += 1
      // Whoever repeats it was not told that it is stored: the next commit says so again.
      return ledger.touch(session)
    }
    counts.events += 1
    let time = fields.ts ?? Date().timeIntervalSince1970
    session.saw(seq: seq, at: time)
    ledger.touch(session)
    if let run {
      run.saw(at: time)
      ledger.touch(run)
      try ledger.join(session, run)
    }
    try spread(event, Place(kind: kind, session: session, seq: seq, run: run, time: time))
  }

  /// Marks the runs of sessions whose connection has ended.
  func insertDisconnection(_ text: Span<UInt8>) throws(SQLiteError) {
    guard let event = try? parser.parse(text), event["stillConnected"]?.bool != true else { return }
    var sessions: [String] = []
    if let name = event["session_id"]?.string { sessions.append(name) }
    event["sessions"]?.forEachElement { if let name = $0.string { sessions.append(name) } }
    for name in sessions where !name.isEmpty {
      for run in try ledger.aliveRuns(of: ledger.session(Array(name.utf8).span)) {
        run.state = .lost
        ledger.touch(run)
      }
    }
  }

  /// An event that has found its place.
  private struct Place {
    let kind: EventKind
    let session: SessionRecord
    let seq: Int64
    let run: RunRecord?
    let time: Double
  }
}

// MARK: - Finding the place

extension EventInserter {
  /// The session and the place in it; without a whole envelope the next place of the unnamed session.
  private func envelope() throws(SQLiteError) -> (SessionRecord, Int64) {
    if let seq = fields.seq, let name = fields.session, name.kind == .string, !name.equals("") {
      let session = try name.withText { text throws(SQLiteError) in try ledger.session(text) }
      if let session { return (session, seq) }
    }
    let unnamed = try ledger.session([UInt8]().span)
    return (unnamed, unnamed.lastSeq + 1)
  }

  private func run() throws(SQLiteError) -> RunRecord? {
    guard let name = fields.run, name.kind == .string, !name.equals("") else { return nil }
    return try name.withText { text throws(SQLiteError) in try ledger.run(text) }
  }

  /// - Returns: False when the event is stored already.
  private func store(
    _ kind: EventKind, _ session: SessionRecord, _ seq: Int64, _ run: RunRecord?, _ line: Span<UInt8>
  ) throws(SQLiteError) -> Bool {
    try insertEvent.bind(1, session.id)
    try insertEvent.bind(2, seq)
    try insertEvent.bind(3, run?.id)
    try insertEvent.bind(4, kind.rawValue)
    try insertEvent.bind(5, fields.ts)
    try insertEvent.bind(6, fields.step)
    try insertEvent.bind(7, fields.epoch)
    if kind.isSpread {
      try insertEvent.run()
    } else {
      try insertEvent.run(lending: line, as: 8)
    }
    guard database.changes > 0 else { return false }
    counts.rows += 1
    return true
  }
}

// MARK: - What each kind means

extension EventInserter {
  private func spread(_ event: JSONElement, _ place: Place) throws(SQLiteError) {
    switch place.kind {
    case .step: try spreadStep(place)
    case .log, .error: try spreadLog(event, place)
    case .epoch: try spreadEpoch(event, place)
    case .session: try spreadSession(event, place)
    case .newRun: try spreadNewRun(event, place)
    case .paused:
      place.run?.pausedStep = fields.step
      change(to: .paused, place)
    case .resumed: change(to: .running, place)
    case .stopping: change(to: .stopping, place)
    case .runFinalized: change(to: .finished, place)
    case .finished: change(to: event["status"]?.equals("stopped") == true ? .stopped : .finished, place)
    case .runTransition, .other: break
    }
  }

  private func change(to state: RunState, _ place: Place) {
    place.run?.change(to: state, session: place.session.id, seq: place.seq)
  }

  private func spreadStep(_ place: Place) throws(SQLiteError) {
    guard let run = place.run, let step = fields.step else { return }
    let (session, seq) = (place.session.id, place.seq)
    var loss: Double?
    metricRows.removeAll(keepingCapacity: true)
    for value in fields.values {
      if value.name == lossName { loss = value.number }
      guard let index = try summaryIndex(of: value.name, in: run) else {
        refuse(1, of: run)
        continue
      }
      metricRows.append(MetricInserter.Row(metric: run.summaries[index].metric, value: value.number))
      run.summaries[index].add(value.number, step: step, session: session, seq: seq)
    }
    // The event is new, so each of them is.
    try metricInserter.insert(metricRows, run: run.id, step: step, session: session, seq: seq)
    counts.rows += metricRows.count
    if fields.unnamed > 0 { refuse(fields.unnamed, of: run) }
    run.tookStep(step, epoch: fields.epoch, loss: loss, session: session, seq: seq)
  }

  private func refuse(_ values: Int, of run: RunRecord) {
    run.refused += Int64(values)
    counts.refusedMetrics += values
  }

  /// The place of a metric in the run's summaries, made for a new one unless the run has too many.
  private func summaryIndex(of name: Int, in run: RunRecord) throws(SQLiteError) -> Int? {
    if name < run.places.count, run.places[name] >= 0 { return Int(run.places[name]) }
    if name >= run.places.count { run.places.append(contentsOf: repeatElement(-1, count: name + 1 - run.places.count)) }
    if run.summaries.count >= metricNamesPerRun {
      // The name may be an old one of the run, not looked up since the start.
      guard let index = try existingSummary(of: name, in: run) else { return nil }
      run.places[name] = Int32(index)
      return index
    }
    let metric = try ledger.metric(name, in: names)
    let index = run.summaries.firstIndex { $0.metric == metric } ?? run.summaries.count
    if index == run.summaries.count { run.summaries.append(MetricSummary(metric: metric)) }
    run.places[name] = Int32(index)
    return index
  }

  private func existingSummary(of name: Int, in run: RunRecord) throws(SQLiteError) -> Int? {
    let select = try database.cached("SELECT id FROM metric_names WHERE name = ?")
    defer { select.reset() }
    try select.bind(1, names.metric(name))
    guard try select.step(), let metric = select.integer(0) else { return nil }
    return run.summaries.firstIndex { $0.metric == metric }
  }

  private func spreadLog(_ event: JSONElement, _ place: Place) throws(SQLiteError) {
    let insert = try database.cached("INSERT INTO logs(session, seq, run, level, phase, ts, text) VALUES (?, ?, ?, ?, ?, ?, ?)")
    try insert.bind(1, place.session.id)
    try insert.bind(2, place.seq)
    try insert.bind(3, place.run?.id)
    try insert.bind(4, place.kind == .error ? "error" : event["level"]?.string ?? "info")
    try insert.bind(5, event["phase"]?.string)
    try insert.bind(6, place.time)
    try insert.bind(7, fields.text?.string ?? event["message"]?.string ?? "")
    try insert.run()
    counts.rows += 1
  }

  private func spreadEpoch(_ event: JSONElement, _ place: Place) throws(SQLiteError) {
    guard let run = place.run, let epoch = fields.epoch else { return }
    let insert = try database.cached("INSERT OR IGNORE INTO epochs(run, epoch, session, seq, val_loss, ts) VALUES (?, ?, ?, ?, ?, ?)")
    try insert.bind(1, run.id)
    try insert.bind(2, epoch)
    try insert.bind(3, place.session.id)
    try insert.bind(4, place.seq)
    try insert.bind(5, event["val_loss"]?.double)
    try insert.bind(6, fields.ts)
    try insert.run()
    counts.rows += 1
  }

  private func spreadSession(_ event: JSONElement, _ place: Place) throws(SQLiteError) {
    place.session.runName = event["run_name"]?.string
    if let project = event["project"]?.string {
      place.session.project = project
      for run in try ledger.runs(of: place.session) where run.project == nil {
        run.project = project
        ledger.touch(run)
      }
    }
    change(to: .running, place)
  }

  private func spreadNewRun(_ event: JSONElement, _ place: Place) throws(SQLiteError) {
    guard let run = place.run else { return }
    if let meta = event["meta"], meta.kind == .object {
      run.meta = meta.value().serialized()
      run.displayName = meta["display_name"]?.string ?? run.displayName
    }
    var parents: [String] = []
    event["parents"]?.forEachElement { if let name = $0.string { parents.append(name) } }
    for name in parents where name != run.name {
      let insert = try database.cached("INSERT OR IGNORE INTO run_edges(child, parent) VALUES (?, ?)")
      try insert.bind(1, run.id)
      try insert.bind(2, ledger.run(named: name).id)
      try insert.run()
    }
    change(to: .running, place)
  }
}
