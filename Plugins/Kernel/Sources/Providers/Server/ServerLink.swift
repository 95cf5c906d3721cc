// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK
internal import Synchronization
internal import WebSockets

/// The conversation with a kernel through a server's WebSocket. Connects again by itself, with the same id: the server keeps what the
/// kernel said meanwhile, and sends it then.
final class ServerLink: KernelLink {
  private struct State {
    var socket: WebSocket?
    var framing = ServerFraming.v1
    /// Which connection counts: events of former ones do not.
    var generation = 0
    /// Not told yet that there is a connection again.
    var owesReconnected = false
    /// What was to be sent while there was no connection.
    var unsent: [KernelMessage] = []
    var readiness = ServerReadiness()
    var waiters: [UInt64: AsyncThrowingStream<[UInt8], any Error>.Continuation] = [:]
    var lastWaiter: UInt64 = 0
    var presence: KernelPresence
    /// The generation whose connection broke last.
    var broken = 0
    var isReconnecting = false
    var reconnecting: Task<Void, Never>?
    /// Looks whether a kernel that said that it goes is gone.
    var farewell: Task<Void, Never>?
    var isClosed = false
    /// Why nothing more comes; nil while something may.
    var lost: String?
  }

  private let handle: ServerHandle
  private let session: String
  private let outlet: LinkOutlet
  private let state: Mutex<State>
  private static let mostUnsent = 10_000

  init(_ handle: ServerHandle, session: String, to sink: @escaping @Sendable (LinkEvent) -> Void) {
    self.handle = handle
    self.session = session
    outlet = LinkOutlet(sink)
    state = Mutex(State(presence: KernelPresence(ours: session)))
  }

  private var settings: ServerSettings { handle.rest.settings }

  // MARK: - Connecting

  /// Opens the WebSocket. The server finishes the handshake when the kernel has answered it.
  func open() async throws {
    let generation = state.withLock { state in
      state.generation += 1
      return state.generation
    }
    let (client, request) = (try handle.rest.client.begun(), await request())
    let socket: WebSocket
    do throws(WebError) {
      socket = try await client.open(request) { [weak self] event in self?.hear(event, generation) }
    } catch {
      throw failure(error)
    }
    let (isWanted, unsent) = try state.withLock { state in
      guard !state.isClosed, state.generation == generation else { return (false, [KernelMessage]()) }
      guard state.broken != generation else { throw failure(WebError(.broken, "the connection broke at once")) }
      state.isReconnecting = false
      state.socket = socket
      state.framing = ServerFraming(chosen: socket.chosenProtocol)
      defer { state.unsent = [] }
      return (true, state.unsent)
    }
    guard isWanted else { return await socket.close() }
    tellReconnected()
    for message in unsent { try? send(message) }
  }

  private func request() async -> WebSocketRequest {
    let address = handle.rest.base.appending(
      ServerREST.path(of: handle.id) + "/channels", query: "session_id=\(WebAddress.escaped(session))")
    // The server waits for the kernel, up to a minute, before it answers.
    return WebSocketRequest(
      address, headers: await handle.rest.authorization(), protocols: [ServerFraming.v1Name], timeLimit: .seconds(75), compresses: false,
      acknowledgesAtOnce: settings.acknowledgesAtOnce, trust: settings.trust)
  }

  private func failure(_ error: WebError) -> PluginFailure {
    switch error.code {
    case .upgradeRefused(401), .upgradeRefused(403):
      PluginFailure(
        "\(settings) refused the connection to the kernel '\(handle.id)'; check the token", code: "server_denied", status: .denied)
    case .upgradeRefused(404):
      PluginFailure("\(settings) does not know the kernel '\(handle.id)'", code: "kernel_not_found", status: .notFound)
    default: PluginFailure("cannot connect to the kernel '\(handle.id)': \(error.message)", code: "server_unreachable", retryable: true)
    }
  }

  func close() async {
    let (socket, tasks) = state.withLock { state in
      state.isClosed = true
      for waiter in state.waiters.values { waiter.finish(throwing: CancellationError()) }
      state.waiters = [:]
      return (state.socket, [state.reconnecting, state.farewell].compactMap { $0 })
    }
    outlet.close()
    for task in tasks { task.cancel() }
    await socket?.close()
    for task in tasks { await task.value }
  }

  // MARK: - Sending

  func send(_ message: KernelMessage) throws {
    let (socket, framing) = try state.withLock { state -> (WebSocket?, ServerFraming) in
      if let lost = state.lost { throw PluginFailure("cannot send to the kernel: \(lost)", code: "kernel_lost", status: .gone) }
      guard !state.isClosed else { throw PluginFailure("cannot send to the kernel: the connection was closed", status: .gone) }
      guard state.socket == nil else { return (state.socket, state.framing) }
      guard state.unsent.count < Self.mostUnsent else {
        throw PluginFailure(
          "cannot send to the kernel: \(settings) is out of reach, and too much waits already", retryable: true, status: .again)
      }
      state.unsent.append(message)
      return (nil, .v1)
    }
    guard let socket else { return }
    do throws(WebError) {
      try socket.post(framing.encode(message))
    } catch {
      switch error.code {
      // It just broke: this goes out with the next connection.
      case .broken: state.withLock { $0.unsent.append(message) }
      default: throw PluginFailure("cannot send to the kernel: \(error.message)", retryable: true, status: .again)
      }
    }
  }

  // MARK: - Receiving

  /// Called on the web client's thread.
  private func hear(_ event: WebSocketEvent, _ generation: Int) {
    let framing: ServerFraming? = state.withLock { $0.generation == generation && !$0.isClosed ? $0.framing : nil }
    guard let framing else { return }
    switch event {
    case .message(let message): receive(message, framing)
    case .closed(let closure): broke(closure.sentence, generation)
    }
  }

  private func receive(_ frame: WebSocketMessage, _ framing: ServerFraming) {
    tellReconnected()
    do {
      // The first frame may come before the server's choice is noted: a text is legacy in any case.
      let isText = if case .text = frame { true } else { false }
      pass(try (isText ? .legacy : framing).decode(frame))
    } catch {
      outlet.pass(.refused("\(error)"))
    }
  }

  private func pass(_ message: KernelMessage) {
    if isOurs(message) { return }
    switch ServerNotice(message, session: session) {
    case .truncated(let sentence): outlet.pass(.truncated(sentence))
    case .dead:
      outlet.pass(.message(message))
      lose("the kernel died, and \(settings) does not begin it again")
      return
    case .restarting: break
    case nil:
      let change = message.messageHeader?.session == session ? nil : state.withLock { $0.presence.change(in: message) }
      if let change { outlet.pass(.restarted(change)) }
    }
    outlet.pass(.message(message))
    if message.channel == .iopub, message.messageHeader?.type == "shutdown_reply" { lookWhetherItEnds() }
  }

  /// A server tells nobody that a kernel was deleted; but the kernel says that it goes.
  private func lookWhetherItEnds() {
    state.withLock { state in
      guard state.farewell == nil, !state.isClosed else { return }
      state.farewell = Task { [self] in
        for _ in 0..<10 where !Task.isCancelled {
          guard let answer = try? await handle.rest.ask("GET", ServerREST.path(of: handle.id), accepting: [404]) else { break }
          if answer.status == 404 { return lose("the kernel was ended by another client of \(settings)") }
          try? await Task.sleep(for: .seconds(1))
        }
        self.state.withLock { $0.farewell = nil }
      }
    }
  }

  private func tellReconnected() {
    let owes = state.withLock { state in
      defer { state.owesReconnected = false }
      return state.owesReconnected
    }
    if owes { outlet.pass(.reconnected) }
  }

  // MARK: - Readiness

  func ready(within limit: Duration) async throws -> [UInt8] {
    let (number, answers) = try wait()
    defer { state.withLock { $0.waiters.removeValue(forKey: number) }?.finish() }
    return try await withThrowingTaskGroup(of: [UInt8].self) { group in
      group.addTask {
        for try await answer in answers { return answer }
        throw CancellationError()
      }
      group.addTask { try await self.keepAsking() }
      group.addTask {
        try await Task.sleep(for: limit)
        throw PluginFailure(
          "the kernel '\(self.handle.id)' at \(self.settings) gave no answer within \(limit.inWords); look at the server's log, or try again with more time",
          code: "kernel_not_ready", retryable: true, status: .deadline)
      }
      defer { group.cancelAll() }
      return try await group.next() ?? []
    }
  }

  private func wait() throws -> (UInt64, AsyncThrowingStream<[UInt8], any Error>) {
    let (stream, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
    let number = try state.withLock { state in
      if let lost = state.lost { throw PluginFailure(lost, code: "kernel_lost", status: .gone) }
      if state.waiters.isEmpty { state.readiness = ServerReadiness() }
      state.lastWaiter += 1
      state.waiters[state.lastWaiter] = continuation
      return state.lastWaiter
    }
    return (number, stream)
  }

  private func keepAsking() async throws -> [UInt8] {
    var pause = Duration.milliseconds(250)
    while true {
      for question in state.withLock({ $0.readiness.questions(session: session) }) { try send(question) }
      try await Task.sleep(for: pause)
      pause = min(pause * 2, .seconds(5))
    }
  }

  /// Whether a message belongs to finding out about readiness, and to nobody else.
  private func isOurs(_ message: KernelMessage) -> Bool {
    state.withLock { state in
      guard message.parentHeader.holds(state.readiness.marker) else { return false }
      if message.channel != .iopub, message.messageHeader?.session != session { state.presence.learn(from: message) }
      state.readiness.saw(message)
      guard let result = state.readiness.result else { return true }
      for waiter in state.waiters.values {
        waiter.yield(result)
        waiter.finish()
      }
      state.waiters = [:]
      return true
    }
  }

  // MARK: - Breaking and connecting again

  private func broke(_ sentence: String, _ generation: Int) {
    let isFirst = state.withLock { state in
      state.broken = generation
      guard !state.isClosed, state.lost == nil, !state.isReconnecting, state.socket != nil else { return false }
      state.socket = nil
      state.isReconnecting = true
      state.reconnecting = Task { await self.reconnect() }
      return true
    }
    if isFirst { outlet.pass(.disconnected("the connection to the kernel '\(handle.id)' at \(settings) broke: \(sentence)")) }
  }

  private func reconnect() async {
    let giveUp = ContinuousClock.now + settings.patience
    var pause = Duration.seconds(1)
    while !Task.isCancelled {
      do {
        try await Task.sleep(for: pause)
        guard let model = try await handle.rest.kernel(handle.id) else {
          return lose("\(settings) does not know the kernel any more: it ended, or the server was begun again")
        }
        if model["execution_state"]?.stringValue == "dead" { return lose("the kernel died, and \(settings) does not begin it again") }
        state.withLock { $0.owesReconnected = true }
        try await open()
        return
      } catch is CancellationError {
        return
      } catch {
        if isFinal(error) { return lose("\(error)") }
        if ContinuousClock.now >= giveUp { return lose("\(settings) was out of reach for \(settings.patience.inWords): \(error)") }
        pause = min(pause * 2, .seconds(30))
      }
    }
  }

  private func isFinal(_ error: any Error) -> Bool {
    guard let failure = error as? PluginFailure else { return false }
    return failure.status == .denied || failure.code == "kernel_not_found"
  }

  private func lose(_ sentence: String) {
    let waiters: [AsyncThrowingStream<[UInt8], any Error>.Continuation]? = state.withLock { state in
      guard state.lost == nil, !state.isClosed else { return nil }
      state.lost = sentence
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    guard let waiters else { return }
    for waiter in waiters { waiter.finish(throwing: PluginFailure(sentence, code: "kernel_lost", status: .gone)) }
    handle.isGone()
    outlet.pass(.lost(sentence))
  }
}
