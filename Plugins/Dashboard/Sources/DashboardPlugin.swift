// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import JSON
public import PluginSDK

/// Serves the page that people look at.
public final class DashboardPlugin: Plugin {
  /// As in plugin.json.
  public static let id = "dashboard"
  /// As in plugin.json.
  public static let version = "0.1.0"

  private let context: PluginContext
  private let settings: DashboardSettings
  private let parts: DoorParts
  private let door: PageDoor
  private let kept: SessionFile
  private let lastPort: LastPort
  /// Another one after each start: pages ask anew for what they show.
  private let instance: String
  private let link: ControlLink
  private let events: EventHub
  private let panels: PanelCatalog

  /// Reads the settings and the files of the page, and begins nothing.
  public init(_ context: PluginContext) throws {
    self.context = context
    settings = try context.configuration(DashboardSettings.self)
    let state = try context.directory(.state) + "/" + Self.id
    guard StateFile.makeDirectory(state) else {
      throw PluginFailure("cannot make the directory '\(state)': free space, or see the rights of the one above", code: "no_directory")
    }
    let files = try WebFiles(folder: try context.directory(.library) + "/web")
    link = try ControlLink(path: try context.directory(.runtime) + "/host.sock")
    instance = try RandomBytes.hexadecimal(8)
    events = EventHub(link: link, facts: EventHub.Facts(instance: instance, assets: files.hash, version: Self.version))
    panels = PanelCatalog(link: link)
    let kept = SessionFile(path: state + "/sessions.json", log: context.log)
    self.kept = kept
    lastPort = LastPort(path: state + "/port")
    let ties = SessionTies()
    parts = try DoorParts(
      settings, files: files, place: state, log: context.log, changed: { context.run { await ties.keep(kept) } },
      left: { [events, panels] ids in
        for id in ids {
          events.end(session: id)
          panels.tokens.forget(session: id)
        }
      })
    ties.join(parts.sessions)
    door = PageDoor(settings, log: context.log)
  }

  /// In the order of plugin.json.
  public var commands: [Command] { DashboardCommands(parts: parts, door: door).all }

  /// Lets those in again who were signed in, and opens the door.
  public func start() async throws {
    await kept.load(into: parts.sessions)
    guard settings.enabled else { return context.log.info("the page is switched off") }
    try events.start()
    try door.start(router, second: lastPort.read())
    if case .port(let port, _) = door.place { lastPort.write(port) }
  }

  /// Closes the door; who is signed in stays so.
  public func stop() async {
    await door.stop()
    await end()
    await kept.save(parts.sessions)
  }

  /// Ends what pages hear and the way to the host. Waits for two threads, which wait for nothing.
  private func end() async {
    await withCheckedContinuation { continuation in
      let body: @Sendable () -> Void = { [events, link] in
        events.stop()
        link.stop()
        continuation.resume()
      }
      if let thread = OwnedThread.start(name: "jf-dash-end", body) { thread.detach() } else { body() }
    }
  }

  private var router: PageRouter {
    let facts: [String: JSONValue] = [
      "version": .string(Self.version), "assets": .string(parts.files.hash), "instance": .string(instance),
      "uplot": .bool(parts.files.hasPlotter),
    ]
    let session = SessionRoute(facts: facts, panels: { [panels] in await panels.rows(for: $0) }, executor: context.executor)
    return parts.router(session: session, others: mounts)
  }

  private var mounts: [PageMount] {
    [
      PageMount("api/call", .post, .session, CallRoute(link: link, executor: context.executor)),
      PageMount("api/host", .post, .session, HostRoute(link: link)),
      PageMount("api/events", .get, .session, EventRoute(hub: events)),
      PageMount("api/events/topics", .post, .session, TopicRoute(hub: events)),
      PageMount("panels", .get, .frames, depth: 4, PanelRoute(catalog: panels, executor: context.executor)),
    ]
  }
}
