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
    /// Of them, log lines.
    var logs = 0
    /// Metric values not stored because a run has too many names.
    var refusedMetrics = 0
  }

  /// What the parser of most lines may grow to; for a longer one there is another that goes with it.
  private static let longLine = 1 << 20
  /// So many sentences of refusals are kept for the log; the rest is in the counts.
  private static let refusalsKept = 8

  var counts = Counts()
  let database: Database
  let metricNamesPerRun: Int
  private let parser = JSONParser()
  var names = FieldNames()
  var fields = EventFields()
  private(set) var ledger: Ledger
  private let insertEvent: Statement
  let metricInserter: MetricInserter
  let pyramids: PyramidInserter
  let outcomes: OutcomeInserter
  /// The rows of the step in hand, kept for their memory.
  var metricRows: [MetricInserter.Row] = []
  let lossName: Int
  /// Why lines were not taken, since the owner last asked.
  private var refusals: [String] = []

  init(_ database: Database, metricNamesPerRun: Int) throws {
    self.database = database
    self.metricNamesPerRun = metricNamesPerRun
    pyramids = try PyramidInserter(database)
    ledger = Ledger(database, pyramids)
    outcomes = OutcomeInserter(database: database)
    insertEvent = try database.prepare(
      "INSERT OR IGNORE INTO events(session, seq, run, kind, ts, step, epoch, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
    metricInserter = try MetricInserter(database)
    guard case .metric(let loss) = names.field(Array("loss".utf8).span) else { preconditionFailure("'loss' is no envelope field") }
    lossName = loss
  }

  /// Forgets what was learnt from rows that a rollback took back.
  func rolledBack(to counts: Counts) {
    forgetRecords()
    refusals.removeAll()
    self.counts = counts
  }

  /// Forgets the rows as they were known, because somebody else may have changed them.
  func forgetRecords() { ledger = Ledger(database, pyramids) }

  /// Forgets them when they are many; between two transactions only.
  func makeRoom() { if ledger.isFull { forgetRecords() } }

  /// Stores one event.
  func insert(_ event: Span<UInt8>, from origin: EventBatch.Origin) throws(SQLiteError) {
    switch origin {
    case .trainer: try insert(event)
    case .process: try insert(event, isProcess: true)
    case .disconnection: try insertDisconnection(event)
    case .reply: try insertReply(event)
    case .status: try insertStatus(event)
    }
  }

  /// Why lines were not taken since the last time somebody asked; not every one of a flood.
  func takeRefusals() -> [String] {
    defer { refusals.removeAll() }
    return refusals
  }

  /// Stores one line of a trainer, or what the door says of a process.
  func insert(_ line: Span<UInt8>, isProcess: Bool = false) throws(SQLiteError) {
    guard let event = parse(line) else { return reject("a line that is no JSON object") }
    fields.read(event, naming: &names)
    let kind = kind(isProcess: isProcess)
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

  /// Reads a line; nil for what is no object. What it answers is valid until the next.
  func parse(_ line: Span<UInt8>) -> JSONElement? {
    let parser = line.count > Self.longLine ? JSONParser() : parser
    guard let event = try? parser.parse(line), event.kind == .object else { return nil }
    return event
  }

  /// Counts a line that is passed over, and keeps a sentence of it for the log.
  func reject(_ what: String) {
    counts.rejected += 1
    if refusals.count < Self.refusalsKept { refusals.append(what) }
  }

  private func kind(isProcess: Bool) -> EventKind {
    guard let type = fields.type else { return .other }
    // By far the most frequent one, and the only one that is worth a comparison of its own.
    if !isProcess, type.equals("trainStep") { return .step }
    guard let type = type.string else { return .other }
    return isProcess ? EventKind(processType: type) : EventKind(type: type)
  }

  /// An event that has found its place.
  struct Place {
    let kind: EventKind
    let session: SessionRecord
    let seq: Int64
    let run: RunRecord?
    /// Of the event, or of now when it has none.
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
