// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// Keeps results and answers for them. One thread does all of it; whoever records or asks hands over and goes on.
final class ResultService: RunRecorder {
  private let queue: RecorderQueue
  private let thread = Monitor<OwnedThread?>(nil)
  private let places: ResultPlaces
  private let limits: ResultLimits
  private let changed: @Sendable (JSONValue) -> Void
  private let trouble: @Sendable (String?) -> Void

  /// - Parameters:
  ///   - directory: Where all of it lies, made when it is missing.
  ///   - changed: Hears of each result that was added, changed or removed, after it was written: an object with id, change, document.
  ///   - trouble: Hears a sentence when nothing can be written, and nil when it can again.
  init(
    directory: String, limits: ResultLimits = ResultLimits(), changed: @escaping @Sendable (JSONValue) -> Void = { _ in },
    trouble: @escaping @Sendable (String?) -> Void = { _ in }
  ) {
    places = ResultPlaces(directory: directory)
    self.limits = limits
    self.changed = changed
    self.trouble = trouble
    queue = RecorderQueue(path: places.backlog, limit: limits.queueBytes)
  }

  /// Opens the database and begins. Blocks for as long as that takes: no longer than a second, unless texts were left open.
  ///
  /// - Throws: `PluginFailure` when the database cannot be used.
  func start() throws {
    do { try places.make() } catch { throw PluginFailure("\(error); results are kept there", code: "no_directory") }
    let database = try ResultSchema.open(path: places.database)
    let (changed, trouble, queue) = (changed, trouble, queue)
    let keeper = ResultKeeper(
      database: database, places: places, limits: limits, tell: { for notice in $0 { changed(notice) } }, trouble: trouble)
    try ResultRecovery(tables: keeper.tables).run()
    let box = ThreadBound(keeper)
    let started = OwnedThread.start(name: "jf-results") { Self.run(box.value, queue) }
    guard let started else {
      throw PluginFailure("cannot start the thread 'jf-results': the system has none to give; raise the limit of processes")
    }
    thread.change { $0 = started }
  }

  /// Writes what there is, and ends.
  func stop() {
    queue.close()
    let running = thread.change { thread in
      defer { thread = nil }
      return thread
    }
    running?.join()
  }

  private static func run(_ keeper: ResultKeeper, _ queue: RecorderQueue) {
    while true {
      switch queue.take(until: keeper.deadline) {
      case .entries(let entries): keeper.take(entries)
      case .job(let job): job(keeper)
      case .idle: keeper.writeIfDue()
      case .closed: return keeper.write()
      }
    }
  }

  // MARK: - RunRecorder

  func began(_ run: RunDescription) {
    if run.keepsResult { queue.offer(.began(run)) }
  }

  func happened(_ event: RunEvent, in run: RunDescription) {
    if run.keepsResult { queue.offer(.happened(event, run: run.id)) }
  }

  func ended(_ run: RunDescription, with ending: RunEnding) {
    if run.keepsResult { queue.offer(.ended(run.id, ending)) }
  }

  // MARK: - Asking

  /// Does something on the thread of the results, after all that was recorded before.
  func perform<Result: Sendable>(_ body: @escaping @Sendable (ResultKeeper) throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { waiter in
      let isTaken = queue.offer { keeper in waiter.resume(with: Swift.Result { try Self.inWords { try body(keeper) } }) }
      guard !isTaken else { return }
      waiter.resume(throwing: PluginFailure("cannot use the results: the plugin is stopping", retryable: true, status: .stopping))
    }
  }

  private static func inWords<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as SQLiteError {
      throw PluginFailure("cannot use the database of results: \(error.message)", code: "no_database", retryable: error.isTransient)
    } catch let error as FileTrouble {
      throw PluginFailure(error.description, code: "file", retryable: error.isFull)
    }
  }

  /// Changes rows, after all that was recorded before, in one transaction.
  func change<Result: Sendable>(_ body: @escaping @Sendable (ResultTables) throws -> Result) async throws -> Result {
    try await perform { try $0.change(body) }
  }

  /// Bytes that wait to be kept, in memory and on the disk.
  var backlog: (memory: Int, disk: Int) { queue.depth }
}
