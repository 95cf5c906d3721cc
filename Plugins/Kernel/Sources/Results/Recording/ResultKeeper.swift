// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// Keeps results: makes outputs of events, and writes them. Everything here is on one thread.
///
/// What is to be written waits as a list of changes until a transaction took all of it. A disk without room therefore loses nothing: the list
/// stays and is tried again. The list is bounded: beyond `heldBytes` the bodies of new outputs are left out, which their place then says.
final class ResultKeeper {
  private enum Timing {
    /// How often the state of busy results is written.
    static let spacing: UInt64 = 200_000_000
    static let firstRetry: UInt64 = 100_000_000
    static let lastRetry: UInt64 = 5_000_000_000
  }

  let tables: ResultTables
  let limits: ResultLimits
  let places: ResultPlaces
  private let reader = EventReader()
  private let tell: @Sendable ([JSONValue]) -> Void
  private let trouble: @Sendable (String?) -> Void
  private var lives: [String: LiveResult] = [:]
  /// Ended results that are still known, the oldest first.
  private var ended: [String] = []
  private var changes: [ResultChange] = []
  private var cost = 0
  private var compactAt = 4_096
  private var writtenAt: UInt64 = 0
  private var retryAt: UInt64 = 0
  private var retryDelay = Timing.firstRetry
  private(set) var isInTrouble = false
  /// Whether a text could not be written to its file since the last look.
  private var isTextInTrouble = false

  init(
    database: Database, places: ResultPlaces, limits: ResultLimits, tell: @escaping @Sendable ([JSONValue]) -> Void,
    trouble: @escaping @Sendable (String?) -> Void
  ) {
    tables = ResultTables(database: database, places: places, limits: limits)
    self.limits = limits
    self.places = places
    self.tell = tell
    self.trouble = trouble
  }

  var database: Database { tables.database }

  /// When there is something to be written at the latest; nil: nothing is.
  var deadline: UInt64? {
    guard hasChanges || isInTrouble else { return nil }
    return isInTrouble ? retryAt : writtenAt + Timing.spacing
  }

  private var hasChanges: Bool { !changes.isEmpty || lives.values.contains { $0.isDirty } }

  func take(_ entries: [RecorderEntry]) {
    for entry in entries {
      switch entry {
      case .began(let run):
        lives[run.id] = LiveResult(run: run.id)
        add(.began(run))
      case .happened(let event, let run): take(event, run)
      case .ended(let run, let ending): end(run, ending)
      }
      if cost > 4 << 20 || changes.count > 2_000 { writeIfDue(force: !isInTrouble) }
    }
    writeIfDue()
  }

  private func add(_ change: ResultChange) {
    changes.append(change)
    cost += change.cost
    if changes.count >= compactAt { dropOutdated() }
  }

  /// Drops updates that a later one has overtaken: while nothing can be written a storm of them must not grow.
  private func dropOutdated() {
    var seen: Set<[String]> = []
    var kept: [ResultChange] = []
    for change in changes.reversed() {
      if case .update(let id, let record) = change, !seen.insert([id, record.run]).inserted { continue }
      kept.append(change)
    }
    changes = kept.reversed()
    cost = changes.reduce(0) { $0 + $1.cost }
    compactAt = max(4_096, 2 * changes.count)
  }
}

// MARK: - Events

extension ResultKeeper {
  private func take(_ event: RunEvent, _ run: String) {
    guard var live = lives.removeValue(forKey: run) ?? reopen(run) else { return }
    take(event, &live)
    lives[run] = live
  }

  /// A run whose result is known to the database alone: from before a restart, or long ended.
  private func reopen(_ run: String) -> LiveResult? {
    write()
    guard !isInTrouble, let known = try? tables.reopen(run) else { return nil }
    var live = LiveResult(run: run)
    live.hasStarted = known.hasStarted
    live.hasEnded = known.hasEnded
    live.nextPosition = known.nextPosition
    live.bytes = known.bytes
    if known.hasEnded { remember(run) }
    return live
  }

  private func take(_ event: RunEvent, _ live: inout LiveResult) {
    // Text is fed where it is read: one copy, from the parser into the model.
    let meaning = reader.read(event, in: live.run) { name, text in
      start(&live, at: event.time)
      openText(&live, name, at: event.time)
      live.isDirty = true
      if let error = live.text?.feed(text) { complainOfText(error) }
    }
    switch meaning {
    case .text: if live.hasEnded { closeText(&live) }
    case .output(let record):
      start(&live, at: event.time)
      output(record, &live)
    case .update(let id, let record): add(.update(displayID: id, fitted(record)))
    case .clear(let wait):
      live.isClearing = true
      if !wait { clear(&live) }
    case .count(let count):
      start(&live, at: event.time)
      add(.executionCount(run: live.run, count))
    case .started: start(&live, at: event.time)
    case .nothing: break
    }
  }

  private func start(_ live: inout LiveResult, at time: Double) {
    guard !live.hasStarted else { return }
    live.hasStarted = true
    add(.started(run: live.run, time: time))
  }

  private func openText(_ live: inout LiveResult, _ name: String, at time: Double) {
    if live.isClearing { clear(&live) }
    if let open = live.text, open.name == name || isFull(live) { return }
    closeText(&live)
    live.text = LiveText(
      name, position: live.nextPosition, isLate: live.hasEnded, time: time, spoolName: "\(UInt64.random(in: 0 ... .max)).text",
      directory: places.live, mostBytes: max(0, min(limits.bytesPerText, limits.bytesPerResult - live.bytes)))
    live.nextPosition += 1
  }

  /// Whether there are as many outputs as are kept; then text goes on in the last one that is text.
  private func isFull(_ live: LiveResult) -> Bool { live.nextPosition >= limits.outputsPerResult }

  private func closeText(_ live: inout LiveResult) {
    guard var text = live.text else { return }
    let (record, error) = text.seal(run: live.run)
    if let error { complainOfText(error) }
    live.text = nil
    live.isDirty = false
    live.bytes += record.bytes
    add(.output(record))
  }

  private func output(_ record: OutputRecord, _ live: inout LiveResult) {
    if live.isClearing { clear(&live) }
    guard live.nextPosition < limits.outputsPerResult, live.bytes + record.bytes <= limits.bytesPerResult else {
      live.leftOutOutputs += 1
      live.leftOutBytes += record.bytes
      live.isDirty = true
      return
    }
    closeText(&live)
    var record = fitted(record)
    record.position = live.nextPosition
    record.isLate = live.hasEnded
    live.nextPosition += 1
    live.bytes += record.bytes
    add(.output(record))
    if let id = record.displayID { add(.update(displayID: id, record)) }
  }

  /// What waits while nothing can be written must not grow for ever.
  private func fitted(_ record: OutputRecord) -> OutputRecord {
    guard isInTrouble, cost + record.cost > limits.heldBytes else { return record }
    var record = record
    record.kind = .truncated
    record.leftOut = record.bytes
    record.buffers = []
    record.body = JSONValue.object([
      "reason": .string("the disk was full"), "bytes": .integer(Int64(record.bytes)),
      "mime_types": .array(record.mimeTypes.map { .string($0) }),
    ]).bytes()
    record.mimeTypes = []
    record.bytes = record.body.count
    return record
  }

  private func clear(_ live: inout LiveResult) {
    live.isClearing = false
    live.text?.discard()
    live.text = nil
    live.isDirty = false
    live.nextPosition = 0
    live.bytes = 0
    (live.leftOutOutputs, live.leftOutBytes) = (0, 0)
    // What was not written yet need not be: an animation clears many times a second.
    let run = live.run
    changes.removeAll { change in
      switch change {
      case .output(let record) where record.run == run: break
      case .clear(run): break
      default: return false
      }
      cost -= change.cost
      return true
    }
    add(.clear(run: run))
  }

  private func end(_ run: String, _ ending: RunEnding) {
    guard var live = lives.removeValue(forKey: run) ?? reopen(run) else { return }
    if ending.timings.sent != nil || ending.timings.busy != nil {
      start(&live, at: ending.timings.busy ?? ending.timings.sent ?? unixTime())
    }
    closeText(&live)
    addLeftOut(&live)
    live.hasEnded = true
    add(.ended(run: run, ending))
    lives[run] = live
    remember(run)
  }

  private func addLeftOut(_ live: inout LiveResult) {
    guard live.leftOutOutputs > 0 else { return }
    add(.leftOut(run: live.run, outputs: live.leftOutOutputs, bytes: live.leftOutBytes))
    live.isDirty = live.text != nil && live.isDirty
  }

  private func remember(_ run: String) {
    ended.append(run)
    if ended.count > 256 { lives[ended.removeFirst()] = nil }
  }
}

// MARK: - Writing

extension ResultKeeper {
  /// Writes when it is time for it.
  func writeIfDue(force: Bool = false) {
    let now = MonotonicClock.now
    guard force || now >= (isInTrouble ? retryAt : writtenAt + Timing.spacing) else { return }
    write()
  }

  /// Writes all there is, as far as the disk allows.
  func write() {
    guard hasChanges || isInTrouble else { return }
    snapshot()
    do {
      let done = try tables.apply(changes)
      changes.removeAll(keepingCapacity: changes.count < 4_096)
      cost = 0
      writtenAt = MonotonicClock.now
      // A file that takes no more is trouble, even where the database still has room.
      if isTextInTrouble { postpone() } else { recover() }
      isTextInTrouble = false
      if !done.isEmpty { tell(done) }
    } catch {
      complain(error)
      postpone()
    }
  }

  private func postpone() {
    retryAt = MonotonicClock.now + retryDelay
    retryDelay = min(2 * retryDelay, Timing.lastRetry)
  }

  /// Adds the state of texts that are still open; an older state that was not written goes.
  private func snapshot() {
    for run in lives.keys where lives[run]?.isDirty == true {
      // Taken out meanwhile, so that its text is not copied.
      guard var live = lives.removeValue(forKey: run) else { continue }
      live.isDirty = false
      addLeftOut(&live)
      if var text = live.text {
        live.text = nil
        let (record, error) = text.record(run: run)
        live.text = text
        if let error { complainOfText(error) }
        replaceSnapshot(record)
      }
      lives[run] = live
    }
  }

  private func replaceSnapshot(_ record: OutputRecord) {
    changes.removeAll { change in
      guard case .output(let old) = change, old.run == record.run, old.position == record.position else { return false }
      cost -= change.cost
      return true
    }
    add(.output(record))
  }

  private func complainOfText(_ error: any Error) {
    isTextInTrouble = true
    complain(error)
  }

  private func complain(_ error: any Error) {
    let isNews = !isInTrouble
    isInTrouble = true
    guard isNews else { return }
    trouble(
      "cannot keep results in '\(places.directory)': \(Self.reason(error)); runs go on, and it is tried again; free space or end what holds it"
    )
  }

  private static func reason(_ error: any Error) -> String { (error as? SQLiteError)?.message ?? "\(error)" }

  private func recover() {
    guard isInTrouble else { return }
    isInTrouble = false
    retryDelay = Timing.firstRetry
    trouble(nil)
  }

  /// Does something with the database for a command, after all that waits was written.
  func change<Result>(_ body: (ResultTables) throws -> Result) throws -> Result {
    write()
    let result = try tables.transaction { try body(tables) }
    let notices = tables.takeNotices()
    if !notices.isEmpty { tell(notices) }
    return result
  }

  /// Answers from what was recorded up to now, as far as it could be written.
  func read<Result>(_ body: (ResultReader) throws -> Result) throws -> Result {
    write()
    return try body(ResultReader(tables: tables))
  }

  /// Forgets what is known of results that were removed.
  func forget(_ runs: [String]) {
    for run in runs { lives[run] = nil }
  }
}
