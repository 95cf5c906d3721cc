// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
public import PluginSDK

/// Runs code in Jupyter kernels, and keeps kernels, results and watches for whoever asks.
public final class KernelPlugin: Plugin {
  /// As in plugin.json.
  public static let id = "kernel"
  /// As in plugin.json.
  public static let version = "0.1.0"

  private let context: PluginContext
  private let desk: NewsDesk
  private let links: KernelLinks
  private let local: LocalProvider
  private let client = ServerClient()
  private let discovery: ServerDiscovery
  private let servers: [ServerProvider]
  private let kernels: Kernels
  private let runs: RunTable
  private let results: ResultService
  private let watches: WatchService
  private let spool: String

  /// Reads the settings and begins nothing.
  public init(_ context: PluginContext) throws {
    self.context = context
    let settings = try context.configuration(KernelSettings.self)
    let (state, data) = (try context.directory(.state) + "/kernel", try context.directory(.data) + "/kernel")
    spool = state + "/runs"
    try FileManager.default.createDirectory(atPath: spool, withIntermediateDirectories: true)
    desk = try NewsDesk(context)
    links = try KernelLinks(spool: spool)
    local = try LocalProvider(state: state, data: data, open: links.opener)
    discovery = ServerDiscovery(surroundings: local.surroundings, work: local.tools.work)
    servers = try Self.servers(settings, client, discovery)
    runs = RunTable(folder: spool)
    results = ResultService(
      directory: data + "/results", limits: settings.results ?? ResultLimits(), changed: { [desk] in desk.resultChanged($0) },
      trouble: { [context] sentence in context.report(sentence == nil ? .ok : .warning, sentence ?? "") })
    let services = KernelServices(
      settings: settings, recorder: results, news: { [desk] in desk.tell($0) }, interrupts: InterruptMemory(), executor: context.executor,
      info: { [log = context.log] in log.info($0, $1) }, warning: { [log = context.log] in log.warning($0, $1) }, spool: spool)
    let kernels = Kernels(
      services: services, providers: [local] + (servers as [any KernelProvider]) + [AttachProvider(tools: local.tools)],
      journal: KernelJournal(path: state + "/kernels.json"))
    self.kernels = kernels
    watches = WatchService(
      evaluator: kernels, results: results, kernelOf: { await kernels.kernel(of: $0)?.id }, isWatching: desk.isWatched,
      changed: { [desk] in desk.watchChanged($0) })
  }

  private static func servers(_ settings: KernelSettings, _ client: ServerClient, _ discovery: ServerDiscovery) throws -> [ServerProvider] {
    let servers = settings.servers ?? [:]
    for name in ["local", "attach"] where servers[name] != nil {
      throw PluginFailure("cannot call a server '\(name)': that name is taken; give it another in 'servers'", status: .invalid)
    }
    return try servers.sorted { $0.key < $1.key }.map { name, server in
      try ServerProvider(
        ServerSettings(url: server.url, token: server.token, username: server.username), client: client, discovery: discovery, name: name)
    }
  }

  /// In the order of plugin.json.
  public var commands: [Command] {
    KernelCommands(kernels: kernels).all + QuestionCommands(kernels: kernels).all + code.all
      + SessionCommands(kernels: kernels).all + LaunchCommands(local: local, others: servers).all
      + ServerCommands(servers: servers, discovery: discovery).all
      + BlockCommands(work: local.tools.work).all
      + ResultCommands(service: results) { [kernels, watches] old, new in
        await kernels.rename(old, to: new)
        try await watches.rename(old, to: new)
      }.all + WatchCommands(service: watches).all
      + ProxyCommands(kernels: kernels, runs: runs, work: local.tools.work) { [log = context.log] in log.warning($0, $1) }.all
  }

  private var code: CodeCommands {
    CodeCommands(kernels: kernels, runs: runs, work: local.tools.work) { [results] run in
      try? await results.perform { keeper in try keeper.read { try ResultRow.find(run, $0.tables.database)?.queued } }
    }
  }

  /// Opens what is kept, looks for the kernels of before, and begins to tell of them.
  public func start() async throws {
    for left in (try? FileManager.default.contentsOfDirectory(atPath: spool)) ?? [] where left.hasSuffix(".events") {
      try? FileManager.default.removeItem(atPath: "\(spool)/\(left)")
    }
    try results.start()
    try await watches.start()
    context.run { [desk] in await desk.run() }
    context.run { [desk, watches] in for await kernel in desk.changes { await watches.stateChanged(kernel: kernel) } }
    await kernels.beginRestoring()
    context.run { [kernels] in
      while (try? await Task.sleep(for: .seconds(1))) != nil { await kernels.tick() }
    }
  }

  /// Lets kernels go that outlive the host, ends the others, and writes down what is not yet.
  public func stop() async {
    await watches.stop()
    await kernels.leave()
    results.stop()
    desk.finish()
    await links.stop()
    client.stop()
    local.stop()
  }
}
