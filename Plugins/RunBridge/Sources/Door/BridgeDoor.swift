// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import JSON
internal import PluginSDK
internal import Synchronization
internal import WebSockets

/// Where scripts come in: a port of this machine, open while there are runs.
///
/// Started and stopped as often as needed; who starts it while it stops waits for that.
final class BridgeDoor: BridgePeers {
  private struct Opened: Sendable {
    let server: WebServer
    let hall: DoorHall
  }

  private enum Phase: Sendable {
    case closed
    case open(Opened)
    case closing(Task<Void, Never>)
  }

  private struct State: Sendable {
    var phase = Phase.closed
    var partners: DoorPartners?
    var lastNumber: UInt
  }

  private let settings: DoorSettings
  private let executor: (any TaskExecutor)?
  private let log: PluginLog?
  private let tally = DoorTally()
  private let state: Mutex<State>

  /// - Parameter executor: For the tasks that answer requests; nil: the shared one.
  init(settings: DoorSettings = DoorSettings(), executor: (any TaskExecutor)? = nil, log: PluginLog? = nil) {
    self.settings = settings
    self.executor = executor
    self.log = log
    // Higher than those of hosts before, whose operations may be kept under their connections' numbers.
    state = Mutex(State(lastNumber: UInt(max(time(nil), 0)) * 1_000))
  }

  /// Says whom it lets in and who answers. Once, before the start.
  func join(_ partners: DoorPartners) { state.withLock { $0.partners = partners } }

  /// Nil: it is closed.
  var port: Int? { opened?.server.port }

  private var opened: Opened? {
    state.withLock { state in
      if case .open(let opened) = state.phase { opened } else { nil }
    }
  }

  // MARK: - Life

  /// Opens it, unless it is open.
  ///
  /// - Parameter port: Instead of the configured one.
  /// - Returns: The port.
  @discardableResult func start(on port: Int? = nil) async throws -> Int {
    try await start(adopting: nil, port)
  }

  /// Opens it with what the last host's door has handed over: its port, and its connections.
  ///
  /// - Throws: It is open already, and the estate is still the caller's; or it cannot be opened, and the connections are reset.
  @discardableResult func adopt(_ estate: DoorEstate) async throws -> Int {
    try await start(adopting: estate, nil)
  }

  private func start(adopting estate: DoorEstate?, _ port: Int?) async throws -> Int {
    while let closing = state.withLock({ Self.closing($0.phase) }) { await closing.value }
    let (taken, isNew) = try state.withLock { state in try open(&state, estate, port) }
    if let isNew, let estate { takeOver(estate.connections, isNew) }
    return taken
  }

  private static func closing(_ phase: Phase) -> Task<Void, Never>? {
    if case .closing(let task) = phase { task } else { nil }
  }

  private func open(_ state: inout State, _ estate: DoorEstate?, _ port: Int?) throws -> (port: Int, isNew: Opened?) {
    if case .open(let opened) = state.phase {
      guard estate == nil else {
        throw PluginFailure("cannot take over the bridge's connections: the bridge is open already; hand them over before the first run")
      }
      return (opened.server.port ?? 0, nil)
    }
    guard let partners = state.partners else { preconditionFailure("the door is joined before it is started") }
    state.lastNumber = max(state.lastNumber, estate?.lastNumber ?? 0)
    let clock = DoorClock()
    try clock.start()
    let hall = DoorHall(
      settings: settings, partners: partners, executor: executor, log: log, clock: clock, counters: tally, lastNumber: state.lastNumber)
    let server: WebServer
    do throws(WebError) {
      server = try makeServer(hall, listener: estate.map { .descriptor($0.listener) } ?? .port(port ?? settings.port))
    } catch {
      clock.stop()
      for connection in estate?.connections ?? [] { connection.detached.abort() }
      throw PluginFailure("cannot open the bridge for scripts: \(error.message)", code: "bridge_not_open")
    }
    let opened = Opened(server: server, hall: hall)
    state.phase = .open(opened)
    log?.info("bridge open", ["port": server.port ?? 0])
    return (server.port ?? 0, opened)
  }

  private func makeServer(_ hall: DoorHall, listener: WebServerSettings.Listener) throws(WebError) -> WebServer {
    var web = WebServerSettings(listener)
    web.connections = settings.connections
    web.messageSize = settings.messageBytes
    web.bodySize = settings.messageBytes
    web.queueSize = settings.waitingBytes
    web.headTime = .seconds(settings.handshakeSeconds)
    web.messageTime = .seconds(settings.messageSeconds)
    web.writeTime = .seconds(settings.sendSeconds)
    let (upgrade, post) = (DoorUpgrade(hall: hall), SubmitPost(hall: hall))
    return try WebServer(
      web, threadName: "jf-bridge-door", onRequest: { post.answer($0, $1) }, onUpgrade: { upgrade.decide($0) })
  }

  private func takeOver(_ connections: [DoorEstate.Connection], _ opened: Opened) {
    let hall = opened.hall
    for connection in connections {
      guard let caller = hall.partners.authority.caller(run: connection.run, connection: connection.number) else {
        log?.info("connection not taken over: its run is over", ["connection": connection.number, "run": connection.run])
        connection.detached.abort()
        continue
      }
      var options = DoorUpgrade.options
      options.waitsForFirstMessage = !connection.hasSpoken
      do throws(WebError) {
        try opened.server.adopt(connection.detached, options: options) { socket in
          hall.enter(socket, caller, connection.number, hasSpoken: connection.hasSpoken, messages: connection.messages)
        }
      } catch {
        log?.warning("connection not taken over", ["connection": connection.number, "reason": error.message])
      }
    }
  }

  // MARK: - Ends

  /// Answers every open request with the reason, sends what operations get, resets the connections, and closes the port.
  ///
  /// - Parameter submits: For operations that wait, by their connection.
  func stop(reason: String = WireText.stopping, submits: [UInt: [OperationSubmit]] = [:]) async {
    await close { opened in
      for connection in opened.hall.connections { connection.end(reason, submits: submits[connection.number] ?? []) }
    }
  }

  /// Answers every open request with the reason, and gives the port and the connections away.
  ///
  /// - Parameter limit: How long a message that is under way may still take; a connection where it takes longer is reset.
  /// - Returns: Nil: it is closed.
  func detachAll(reason: String = WireText.restarting, within limit: Duration = .seconds(2)) async -> DoorEstate? {
    let estate = Mutex<DoorEstate?>(nil)
    await close { [log] opened in
      let listener: Int32
      do throws(WebError) {
        listener = try opened.server.copyListener()
      } catch {
        log?.error("bridge not handed over", ["reason": error.message])
        for connection in opened.hall.connections { connection.end(reason) }
        return
      }
      let connections = await Self.detach(opened.hall.connections, reason, limit)
      estate.withLock { $0 = DoorEstate(listener: listener, connections: connections, lastNumber: opened.hall.lastNumber) }
    }
    return estate.withLock { $0 }
  }

  private static func detach(_ connections: [DoorConnection], _ reason: String, _ limit: Duration) async -> [DoorEstate.Connection] {
    await withTaskGroup(of: DoorEstate.Connection?.self) { group in
      for connection in connections { group.addTask { await connection.leave(reason, within: limit) } }
      return await group.reduce(into: []) { found, connection in
        if let connection { found.append(connection) }
      }
    }
  }

  /// Lets nobody in any more, sees those inside out, and ends the server.
  private func close(_ seeOut: @escaping @Sendable (Opened) async -> Void) async {
    let closing = state.withLock { state -> Task<Void, Never>? in
      switch state.phase {
      case .closed: return nil
      case .closing(let task): return task
      case .open(let opened):
        let task = Task(executorPreference: executor) { await self.close(opened, seeOut) }
        state.phase = .closing(task)
        return task
      }
    }
    await closing?.value
  }

  private func close(_ opened: Opened, _ seeOut: @Sendable (Opened) async -> Void) async {
    opened.server.stopAccepting()
    opened.hall.beginClosing()
    await seeOut(opened)
    await opened.hall.isEmpty()
    await Self.end(opened.server, opened.hall.clock)
    state.withLock { state in
      state.lastNumber = max(state.lastNumber, opened.hall.lastNumber)
      state.phase = .closed
    }
    log?.info("bridge closed")
  }

  /// Waits for threads, so on one of its own.
  private static func end(_ server: WebServer, _ clock: DoorClock) async {
    await withCheckedContinuation { continuation in
      let end: @Sendable () -> Void = {
        server.stop()
        clock.stop()
        continuation.resume()
      }
      if let thread = OwnedThread.start(name: "jf-bridge-end", end) { thread.detach() } else { end() }
    }
  }

  // MARK: - BridgePeers

  func submit(_ submit: OperationSubmit, to connection: UInt) -> Bool {
    opened?.hall.connection(connection)?.submit(submit) ?? false
  }

  func abort(run: String, reason: String) {
    for connection in opened?.hall.connections ?? [] where connection.caller.run == run { connection.end(reason) }
  }

  // MARK: - Status

  /// What `bridge.status` answers.
  var status: JSONValue {
    let opened = opened
    let connections = (opened?.hall.connections ?? []).map(\.status)
    let openRequests = connections.reduce(0) { $0 + ($1["open_requests"]?.intValue ?? 0) }
    return .object([
      "port": opened?.server.port.map { .integer(Int64($0)) } ?? .null, "connections": .array(connections),
      "open_requests": .integer(Int64(openRequests)), "counters": tally.now.json,
    ])
  }
}
