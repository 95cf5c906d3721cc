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
  private let kernels: Kernels
  private let runs: RunTable
  private let spool: String

  /// Reads the settings and opens nothing.
  public init(_ context: PluginContext) throws {
    self.context = context
    let settings = try context.configuration(KernelSettings.self)
    let state = try context.directory(.state) + "/kernel"
    spool = state + "/runs"
    try FileManager.default.createDirectory(atPath: spool, withIntermediateDirectories: true)
    let desk = try NewsDesk(context)
    self.desk = desk
    let links = try KernelLinks()
    self.links = links
    let open: OpenLink = { connection, session, isAttached, sink in
      try await links.open(LinkTerms(connection: connection, session: session, isAttached: isAttached), to: sink)
    }
    local = try LocalProvider(state: state, data: try context.directory(.data) + "/kernel", open: open)
    runs = RunTable(folder: spool)
    let services = KernelServices(
      settings: settings, recorder: NoRecorder(), news: { desk.tell($0) }, interrupts: InterruptMemory(), spool: spool,
      executor: context.executor,
      info: { [log = context.log] in log.info($0, $1) }, warning: { [log = context.log] in log.warning($0, $1) })
    kernels = Kernels(services: services, providers: [local], journal: KernelJournal(path: state + "/kernels.json"))
  }

  /// In the order of plugin.json.
  public var commands: [Command] {
    KernelCommands(kernels: kernels).all + QuestionCommands(kernels: kernels).all + CodeCommands(kernels: kernels, runs: runs).all
      + SessionCommands(kernels: kernels).all
  }

  /// Looks for the kernels of before, and begins to tell of them.
  public func start() async throws {
    for left in (try? FileManager.default.contentsOfDirectory(atPath: spool)) ?? [] where left.hasSuffix(".events") {
      try? FileManager.default.removeItem(atPath: "\(spool)/\(left)")
    }
    context.run { [desk] in await desk.run() }
    await kernels.beginRestoring()
    context.run { [kernels] in
      while (try? await Task.sleep(for: .seconds(1))) != nil { await kernels.tick() }
    }
  }

  /// Lets kernels go that outlive the host, and ends the others.
  public func stop() async {
    await kernels.leave()
    desk.finish()
    await links.stop()
    local.stop()
  }
}
