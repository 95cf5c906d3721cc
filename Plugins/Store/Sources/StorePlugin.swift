// SPDX-License-Identifier: Apache-2.0

internal import JSON
public import PluginSDK
internal import SQLite
internal import Synchronization

/// The database of runs: keeps what trainers tell, and answers questions about it.
public final class StorePlugin: Plugin {
  /// As in plugin.json.
  public static let id = "store"
  /// As in plugin.json.
  public static let version = "0.1.0"
  /// As in plugin.json: what trainers tell, and what scripts print whose output is kept.
  static let patterns = ["trainer.*", "bridge.log", "bridge.process"]

  private let context: PluginContext
  private let configuration: StoreConfiguration
  private let path: String
  private let queue: EventQueue
  private let progress = IngestProgress()
  private let readers: ReaderPool
  private let writer = Mutex<OwnedThread?>(nil)
  private let upkeep = UpkeepThreads()
  private let data: String
  private let files: CheckpointFiles
  private let keeper: CheckpointKeeper
  private let keeperThread = Mutex<OwnedThread?>(nil)
  private let upgrade: Upgrade

  /// Reads the settings; the file is opened at the start.
  public init(_ context: PluginContext) throws {
    self.context = context
    configuration = try context.configuration()
    data = try context.directory(.data)
    path = data + "/jackfield.sqlite"
    queue = EventQueue(limit: configuration.queueBytes)
    readers = ReaderPool(path: path)
    files = CheckpointFiles(data: data)
    upgrade = Upgrade(path: path)
    keeper = CheckpointKeeper(
      try CheckpointPolicy(configuration.keep), files: files, database: path, queue: queue, context: context)
  }

  /// Everything of the trainers and of kept scripts, copied into the queue on the host's thread.
  public var subscriptions: [Subscription] {
    Self.patterns.map { pattern in
      Subscription(pattern) { [queue, upgrade] event in
        guard let origin = EventBatch.Origin(topic: event.topic) else { return .taken }
        // The trainers' spools and the scripts' files keep it as long as there is no table to put it into.
        guard !upgrade.isUnderWay else { return .later }
        return event.withBytes { queue.offer($0, from: origin) } ? .taken : .later
      }
    }
  }

  /// Asks for what was refused while the queue was full.
  static func resume(_ context: PluginContext) { for pattern in patterns { context.resume(pattern) } }

  /// Questions, each on a connection of its own; changes, on the writer's; and upkeep, on threads of its own.
  public var commands: [Command] {
    questions + changes + maintenance + TransferCommands(path: path, files: files, queue: queue, context: context, upgrade: upgrade).all
  }

  private var questions: [Command] {
    [
      query("runs.list") { (input: RunList.Input, database) in try RunList.answer(input, database) },
      query("runs.show") { (input: RunDetail.Input, database) in try RunDetail.answer(input, database) },
      query("runs.series") { (input: SeriesInput, database) in try Series.answer(input, database) },
      query("runs.logs") { (input: Logs.Input, database) in try Logs.answer(input, database) },
      query("runs.lineage") { (input: Lineage.Input, database) in try Lineage.answer(input, database) },
      query("runs.marks") { (input: RunMarks.Input, database) in try RunMarks.answer(input, database) },
      query("runs.compare") { (input: Comparison.Input, database) in try Comparison.answer(input, database) },
      query("runs.checkpoints") { [files] (input: CheckpointList.Input, database) in try CheckpointList.answer(input, files, database) },
      query("runs.names") { (input: RunNames.Input, database) in try RunNames.answer(input, database) },
      query("runs.tests") { (input: TestList.Input, database) in try TestList.answer(input, database) },
      query("runs.reports") { (input: ReportList.Input, database) in try ReportList.answer(input, database) },
      query("runs.report") { (input: ReportDetail.Input, database) in try ReportDetail.answer(input, database) },
      query("runs.subset") { (input: SubsetDetail.Input, database) in try SubsetDetail.answer(input, database) },
      query("runs.health") { (input: HealthList.Input, database) in try HealthList.answer(input, database) },
      query("runs.alerts") { (input: AlertList.Input, database) in try AlertList.answer(input, database) },
      query("runs.sessions") { (input: SessionList.Input, database) in try SessionList.answer(input, database) },
      query("store.status") { [self] (input: StoreStatus.Input, database) in
        try StoreStatus(path: path, files: files, keep: configuration.keep, progress: progress, queue: queue).answer(input, database)
      },
    ]
  }

  private var changes: [Command] {
    [
      change("runs.rename") { (input: RunRename.Input, _, database) in try RunRename.apply(input, database) },
      change("runs.archive") { (input: RunArchive.Input, _, database) in try RunArchive.apply(input, database) },
      change("runs.delete", .alone) { [files] (input: RunDelete.Input, _, database) in
        let (outcome, kept) = try database.transaction { try RunDelete.apply(input, database) }
        try files.removeUnreferenced(kept, database)
        return outcome
      },
      change("store.record_health") { (input: HealthRecord.Input, members, database) in
        try HealthRecord.apply(input, fields: members["fields"]?.serialized(), database)
      },
      change("store.record_alert") { (input: AlertRecord.Input, members, database) in
        try AlertRecord.apply(input, fields: members["fields"]?.serialized(), database)
      },
    ]
  }

  private var maintenance: [Command] {
    [
      .bytes("store.snapshot") { [path, data, upkeep, upgrade] payload, call in
        try upgrade.requireDone()
        let input = try payload.decode(Snapshot.Input.self)
        let answer = try await upkeep.run("store-snapshot") { try Snapshot.make(input, of: path, data: data, call, $0) }
        return Payload(bytes: answer.bytes())
      },
      .bytes("store.verify") { [path, files, upkeep, upgrade] payload, call in
        try upgrade.requireDone()
        let input = try payload.decode(Verification.Input.self)
        let answer = try await upkeep.run("store-verify") { try Verification.run(input, path: path, files, call, $0) }
        return Payload(bytes: answer.bytes())
      },
      .bytes("store.vacuum") { [queue, upgrade] _, call in
        try upgrade.requireDone()
        call.progress(0, "waiting for the writer")
        return Payload(bytes: try await WriteJob.run(.alone, on: queue) { try Vacuum.run($0, call) }.bytes())
      },
    ]
  }

  /// Opens the file, brings its schema up to date and begins to write. With a large file of an older schema that goes on after the start.
  public func start() async throws {
    if let bytes = try Schema.bytesToUpgrade(path: path), bytes > Upgrade.mostAtStart {
      upgrade.begin(bytes: bytes)
      context.report(.warning, upgrade.sentence)
      context.log.info("database is being brought up to date", ["path": path, "bytes": bytes])
      do {
        return try startWriter { [self] in writeAfterUpgrade() }
      } catch {
        upgrade.end()
        throw error
      }
    }
    let ingest = try makeWriter(on: Schema.open(path: path))
    try startWriter { ingest.run() }
    do {
      try startKeeper()
    } catch {
      queue.close()
      join(writer)
      throw error
    }
    context.log.info("database open", ["path": path, "schema": Migrations.current])
  }

  private func makeWriter(on database: Database) throws -> IngestWriter {
    // Whoever was at it when the store last stopped is not known to be there still; its next event says so.
    try database.execute("UPDATE runs SET state = 'lost' WHERE state IN ('running', 'paused', 'stopping', 'testing')")
    return try IngestWriter(database, configuration: configuration, queue: queue, progress: progress, context: context) {
      [keeper] in keeper.notice($0)
    }
  }

  private func startWriter(_ body: @escaping @Sendable () -> Void) throws {
    guard let thread = OwnedThread.start(name: "store-writer", body) else {
      throw PluginFailure("cannot start the store's writer: the system has no thread to give; raise the limit of processes")
    }
    writer.withLock { $0 = thread }
  }

  private func startKeeper() throws {
    if let thread = try keeper.start() { keeperThread.withLock { $0 = thread } }
  }

  /// On the writer's thread.
  private func writeAfterUpgrade() {
    do {
      let database = try upgrade.open()
      upgrade.end()
      guard let database else { return }
      let ingest = try makeWriter(on: database)
      try startKeeper()
      upgrade.finish()
      context.report(.ok)
      context.log.info("database open", ["path": path, "schema": Migrations.current])
      Self.resume(context)
      ingest.run()
    } catch {
      upgrade.end()
      upgrade.fail(error)
      context.report(.failing, upgrade.sentence)
      context.log.error("database not brought up to date", ["path": path, "reason": upgrade.sentence])
    }
  }

  /// Writes what waits and moves the log into the file.
  public func stop() async {
    readers.close()
    keeper.close()
    upkeep.close()
    queue.close()
    if upgrade.isUnderWay { upgrade.breakOff() }
    join(writer)
    // It may wait for a job of the writer's, which the end of that settles.
    join(keeperThread)
  }

  private func join(_ thread: borrowing Mutex<OwnedThread?>) {
    thread.withLock { thread in
      defer { thread = nil }
      return thread
    }?.join()
  }

  /// A command that reads a snapshot of the database on a connection of its own; cancelling the call breaks the query off.
  private func query<Input: Decodable & Sendable>(
    _ name: String, _ body: @escaping @Sendable (Input, Database) throws -> JSONValue
  ) -> Command {
    .bytes(name) { [readers, upgrade] payload, _ in
      try upgrade.requireDone()
      let input = try payload.decode(Input.self)
      let reader = try readers.borrow()
      defer { readers.giveBack(reader) }
      let answer = try await withTaskCancellationHandler {
        try reader.snapshot { try body(input, $0) }
      } onCancel: {
        reader.interrupt()
      }
      return Payload(bytes: answer.bytes())
    }
  }

  /// A command that changes runs, which are announced, on the writer's thread and after every event that came before; answers when it is
  /// committed. The input also comes as it was written.
  private func change<Input: Decodable & Sendable>(
    _ name: String, _ kind: WriteJob.Kind = .transaction,
    _ body: @escaping @Sendable (Input, JSONValue, Database) throws -> WriteJob.Outcome
  ) -> Command {
    .bytes(name) { [queue, upgrade] payload, _ in
      try upgrade.requireDone()
      let input = try payload.decode(Input.self)
      let members = try JSONValue(parsing: payload.bytes.isEmpty ? Array("{}".utf8) : payload.bytes)
      return Payload(bytes: try await WriteJob.runChanging(kind, on: queue) { try body(input, members, $0) }.bytes())
    }
  }
}
