// SPDX-License-Identifier: Apache-2.0

internal import JSON
public import PluginSDK
internal import Synchronization

/// The door for trainers: takes in what they send, publishes it, and carries commands to them.
public final class TrainerPlugin: Plugin {
  public static let id = "trainer"
  public static let version = "0.1.0"

  private let context: PluginContext
  private let configuration: TrainerConfiguration
  private let sessions = SessionTable()
  private let requests = RequestTable()
  private let inbox = Inbox()
  private let spool: Spool
  private let pump: Pump
  private let running = Mutex<Running?>(nil)

  /// What `start` began and `stop` ends.
  private struct Running {
    let door: Door
    let publisher: Publisher
    let threads: [OwnedThread]
  }

  public init(_ context: PluginContext) throws {
    self.context = context
    configuration = try context.configuration()
    spool = Spool(
      directory: try context.directory(.state) + "/trainer-spool", limit: configuration.spoolMemoryBytes ?? 64 << 20)
    pump = Pump(
      inbox: inbox, spool: spool, sessions: sessions, requests: requests, log: context.log,
      maxLineBytes: configuration.maxLineBytes ?? 64 << 20)
  }

  public func start() async throws {
    let listener = try Listener(address: try configuration.address(), port: try configuration.listeningPort())
    let door = try Door(listener, inbox: inbox, log: context.log)
    let publisher = try Publisher(spool: spool, context: context)
    // Started from the far end, so that each finds its successor at work.
    let bodies: [(String, @Sendable () -> Void)] = [
      ("trainer-publish", publisher.run), ("trainer-pump", pump.run), ("trainer-door", door.run),
    ]
    let threads = try bodies.map { name, body in
      guard let thread = OwnedThread.start(name: name, body) else {
        throw PluginFailure("cannot start the trainers' door: the system has no thread to give; raise the limit of processes")
      }
      return thread
    }
    running.withLock { $0 = Running(door: door, publisher: publisher, threads: threads) }
    context.log.info("waiting for trainers", ["port": Int(door.port)])
  }

  public func stop() async {
    guard let running = running.withLock({ $0 }) else { return }
    requests.closed(nil)
    running.door.stop()
    running.threads[2].join()
    running.threads[1].join()
    running.publisher.stop(at: MonotonicClock.after(.milliseconds(1_500)))
    running.threads[0].join()
  }
}

// MARK: - What it answers and hears

extension TrainerPlugin {
  public var commands: [Command] {
    [
      .bytes("trainer.list") { [self] _, _ in Payload(bytes: list().bytes()) },
      .bytes("trainer.status") { [self] _, _ in Payload(bytes: status().bytes()) },
      command("trainer.request") { [self] input in try await request(input) },
      control("trainer.pause", "pause"),
      control("trainer.resume", "resume"),
      control("trainer.stop", "stop"),
      command("trainer.ping") { [self] input in try await ping(input) },
    ]
  }

  public var subscriptions: [Subscription] {
    [
      Subscription("store.committed") { [self] event in
        acknowledge(event.bytes)
        return .taken
      }
    ]
  }

  private func command(_ name: String, _ body: @escaping @Sendable (JSONValue) async throws -> JSONValue) -> Command {
    .bytes(name) { payload, _ in
      let input = payload.bytes.isEmpty ? .object([:]) : try JSONValue(parsing: payload.bytes)
      return Payload(bytes: try await body(input).bytes())
    }
  }

  private func control(_ name: String, _ wire: String) -> Command {
    command(name) { [self] input in
      try await answer(requester.ask(input["session"]?.stringValue, wire, [:], timeoutMs: input["timeoutMs"]?.intValue))
    }
  }

  private var requester: Requester {
    Requester(sessions: sessions, requests: requests) { [self] connection in running.withLock { $0?.door }?.flush(connection) }
  }

  private func answer(_ reply: Requester.Reply) -> JSONValue {
    ["session": .string(reply.session), "data": reply.data, "milliseconds": .number(reply.milliseconds)]
  }

  private func request(_ input: JSONValue) async throws -> JSONValue {
    guard let name = input["cmd"]?.stringValue, !name.isEmpty else {
      throw PluginFailure("no command is named; give 'cmd', such as \"server_info\"", code: "cmd_missing", status: .invalid)
    }
    if TrainerCommand.dangerous.contains(name), input["confirm"]?.stringValue != name {
      throw PluginFailure(
        "'\(name)' was not sent: it \(name == "clean_disk" ? "deletes every file in the trainer's save folder" : "ends the training at once"); "
          + "to do it, give 'confirm': \"\(name)\"",
        code: "not_confirmed", status: .denied)
    }
    return try await answer(
      requester.ask(input["session"]?.stringValue, name, input["payload"] ?? [:], timeoutMs: input["timeoutMs"]?.intValue))
  }

  /// Real trainers know no such command and say so at once: that, too, is a sign of life.
  private func ping(_ input: JSONValue) async throws -> JSONValue {
    let begin = MonotonicClock.now
    let session = input["session"]?.stringValue
    let target = try sessions.choose(session).session.id
    do {
      _ = try await requester.ask(target, "ping", [:], timeoutMs: input["timeoutMs"]?.intValue)
    } catch let failure as PluginFailure where failure.code == "trainer_error" {}
    return ["session": .string(target), "milliseconds": .number(Double(MonotonicClock.now - begin) / 1_000_000)]
  }

  /// Passes on to clients what is safe in the database, so that they let it go.
  private func acknowledge(_ event: [UInt8]) {
    guard let committed = try? JSONValue(parsing: event)["sessions"]?.objectValue else { return }
    for (session, seq) in committed {
      guard let connection = sessions.connectionWantingAcks(of: session) else { continue }
      // A client that reads nothing gets no more; it keeps its events and repeats them.
      guard connection.enqueue(TrainerCommand.line(id: nil, "ack", ["session_id": .string(session), "event_seq": seq])) else { continue }
      running.withLock { $0?.door }?.flush(connection)
    }
  }
}

// MARK: - What it shows

extension TrainerPlugin {
  private func list() -> JSONValue {
    let (known, lines) = sessions.all
    let silent = lines.filter(\.sessions.isEmpty).map { line -> JSONValue in
      [
        "session": .null, "state": "connecting", "connection": .integer(Int64(line.connection.id)), "peer": .string(line.connection.peer),
        "last_heard": .null,
      ]
    }
    return ["trainers": .array(known.map(describe) + silent)]
  }

  private func describe(_ session: TrainerSession) -> JSONValue {
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    func whole(_ value: Int64?) -> JSONValue { value.map { .integer($0) } ?? .null }
    return [
      "session": .string(session.id), "state": .string(session.state.rawValue), "project": text(session.project), "run": text(session.run),
      "run_name": text(session.runName), "client": text(session.client), "pid": whole(session.pid),
      "cwd": text(session.workingDirectory), "connection": whole(session.connection.map(Int64.init)), "peer": text(session.peer),
      "last_step": whole(session.lastStep), "last_seq": .integer(session.lastSeq), "last_heard": .number(session.lastHeard),
    ]
  }

  private func status() -> JSONValue {
    let counts = pump.counts
    let depth = spool.depth
    func whole(_ value: Int) -> JSONValue { .integer(Int64(value)) }
    return [
      "port": running.withLock { $0.map { .integer(Int64($0.door.port)) } ?? .null },
      "connections": whole(sessions.all.lines.count),
      "since_start": [
        "connections": whole(counts.connections), "lines": whole(counts.lines), "events": whole(counts.events),
        "replies": whole(counts.replies), "late_replies": whole(requests.lateReplies), "torn_lines": whole(counts.torn),
        "long_lines": whole(counts.tooLong), "not_json": whole(counts.notJSON), "unknown": whole(counts.unknown),
      ],
      "pending_requests": whole(requests.pendingCount),
      "spool": ["events": whole(depth.events), "memory_bytes": whole(depth.memoryBytes), "file_bytes": whole(depth.fileBytes)],
      "trouble": spool.trouble.map { .string($0) } ?? .null,
    ]
  }
}
