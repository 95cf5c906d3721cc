// SPDX-License-Identifier: Apache-2.0

internal import Glibc
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
  static let pattern = "trainer.*"

  private let context: PluginContext
  private let configuration: StoreConfiguration
  private let path: String
  private let queue: EventQueue
  private let progress = IngestProgress()
  private let readers: ReaderPool
  private let writer = Mutex<OwnedThread?>(nil)

  /// Reads the settings; the file is opened at the start.
  public init(_ context: PluginContext) throws {
    self.context = context
    configuration = try context.configuration()
    path = try context.directory(.data) + "/jackfield.sqlite"
    queue = EventQueue(limit: configuration.queueBytes)
    readers = ReaderPool(path: path)
  }

  /// Everything of the trainers, copied into the queue on the host's thread.
  public var subscriptions: [Subscription] {
    [
      Subscription(Self.pattern) { [queue] event in
        guard let origin = EventBatch.Origin(topic: event.topic) else { return .taken }
        return event.withBytes { queue.offer($0, from: origin) } ? .taken : .later
      }
    ]
  }

  /// Questions, each on a connection of its own.
  public var commands: [Command] {
    [
      query("runs.list") { (input: RunList.Input, database) in try RunList.answer(input, database) },
      query("runs.show") { (input: RunDetail.Input, database) in try RunDetail.answer(input, database) },
      query("runs.series") { (input: Series.Input, database) in try Series.answer(input, database) },
      query("runs.logs") { (input: Logs.Input, database) in try Logs.answer(input, database) },
      query("store.status") { [self] (_: Empty, database) in try status(database) },
    ]
  }

  /// Opens the file, brings its schema up to date and begins to write.
  public func start() async throws {
    let database = try Schema.open(path: path)
    // Whoever was at it when the store last stopped is not known to be there still; its next event says so.
    try database.execute("UPDATE runs SET state = 'lost' WHERE state IN ('running', 'paused', 'stopping')")
    let ingest = try IngestWriter(database, configuration: configuration, queue: queue, progress: progress, context: context)
    guard let thread = OwnedThread.start(name: "store-writer", { ingest.run() }) else {
      throw PluginFailure("cannot start the store's writer: the system has no thread to give; raise the limit of processes")
    }
    writer.withLock { $0 = thread }
    context.log.info("database open", ["path": path, "schema": Migrations.current])
  }

  /// Writes what waits and moves the log into the file.
  public func stop() async {
    readers.close()
    queue.close()
    writer.withLock { thread in
      defer { thread = nil }
      return thread
    }?.join()
  }

  /// A command that reads a snapshot of the database on a connection of its own; cancelling the call breaks the query off.
  private func query<Input: Decodable & Sendable>(
    _ name: String, _ body: @escaping @Sendable (Input, Database) throws -> JSONValue
  ) -> Command {
    .bytes(name) { [readers] payload, _ in
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

  /// A command that writes, on the writer's thread and after every event that came before; answers when it is committed.
  private func write<Input: Decodable & Sendable>(
    _ name: String, _ kind: WriteJob.Kind = .transaction, _ body: @escaping @Sendable (Input, Database) throws -> JSONValue
  ) -> Command {
    .bytes(name) { [queue] payload, _ in
      let input = try payload.decode(Input.self)
      return Payload(bytes: try await WriteJob.run(kind, on: queue) { try body(input, $0) }.bytes())
    }
  }

  private func status(_ database: Database) throws -> JSONValue {
    let shown = progress.snapshot
    let depth = queue.depth
    func count(_ table: String) throws -> JSONValue { .integer(try database.integer("SELECT count(*) FROM \(table)") ?? 0) }
    return [
      "path": .string(path),
      "bytes": .integer(fileSize(path) + fileSize(path + "-wal")),
      "schema": .integer(Migrations.current),
      "runs": try count("runs"),
      "sessions": try count("sessions"),
      "events": try count("events"),
      "since_start": [
        "events": .integer(Int64(shown.counts.events)),
        "rows": .integer(Int64(shown.counts.rows)),
        "duplicates": .integer(Int64(shown.counts.duplicates)),
        "rejected": .integer(Int64(shown.counts.rejected)),
        "refused_metrics": .integer(Int64(shown.counts.refusedMetrics)),
        "commits": .integer(Int64(shown.commits)),
      ],
      "queue": ["events": .integer(Int64(depth.events)), "bytes": .integer(Int64(depth.bytes))],
      "last_commit": JSONValue(shown.lastCommit),
      "trouble": JSONValue(shown.trouble),
    ]
  }
}

/// The size of a file, 0 when it is missing.
private func fileSize(_ path: String) -> Int64 {
  var status = stat()
  guard unsafe stat(path, &status) == 0 else { return 0 }
  return Int64(status.st_size)
}
