// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// One living plugin: the plugin's own value and everything that keeps it running.
final class PluginInstance: Sendable {
  private enum Phase { case created, started, failed, stopped }

  /// A subscription at work.
  private enum Listener: Sendable {
    case closure(@Sendable (borrowing BorrowedEvent) -> SubscriptionReply)
    case stream(EventBuffer, @Sendable (EventStream) async -> Void)
  }

  let runtime: PluginRuntime
  private let plugin: any Plugin
  private let id: String
  private let commands: [String: Command]
  private let listeners: [Listener]
  private let phase = Mutex(Phase.created)
  /// The newest configuration not yet told to the plugin; a task that tells it runs while this is `.some`.
  private let news = Mutex<[PluginContext.Configuration]?>(nil)

  /// Makes the plugin and registers its commands.
  init(_ type: any Plugin.Type, _ runtime: PluginRuntime) throws {
    self.runtime = runtime
    id = type.id
    let plugin = try type.init(PluginContext(runtime: runtime))
    self.plugin = plugin
    commands = try Self.register(plugin.commands, runtime.connection)
    let subscriptions = plugin.subscriptions
    runtime.setSubscribed(subscriptions.map(\.topic))
    listeners = subscriptions.enumerated().map { index, subscription in
      switch subscription.handler {
      case .closure(let body): .closure(body)
      case .stream(let capacity, let body):
        .stream(EventBuffer(capacity: capacity) { runtime.connection.resumeSubscription(index) }, body)
      }
    }
  }

  private static func register(_ commands: [Command], _ connection: HostConnection) throws -> [String: Command] {
    var byName: [String: Command] = [:]
    for command in commands {
      let status = connection.register(command: command.name)
      guard !status.isFailure else { throw refusal(of: command.name, status) }
      byName[command.name] = command
    }
    return byName
  }

  private static func refusal(of name: String, _ status: PluginFailure.Status) -> PluginFailure {
    let reason =
      switch status {
      case .denied: "'commands' in plugin.json does not name it; add it there, or remove it from the code"
      case .invalid: "it is registered twice; give every command a name of its own"
      case .unsupported: "the host offers no 'jf.register/1'; use a host of ABI 1.0 or newer"
      default: "the host answered '\(status)'"
      }
    return PluginFailure("cannot register the command '\(name)': \(reason)", status: status)
  }
}

// MARK: - Start and stop

extension PluginInstance {
  func start() -> PluginFailure.Status {
    let isFirst = phase.withLock { phase in
      defer { if phase == .created { phase = .started } }
      return phase == .created
    }
    guard isFirst else { return .invalid }
    let outcome = Monitor<Result<Void, any Error>?>(nil)
    runtime.tasks.start(.lifecycle) { [plugin] in
      let result: Result<Void, any Error>
      do {
        try await HostThread.$isStarting.withValue(true) { try await plugin.start() }
        result = .success(())
      } catch {
        result = .failure(error)
      }
      outcome.change { $0 = result }
    }
    if case .failure(let error)? = outcome.wait(for: { $0 }) {
      phase.withLock { $0 = .failed }
      return fail("the plugin did not start", error)
    }
    startStreams()
    return .ok
  }

  private func startStreams() {
    for case .stream(let buffer, let body) in listeners {
      runtime.tasks.start(.stream) { [self] in
        await body(EventStream(buffer: buffer))
        buffer.abandon()
        if !isStopped { PluginLog(connection: runtime.connection).debug("event stream left by its reader") }
      }
    }
  }

  private var isStopped: Bool { phase.withLock { $0 == .stopped } }

  private func fail(_ message: String, _ error: any Error) -> PluginFailure.Status {
    PluginLog(connection: runtime.connection).error(message, ["reason": "\(error)"])
    guard let failure = error as? PluginFailure, failure.status.isFailure else { return .failed }
    return failure.status
  }

  /// Ends everything until a deadline: streams are read to their end, then the plugin's own stop runs, then calls may end; the rest is
  /// cancelled. Afterwards nothing of this instance reaches the host.
  ///
  /// - Parameter deadline: 0 allows five seconds.
  func stop(_ deadline: UInt64) -> PluginFailure.Status {
    let wasStarted = phase.withLock { phase in
      defer { phase = .stopped }
      return phase == .started
    }
    guard runtime.beginStopping() else { return .ok }
    let begin = MonotonicClock.now
    let end = deadline == 0 ? MonotonicClock.after(.seconds(5)) : max(deadline, begin)
    func part(_ percent: UInt64) -> UInt64 { begin + (end - begin) / 100 * percent }

    if wasStarted { endInTurn(part) }
    runtime.tasks.close()
    let everything: [OwnedTasks.Kind] = [.lifecycle, .stream, .background, .call]
    runtime.tasks.cancel(everything)
    let allEnded = runtime.tasks.wait(for: everything, until: end)
    let late = PluginFailure("gave up: the plugin '\(id)' stopped before the command had ended", status: .stopping)
    for call in runtime.calls { call.finish(.failure(late)) }
    runtime.connection.close()
    let threadsEnded = runtime.executor.shutDown(until: allEnded ? MonotonicClock.after(.seconds(1)) : end)
    return allEnded && threadsEnded ? .ok : .deadline
  }

  private func endInTurn(_ part: (UInt64) -> UInt64) {
    for case .stream(let buffer, _) in listeners { buffer.finish() }
    if !runtime.tasks.wait(for: [.stream], until: part(40)) { runtime.tasks.cancel([.stream]) }
    runtime.tasks.start(.lifecycle) { [plugin] in await plugin.stop() }
    _ = runtime.tasks.wait(for: [.lifecycle], until: part(70))
    runtime.tasks.cancel([.background])
    _ = runtime.tasks.wait(for: [.call, .background], until: part(85))
  }
}

// MARK: - Commands

extension PluginInstance {
  /// Runs a command.
  ///
  /// - Parameter input: Lent; copied for a command that runs in a task.
  func invoke(_ call: IncomingCall, _ content: Content, _ input: Span<UInt8>) -> PluginFailure.Status {
    guard let command = commands[call.command] else {
      call.finish(.failure(PluginFailure("the plugin '\(id)' has no command '\(call.command)'", status: .notFound)))
      return .ok
    }
    guard phase.withLock({ $0 == .started }) else { return .stopping }
    switch command.body {
    case .inline(let body):
      call.finish(Result { Payload(bytes: try HostThread.enter { try body(input) }) })
      return .ok
    case .onHostThread(let body):
      call.finish(Result { try HostThread.enter { try body(input, content) } })
      return .ok
    case .task(let body, let isPrompt):
      return begin(call, isPrompt, body, Payload(bytes: [UInt8](copying: input), content: content))
    }
  }

  private func begin(
    _ call: IncomingCall, _ isPrompt: Bool, _ body: @escaping @Sendable (Payload, Call) async throws -> Payload, _ input: Payload
  ) -> PluginFailure.Status {
    guard runtime.add(call) else { return .stopping }
    let task = runtime.tasks.start(.call, isPrompt: isPrompt) { [runtime] in
      let outcome: Result<Payload, any Error>
      do {
        let handle = Call(incoming: call)
        outcome = .success(try await Call.$current.withValue(handle) { try await body(input, handle) })
      } catch {
        outcome = .failure(error)
      }
      runtime.remove(call)
      call.finish(outcome)
    }
    guard let task else {
      runtime.remove(call)
      return .stopping
    }
    if call.setTask(task) { runtime.tasks.cancel(task) }
    if isPrompt { cancelIfGivenUp(call) }
    return .pending
  }
}

// MARK: - Events

extension PluginInstance {
  /// On the caller's own thread a call begins beside the news that it was given up, which may have come before the call was known here.
  private func cancelIfGivenUp(_ call: IncomingCall) {
    let state = runtime.connection.state(of: call.id)
    if state == .cancelled || state == .deadline { cancel(call.id, state) }
  }

  func cancel(_ call: CallID, _ status: PluginFailure.Status) {
    if let task = runtime.call(call)?.cancel(status) { runtime.tasks.cancel(task) }
  }

  func addCredit(to call: CallID) { runtime.call(call)?.addCredit() }

  func take(_ event: borrowing BorrowedEvent, of subscription: UInt64) -> SubscriptionReply {
    guard let index = Int(exactly: subscription), listeners.indices.contains(index) else { return .taken }
    switch listeners[index] {
    case .stream(let buffer, _): return buffer.offer(event)
    case .closure(let body):
      // `HostThread.enter` takes a closure, which cannot capture a borrowed event; so the two halves are written out.
      let before = HostThread.mark()
      defer { HostThread.restore(before) }
      return body(event)
    }
  }

  /// Tells the plugin its new configuration, one after the other, leaving out those overtaken by a newer one.
  func configurationChanged(to configuration: PluginContext.Configuration) {
    runtime.configuration = configuration
    let mustStart = news.withLock { news in
      defer { news = [configuration] }
      return news == nil
    }
    guard mustStart else { return }
    runtime.tasks.start(.lifecycle) { [self] in
      while let configuration = nextConfiguration() {
        do {
          try await plugin.configurationChanged(to: configuration)
        } catch {
          _ = fail("new configuration not taken", error)
        }
      }
    }
  }

  private func nextConfiguration() -> PluginContext.Configuration? {
    news.withLock { news in
      guard let newest = news?.last else {
        news = nil
        return nil
      }
      news = []
      return newest
    }
  }
}
