// SPDX-License-Identifier: Apache-2.0

internal import PluginAPI
public import PluginSDK

/// A host for one plugin instance, in memory: enters the plugin on one thread, as a real host does, and records every crossing.
///
/// ```swift
/// let host = try await TestHost(plugin: HelloPlugin.self)
/// let answer = try await host.call("hello.greet", #"{"name":"Ada"}"#)
/// #expect(answer.text == #"{"greeting":"hello, Ada"}"#)
/// await host.close()
/// ```
///
/// Nothing here sleeps: every wait is for something to happen, and fails with a sentence after its deadline.
public final class TestHost: Sendable {
  let state = Observed(HostState())
  let table: PluginTable
  let thread: InstanceThread
  let manifest: PluginManifest?
  let files: TestDirectories
  let number: UInt
  private let isOurs: Bool
  private let witness: (any HostWitness)?
  private let instance = Observed<PluginTable.Instance?>(nil)

  /// Makes and starts an instance of a plugin written in Swift.
  ///
  /// - Parameters:
  ///   - configuration: JSON, as it would come out of the host's validation.
  ///   - manifest: The path of a plugin.json that says which commands, topics and subscriptions there are. Without one every command and
  ///     topic is allowed, and the subscriptions are those of the code.
  ///   - libraryDirectory: Where the plugin's own files lie; without it an empty directory stands for that.
  ///   - starting: `false` leaves the start to `start()`.
  public convenience init<P: Plugin>(
    plugin: P.Type, configuration: String = "{}", manifest: String? = nil, libraryDirectory: String? = nil, starting: Bool = true
  ) async throws {
    try await self.init(
      unsafe PluginTable(exportPlugin(plugin)), configuration, manifest.map(PluginManifest.init(path:)), isOurs: true, starting,
      libraryDirectory: libraryDirectory)
  }

  /// Loads a library and makes and starts an instance of its plugin. The library stays loaded.
  public convenience init(
    library: String, configuration: String = "{}", manifest: String? = nil, starting: Bool = true
  ) async throws {
    try await self.init(
      loadPlugin(library), configuration, manifest.map(PluginManifest.init(path:)), isOurs: false, starting)
  }

  package init(
    _ table: PluginTable, _ configuration: String, _ manifest: PluginManifest?, isOurs: Bool, _ starting: Bool,
    libraryDirectory: String? = nil, witness: (any HostWitness)? = nil
  ) async throws {
    self.table = table
    self.manifest = manifest
    self.isOurs = isOurs
    self.witness = witness
    thread = try InstanceThread(name: "host of \(table.id)")
    files = try TestDirectories(library: libraryDirectory)
    number = hosts.nextNumber()
    hosts.add(self)
    try await create(configuration)
    if starting { try await start() }
  }

  deinit {
    hosts.remove(number)
    files.remove()
    guard let living = instance.read({ $0 }), state.read({ $0.phase != .destroyed }) else { return }
    let table = table
    thread.post {
      _ = table.stop(living, deadline: MonotonicClock.after(.seconds(1)))
      table.destroy(living)
    }
  }
}

// MARK: - Life

extension TestHost {
  private func create(_ configuration: String) async throws {
    let (status, made) = await thread.run { [self] in
      crossing("create", configuration) { () -> (PluginFailure.Status, PluginTable.Instance) in
        let (status, made) = table.create(host: number, configuration: Array(configuration.utf8))
        return (PluginFailure.Status(rawValue: status), made)
      } status: {
        $0.0
      }
    }
    guard !status.isFailure else {
      hosts.remove(number)
      throw TestHostError("create answered '\(status)'\(lastError)")
    }
    let registered = Set(state.read { $0.registered })
    let named = manifest.map { Set(($0.commands ?? []).map(\.name)) } ?? registered
    instance.change { $0 = made }
    let topics = manifest.map { ($0.subscribes ?? []).map(\.topic) } ?? (isOurs ? made.subscribedTopics() : [])
    state.change { state in
      state.phase = .created
      state.inlets = topics.map { HostState.Inlet(topic: $0) }
    }
    guard named == registered else {
      let missing = named.subtracting(registered).sorted().joined(separator: ", ")
      await close()
      throw TestHostError("the manifest names commands that the code does not register: \(missing)", rule: Self.agreement)
    }
  }

  static let agreement = "the code registers the commands that plugin.json names"

  /// Lets the plugin begin its work.
  public func start() async throws {
    let status = try await enter("start") { $0.start($1) }
    guard !status.isFailure else { throw TestHostError("start answered '\(status)'\(lastError)") }
    state.change { $0.phase = .started }
  }

  /// Lets the plugin end its work.
  ///
  /// - Returns: What it answered; `.gone` when there is no instance any more.
  @discardableResult
  public func stop(within time: Duration = .seconds(5)) async -> PluginFailure.Status {
    let deadline = MonotonicClock.after(time)
    let status = try? await enter("stop", then: { [state] in state.change { $0.phase = .stopped } }) { $0.stop($1, deadline: deadline) }
    for call in state.read({ $0.outgoing }).values { _ = call.end() }
    return status ?? .gone
  }

  /// Frees the instance.
  public func destroy() async {
    _ = try? await enter("destroy", then: { [state] in state.change { $0.phase = .destroyed } }) { table, instance in
      table.destroy(instance)
      return nil
    }
    instance.change { $0 = nil }
    hosts.remove(number)
  }

  /// Stops the plugin if it was not, frees it, and removes the host's directories.
  public func close() async {
    if state.read({ $0.phase == .started }) { await stop() }
    await destroy()
    files.remove()
  }

  /// Calls a function of the table on the instance's thread and records it.
  private func enter(
    _ function: String, then: @escaping @Sendable () -> Void = {},
    _ body: @escaping @Sendable (PluginTable, PluginTable.Instance) -> Int32?
  ) async throws -> PluginFailure.Status {
    guard let living = instance.read({ $0 }) else { throw TestHostError("cannot \(function): the instance is destroyed") }
    return await thread.run { [self] in
      crossing(function, "") {
        let status = body(table, living).map(PluginFailure.Status.init)
        then()
        return status
      } status: {
        $0
      } ?? .ok
    }
  }

  /// Enters the plugin: the record and the witness hear of it.
  private func crossing<Result>(
    _ function: String, _ arguments: String, _ body: () -> Result, status: (Result) -> PluginFailure.Status?
  ) -> Result {
    let mark = begin(.toPlugin, function, arguments)
    witness?.willEnter(function, arguments)
    let result = body()
    witness?.didLeave(function)
    end(mark, status(result))
    return result
  }

  /// Hands an event to the plugin. On the instance's thread only.
  func deliver(_ event: HostEvent) -> PluginFailure.Status {
    guard let living = instance.read({ $0 }), state.read({ $0.phase == .created || $0.phase == .started }) else { return .gone }
    return crossing("event", event.description) {
      PluginFailure.Status(rawValue: table.event(living, event))
    } status: {
      $0
    }
  }

  /// Asks the plugin to run a command. On the instance's thread, or the caller's for an inline command.
  func invoke(_ request: HostRequest) -> PluginFailure.Status {
    guard let living = instance.read({ $0 }), state.read({ $0.phase == .started }) else { return .gone }
    let arguments = "call \(request.call) \(request.command) \(request.payload.shown)"
    return crossing("invoke", arguments) {
      PluginFailure.Status(rawValue: table.invoke(living, request))
    } status: {
      $0
    }
  }

  /// Asks the plugin for a capability.
  func hasExtension(_ id: String) async -> Bool {
    guard let living = instance.read({ $0 }) else { return false }
    return await thread.run { [self] in
      crossing("extension", id) {
        table.hasExtension(living, id)
      } status: { _ in
        nil
      }
    }
  }

  /// Sends an event behind everything sent before.
  func send(_ event: HostEvent) { thread.post { [self] in _ = deliver(event) } }
}

// MARK: - The record

extension TestHost {
  /// Every crossing so far, in the order in which they began.
  public var record: [Crossing] { state.read { $0.record } }

  /// What the plugin asked of the host after it had said that it had stopped; none in a plugin that keeps the rules.
  public var crossingsAfterStop: [Crossing] { state.read { $0.afterStop } }

  /// The host functions that the plugin called after `destroy` had returned.
  package var functionsAfterDestroy: [String] { hosts.late(number) }

  /// Notes a broken rule, once.
  func report(_ finding: Finding) {
    state.change { state in
      if !state.misuses.contains(finding) { state.misuses.append(finding) }
    }
  }

  func reportIfCreating(_ function: String, _ fix: String) {
    guard state.read({ $0.phase == .new }) else { return }
    report(Finding(rule: "\(function) is not called in create", seen: "it was", fix: fix))
  }

  /// How many calls the plugin finished that had ended before, as happens after a cancel.
  public var lateFinishes: Int { state.read { $0.lateFinishes } }

  /// The lines in the plugin's log.
  public var log: [LogLine] { state.read { $0.log } }

  /// Waits for a line in the log.
  public func logged(
    within timeout: Duration = .seconds(30), _ isWanted: @escaping @Sendable (LogLine) -> Bool
  ) async throws -> LogLine {
    try await state.wait(for: "a line in the log", within: timeout) { $0.log.first(where: isWanted) }
  }

  /// What the plugin last said of its health.
  public var health: (value: Health, message: String)? { state.read { $0.health } }

  /// The commands the plugin registered, in order.
  public var registeredCommands: [String] { state.read { $0.registered } }

  /// The last error in the log as the end of a sentence.
  private var lastError: String {
    guard let line = log.last(where: { $0.level == .error }) else { return ", and said nothing in its log" }
    return ": \(line.message) \(line.values)"
  }

  func begin(_ direction: Crossing.Direction, _ function: String, _ arguments: String) -> Int {
    state.change { state in
      let crossing = Crossing(direction: direction, function: function, arguments: arguments)
      state.record.append(crossing)
      if direction == .toHost, state.phase == .stopped || state.phase == .destroyed { state.afterStop.append(crossing) }
      return state.record.count - 1
    }
  }

  func end(_ mark: Int, _ status: PluginFailure.Status?) {
    state.change { $0.record[mark].result = status?.description ?? "" }
  }
}
