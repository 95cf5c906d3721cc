// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import PluginSDK
internal import SQLite

/// The one thread that writes: takes batches, inserts, commits in groups, and tells.
///
/// Nothing it took is dropped: when the database refuses, the events since the last commit are kept and tried again, and what cannot
/// be written before the stop waits in a file for the next start.
///
/// Made by the plugin's start and then used by its thread alone, hence sendable.
final class IngestWriter: @unchecked Sendable {
  private enum Timing {
    /// Commits follow each other no faster, so that single events do not write every page they touch again and again.
    static let spacing: UInt64 = 20_000_000
    /// And no slower, once there is something.
    static let longest: UInt64 = 200_000_000
    static let firstRetry: UInt64 = 50_000_000
    static let lastRetry: UInt64 = 5_000_000_000
    /// Lines that trickle in are indexed no oftener; a full portion is followed by the next as soon as nothing waits.
    static let indexing: UInt64 = 500_000_000
    /// What indexing may take at the stop.
    static let indexingAtStop: UInt64 = 1_000_000_000
  }

  private let database: Database
  private let inserter: EventInserter
  private let queue: EventQueue
  private let progress: IngestProgress
  private let context: PluginContext
  private let commitRows: Int
  private var announcements: Announcements
  /// Hears the names of the runs of each commit, on the writer's thread; must not block.
  private let onCommit: @Sendable ([String]) -> Void

  /// Batches with events that are not committed, and the next event to insert.
  private var batches: [EventBatch] = []
  private var next = (batch: 0, event: 0)
  /// The first event that is not committed.
  private var firstOpen = (batch: 0, event: 0)
  private var committedCounts = EventInserter.Counts()
  private var openSince: UInt64?
  private var lastCommit: UInt64 = 0
  private var retryDelay = Timing.firstRetry
  /// Whether the last try failed.
  private var isInTrouble = false
  private var hasGivenUp = false
  /// Whether there may be log lines that are not indexed.
  private var hasLines = true
  private var indexAt: UInt64 = 0
  private let unwritten: UnwrittenEvents
  /// Whether the events in the file are in `batches` as well.
  private var holdsUnwritten = false

  init(
    _ database: Database, configuration: StoreConfiguration, queue: EventQueue, progress: IngestProgress, context: PluginContext,
    onCommit: @escaping @Sendable ([String]) -> Void = { _ in }
  ) throws {
    self.database = database
    inserter = try EventInserter(database, metricNamesPerRun: configuration.metricNamesPerRun)
    commitRows = configuration.commitRows
    self.queue = queue
    self.progress = progress
    self.context = context
    self.onCommit = onCommit
    announcements = try Announcements(context)
    // As for those that were running: whether a test goes on is not known.
    try database.execute("UPDATE runs SET state = 'lost' WHERE state = 'testing'")
    try LogIndex.settle(database)
    unwritten = UnwrittenEvents(database: database.path)
    if let batch = try unwritten.load() {
      batches.append(batch)
      holdsUnwritten = true
      context.log.info("events of the last stop found", ["path": unwritten.path, "events": batch.count])
    }
  }

  /// Works until the queue is closed and empty, then moves the log into the file.
  func run() {
    if holdsUnwritten { persist(commitNow: true) }
    loop: while true {
      switch queue.take(until: wakeAt) {
      case .batch(let batch, let wasFull):
        if wasFull { StorePlugin.resume(context) }
        batches.append(batch)
        persist(commitNow: false)
      case .idle: if openSince == nil { indexLines() } else { persist(commitNow: true) }
      case .job(let job):
        carryOut(job)
        settleIndex()
      case .closed: break loop
      }
      announcements.tell()
    }
    persist(commitNow: true)
    announcements.tell(evenEarly: true)
    indexAt = 0
    let end = MonotonicClock.now + Timing.indexingAtStop
    while hasLines, !hasGivenUp, MonotonicClock.now < end { indexLines() }
    checkpoint()
  }

  /// Commits what is open and does the job; what the ledger knows may be otherwise afterwards.
  private func carryOut(_ job: WriteJob) {
    persist(commitNow: true)
    let changed = job.carryOut(on: database)
    inserter.forgetRecords()
    announcements.add(runs: changed)
  }

  private var wakeAt: UInt64? {
    let workAt = openSince.map { _ in lastCommit + Timing.spacing } ?? (hasLines ? indexAt : nil)
    guard let tellAt = announcements.dueAt else { return workAt }
    return workAt.map { min($0, tellAt) } ?? tellAt
  }

  /// A job may have deleted lines.
  private func settleIndex() {
    do {
      try LogIndex.settle(database)
    } catch {
      context.log.warning("text index not settled", ["path": database.path, "reason": "\(error)"])
    }
  }

  /// Indexes a portion of log lines, when nothing waits and it is time for it.
  private func indexLines() {
    guard hasLines, MonotonicClock.now >= indexAt else { return }
    do {
      hasLines = try LogIndex.advance(database)
      indexAt = hasLines ? 0 : MonotonicClock.now + Timing.indexing
    } catch {
      // Lines that are not indexed are found by reading; the next commit with lines tries again.
      hasLines = false
      context.log.warning("log lines not indexed", ["path": database.path, "reason": "\(error)"])
    }
  }

  /// Inserts all that waits, and commits when it is time; tries until it succeeds or the plugin must stop.
  private func persist(commitNow: Bool) {
    while true {
      do {
        try insertAll()
        // What failed has not succeeded before it is committed.
        if openSince != nil, commitNow || isInTrouble || queueIsEmptyAndCommitDue { try commit() }
        forgetCommitted()
        forgetUnwritten()
        recover()
        return
      } catch {
        takeBack(because: error)
        // At the stop the last tries are made without waiting; the trainers keep what was not acknowledged.
        guard !queue.waitForClose(until: MonotonicClock.now + retryDelay) else { return giveUp(error) }
        retryDelay = min(retryDelay * 2, Timing.lastRetry)
      }
    }
  }

  /// Lets batches go that the last commit covered to their end.
  private func forgetCommitted() {
    guard openSince == nil, next.batch == batches.count else { return }
    letGo(batches.count)
    next = (0, 0)
    firstOpen = next
  }

  /// Removes the file once all that was in it is committed.
  private func forgetUnwritten() {
    guard holdsUnwritten, batches.isEmpty else { return }
    holdsUnwritten = false
    do {
      try unwritten.remove()
    } catch {
      // Harmless: the events are known by their numbers when they come again.
      context.log.warning("file of written events not removed", ["path": unwritten.path, "reason": "\(error)"])
    }
  }

  private func letGo(_ count: Int) {
    guard count > 0 else { return }
    let last = batches[count - 1]
    batches.removeFirst(count)
    queue.giveBack(last)
  }

  private var queueIsEmptyAndCommitDue: Bool {
    queue.depth.events == 0 && MonotonicClock.now >= lastCommit + Timing.spacing
  }

  private func insertAll() throws(SQLiteError) {
    while next.batch < batches.count {
      let batch = batches[next.batch]
      let bytes = batch.bytes.span
      while next.event < batch.count {
        if openSince == nil {
          try database.begin()
          openSince = MonotonicClock.now
        }
        let event = bytes.extracting(batch.range(of: next.event))
        try inserter.insert(event, from: batch.origin(of: next.event))
        next.event += 1
        if isTimeToCommit { try commit() }
      }
      next = (next.batch + 1, 0)
    }
  }

  private var isTimeToCommit: Bool {
    if inserter.counts.rows - committedCounts.rows >= commitRows || inserter.ledger.isFull { return true }
    // The clock is asked now and then only.
    guard next.event & 0x3f == 0, let openSince else { return false }
    return MonotonicClock.now >= openSince + Timing.longest
  }

  private func commit() throws(SQLiteError) {
    let changed = try inserter.ledger.flush()
    try database.commit()
    openSince = nil
    lastCommit = MonotonicClock.now
    if inserter.counts.logs > committedCounts.logs { hasLines = true }
    committedCounts = inserter.counts
    inserter.makeRoom()
    logRefusals()
    letGo(next.batch)
    next.batch = 0
    firstOpen = next
    progress.update { [committedCounts] shown in
      shown.counts = committedCounts
      shown.commits += 1
      shown.lastCommit = Date().timeIntervalSince1970
    }
    announcements.add(sessions: changed.sessions, runs: changed.runs)
    if !changed.runs.isEmpty { onCommit(changed.runs.map(\.name)) }
    announcements.tell()
  }
}

// MARK: - Refusals

extension IngestWriter {
  /// Tells of lines that were passed over.
  private func logRefusals() {
    for what in inserter.takeRefusals() {
      context.log.warning("passed over", ["what": what, "rejected": committedCounts.rejected])
    }
  }
}

// MARK: - Trouble

extension IngestWriter {
  private func takeBack(because error: SQLiteError) {
    database.rollback()
    inserter.rolledBack(to: committedCounts)
    next = firstOpen
    openSince = nil
    let sentence =
      "cannot write the database '\(database.path)': \(error.message); nothing is lost, it is tried again; \(cure(error))"
    let isNews = !isInTrouble
    isInTrouble = true
    progress.update { $0.trouble = sentence }
    context.report(error.isTransient ? .warning : .failing, sentence)
    if isNews { context.log.warning("events not written", ["path": database.path, "reason": "\(error)"]) }
  }

  private func cure(_ error: SQLiteError) -> String {
    switch error.code {
    case .corrupt, .notADatabase: "the file is damaged: stop the host, and put a sound copy in its place or move it away"
    case .readOnly, .cannotOpen: "make the file and its directory writable"
    default: "free space or end what holds it"
    }
  }

  private func recover() {
    guard isInTrouble, !hasGivenUp else { return }
    isInTrouble = false
    progress.update { $0.trouble = nil }
    retryDelay = Timing.firstRetry
    context.report(.ok)
    context.log.info("events written again", ["path": database.path])
  }

  private func giveUp(_ error: SQLiteError) {
    hasGivenUp = true
    let waiting = batches.reduce(-firstOpen.event) { $0 + $1.count }
    do {
      try unwritten.save(batches, from: firstOpen.event, replacing: holdsUnwritten)
      context.log.warning(
        "stopped with events not in the database; the next start writes them",
        ["path": unwritten.path, "events": waiting, "reason": "\(error)"])
    } catch let second {
      context.log.error(
        "stopped with events not written", ["path": database.path, "events": waiting, "reason": "\(error); and \(second)"])
    }
    holdsUnwritten = false
    batches.removeAll()
    next = (0, 0)
    firstOpen = next
  }

  private func checkpoint() {
    do {
      try database.checkpoint(.truncate)
    } catch {
      context.log.warning("log not moved into the database", ["path": database.path, "reason": "\(error)"])
    }
  }
}
