// SPDX-License-Identifier: Apache-2.0

internal import JSON
public import PluginSDK
internal import WebSockets

/// Lets scripts that run normally ask whoever is attached: an editor, a page, a terminal.
public final class RunBridgePlugin: Plugin {
  /// As in plugin.json.
  public static let id = "run-bridge"
  /// As in plugin.json.
  public static let version = "0.1.0"

  private let context: PluginContext
  private let store: BridgeStore
  private let fronts: FrontDesk
  private let consents: ConsentDesk
  private let audit: AuditLog
  private let chat: ChatService
  private let operations: OperationBook
  private let router: RequestRouter
  private let door: BridgeDoor
  private let keeper: DoorKeeper
  private let runs: RunRegistry
  private let handover: Handover
  private let ties = BridgeTies()

  /// Reads the settings and begins nothing.
  public init(_ context: PluginContext) throws {
    self.context = context
    let settings = try context.configuration(BridgeSettings.self)
    let (state, data) = (try Self.folder(context, .state), try Self.folder(context, .data))
    let news = try BridgeNews(context)
    let trouble: @Sendable (String) -> Void = { [log = context.log] in log.warning($0) }
    let warn: Handover.Warn = { [log = context.log] in log.warning($0, $1) }
    let executor = context.executor

    store = BridgeStore(path: data + "/bridge.sqlite")
    fronts = FrontDesk(settings: settings.fronts) { [ties] topic, event in
      news.tell(topic, event)
      if event["state"] == "attached" { ties.frontAttached() }
    }
    consents = ConsentDesk(fronts: fronts, store: store, executor: executor, trouble: trouble)
    audit = AuditLog(store: store, mostRows: settings.requests.auditEntries, trouble: trouble)
    chat = try ChatService(settings.chat, store: store, fronts: fronts, trouble: trouble)
    operations = OperationBook(
      settings.operations, store: store, fronts: fronts, executor: executor,
      changed: { news.tell(BridgeNews.operations, $0.news) }, trouble: trouble)
    router = RequestRouter(
      fronts: fronts, chat: chat, commands: HostCommandCalling(context: context), consents: consents, audit: audit,
      settings: settings.requests, remark: { [log = context.log] in Self.remark(log, $0, $1, $2) }, publish: { news.tell($0, $1) })
    door = BridgeDoor(settings: settings.door, executor: executor, log: context.log)
    keeper = DoorKeeper(door: door, isEnabled: settings.enabled, mark: state + "/runs", executor: executor)
    runs = try RunRegistry(
      store: store, directory: state, settings: settings.runs,
      surroundings: RunSurroundings(
        context, address: { [keeper] in try await keeper.address() }, isOver: { [ties] in ties.ended($0.id, $1) },
        isIdle: { [ties] in context.run { await ties.becameIdle() } }))
    handover = Handover(directory: state, seconds: settings.runs.handoverSeconds, warn: warn)
    door.join(DoorPartners(authority: runs, answering: router, operations: operations, submits: operations))
    operations.join(door)
    ties.join(
      BridgeTies.Parts(
        fronts: fronts, consents: consents, operations: operations, door: door, keeper: keeper, runs: runs, executor: executor))
  }

  private static func folder(_ context: PluginContext, _ kind: DirectoryKind) throws -> String {
    let path = try context.directory(kind) + "/" + id
    guard SmallFile.makeDirectory(path) else {
      throw PluginFailure("cannot make the directory '\(path)': free space, or see the rights of the one above", code: "no_directory")
    }
    return path
  }

  private static func remark(_ log: PluginLog, _ level: MessageLevel, _ text: String, _ values: [String: String]) {
    switch level {
    case .info: log.info(text, values)
    case .warning: log.warning(text, values)
    case .error: log.error(text, values)
    }
  }

  /// In the order of plugin.json.
  public var commands: [Command] {
    RunCommands(runs: { [runs] in runs }).all + FrontCommands(desk: fronts).all
      + RequestCommands(router: router, run: { [runs] in runs.caller(ofRun: $0) }).all
      + ConsentCommands(consents: consents, audit: audit).all
      + OperationCommands(book: operations, run: { [runs] in runs.caller(ofRun: $0) }).all + ChatCommands(chat: chat).all
      + DoorCommands(door: door).all
  }

  /// Opens what is kept, finds the runs of before, and takes over the connections that the last host left.
  public func start() async throws {
    try store.start()
    try await consents.load()
    chat.start()
    try await runs.start()
    try await operations.start()
    let estate = await handover.take()
    let taken = (estate?.connections ?? []).filter { runs.caller(run: $0.run, connection: $0.number) != nil }
    try await operations.restored(connections: Set(taken.map(\.number)))
    if let estate { try await door.adopt(estate) } else { try await reopen() }
    if runs.isIdle { await keeper.becameIdle { [runs] in runs.isIdle } }
  }

  /// The last host left no connections, as when it was killed. Scripts that connect anew look where it was.
  private func reopen() async throws {
    guard !runs.isIdle, let address = runs.knownAddress, let port = try? WebAddress(address).port else { return }
    do { try await door.start(on: port) } catch {
      context.log.warning("bridge not where it was: scripts of runs that go on do not find it", ["address": address, "reason": "\(error)"])
    }
  }

  /// Answers what is open. Connections of runs that go on are left to the next host; with nobody to leave them to, what waits is told first.
  public func stop() async {
    await keeper.leave()
    runs.beginStop()
    if handover.isWanted, !runs.isIdle {
      operations.handOver()
      if let estate = await door.detachAll(), !(await handover.give(estate)) { estate.close() }
    } else {
      operations.shutDown()
      await door.stop()
    }
    fronts.stop()
    chat.stop()
    await operations.stop()
    runs.stop()
    store.stop()
    ties.part()
  }
}
