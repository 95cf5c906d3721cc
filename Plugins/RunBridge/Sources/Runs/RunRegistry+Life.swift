// SPDX-License-Identifier: Apache-2.0
// How runs begin and end.

internal import Crypto
internal import JSON
internal import PluginSDK
internal import Processes
internal import Synchronization

extension RunRegistry {
  /// A run that was just registered, and what its process is to be told.
  struct Opened: Sendable {
    let run: Run
    let environment: [String: String]
  }

  /// Registers a run whose process somebody else begins.
  func open(_ order: RunOrder) async throws -> Opened {
    try order.check("run.open")
    return try await register(order, .terminal, output: nil)
  }

  func register(_ order: RunOrder, _ kind: Run.Kind, output: String?, id: String = newID()) async throws -> Opened {
    let address = try await surroundings.address()
    let token = try RunToken.make()
    var run = Run(
      id: id, name: order.shownName, session: try RandomBytes.hexadecimal(16), kind: kind, command: order.command, started: WallClock.now)
    run.directory = order.cwd
    run.workspace = order.workspace
    run.scopes = order.runScopes
    run.output = output
    run.address = address
    let entry = RunRegistry.Entry(run: run, digest: try RunToken.digest(token))
    try add(entry)
    let environment = RunEnvironment.variables(
      run: id, address: address, token: token, session: run.session, trainerPort: await trainerPort())
    return Opened(run: run, environment: environment)
  }

  static func newID() -> String { "run-" + String(UInt64.random(in: 1 << 44..<1 << 48), radix: 16) }

  private func trainerPort() async -> Int? {
    if let port = settings.trainerPort { return port }
    return await surroundings.trainerPort()
  }

  private func add(_ entry: RunRegistry.Entry) throws {
    let run = entry.run
    let refusal: PluginFailure? = state.withLock { state in
      if state.isStopping { return PluginFailure("cannot begin a run: the host is stopping", retryable: true, status: .stopping) }
      let live = state.entries.values.filter { $0.run.state != .ended }.count
      guard live < settings.runs else {
        return PluginFailure(
          "cannot begin another run: \(live) go on, and the setting 'runs' allows no more; end some, see run.list", code: "too_many_runs",
          retryable: true)
      }
      state.entries[run.id] = entry
      state.order.append(run.id)
      return nil
    }
    if let refusal { throw refusal }
    keep(entry.row, isNew: true)
    if run.kind == .terminal { clock.set(run.id, .seconds(settings.unadoptedSeconds)) }
    if run.kind == .terminal { surroundings.publish(run.event) }
  }

  /// Takes note of a run's process.
  func adopt(_ name: String, pid: Int32) throws -> Run {
    let run = try find(name).run
    guard let process = ProcessIdentity(pid) else {
      throw PluginFailure(
        "cannot give the run '\(run.id)' the process \(pid): there is none of that number, or it has ended", code: "process_not_found",
        status: .notFound)
    }
    if run.process == process { return run }
    guard run.state == .opened, run.kind == .terminal else {
      throw PluginFailure(
        run.isOver
          ? "cannot give the run '\(run.id)' a process: it is over"
          : "cannot give the run '\(run.id)' the process \(pid): it has the process \(run.process?.pid ?? 0)", code: "run_has_process",
        status: .invalid)
    }
    let running = try assign(process, to: run.id)
    watch(process, of: run.id)
    return running
  }

  /// Notes a run's process; `watch` must follow.
  func assign(_ process: ProcessIdentity, to id: String) throws -> Run {
    let row = state.withLock { state -> RunTable.Row? in
      guard state.entries[id]?.run.state == .opened else { return nil }
      state.entries[id]?.run.process = process
      state.entries[id]?.run.state = .running
      clock.set(id, nil)
      return state.entries[id]?.row
    }
    guard let row else {
      throw PluginFailure("cannot give the run '\(id)' a process: it is over", code: "run_has_process", status: .invalid)
    }
    keep(row)
    return row.run
  }

  func watch(_ process: ProcessIdentity, of id: String) {
    do throws(ProcessesError) {
      try watcher.watch(process) { [weak self] ending in self?.processEnded(id, ending) }
    } catch {
      surroundings.warn("process of a run not watched", ["run": id, "reason": error.message])
    }
  }

  /// Takes note of how a run's process ended, told by who began it.
  func close(_ name: String, _ ending: ProcessEnding) throws -> Run {
    let run = try find(name).run
    guard run.kind == .terminal else {
      throw PluginFailure("cannot close the run '\(run.id)': the host began its process; end it with run.stop", status: .invalid)
    }
    end(run.id, ending, Self.reason(ending))
    return try find(run.id).run
  }

  // MARK: - Ending

  /// On the watcher's thread.
  private func processEnded(_ id: String, _ ending: ProcessEnding) {
    guard let run = state.withLock({ $0.entries[id]?.run }), run.state != .ended else { return }
    guard run.kind == .terminal, ending == .unknown else { return end(id, ending, Self.reason(ending)) }
    // Not our child: whoever began it knows how it ended, and tells soon.
    let hasChanged = revoke(id, Self.reason(ending)) { run in
      guard !run.isOver else { return false }
      run.state = .ending
      return true
    }
    if hasChanged { clock.set(id, .seconds(settings.endingSeconds)) }
  }

  /// On the clock's thread.
  func timeIsOver(_ id: String) {
    guard let run = state.withLock({ $0.entries[id]?.run }) else { return }
    switch run.state {
    case .opened: end(id, .unknown, "no process of it is known, and nothing connected within \(Self.text(settings.unadoptedSeconds))")
    case .ending: end(id, .unknown, Self.reason(.unknown))
    case .running, .ended: break
    }
  }

  private static func text(_ seconds: Double) -> String { "\(seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)") s" }

  static func reason(_ ending: ProcessEnding) -> String {
    switch ending {
    case .exited(let status): "its process exited with status \(status)"
    case .signalled(let signal): "its process was ended by signal \(signal)"
    case .unknown: "its process has ended"
    }
  }

  /// Takes the token back and tells who has to know, once.
  ///
  /// - Parameter change: Changes the run; false: nothing is done.
  /// - Returns: What it returned.
  private func revoke(_ id: String, _ reason: String, _ change: (inout Run) -> Bool) -> Bool {
    let (row, isNews, isIdle) = state.withLock { state -> (RunTable.Row?, Bool, Bool) in
      guard var entry = state.entries[id], change(&entry.run) else { return (nil, false, false) }
      let isNews = entry.digest != nil
      entry.digest = nil
      entry.connections = []
      state.entries[id] = entry
      return (entry.row, isNews, !state.entries.values.contains { $0.digest != nil })
    }
    guard let row else { return false }
    keep(row)
    guard isNews else { return true }
    surroundings.isOver(row.run, reason)
    if isIdle { surroundings.isIdle() }
    return true
  }

  /// Ends a run; what is told later only adds how its process ended.
  func end(_ id: String, _ ending: ProcessEnding, _ reason: String) {
    let isFirst = revoke(id, reason) { run in
      guard run.state != .ended else { return false }
      run.state = .ended
      run.ended = WallClock.now
      run.ending = ending
      run.reason = reason
      return true
    }
    guard isFirst else { return learn(id, ending, reason) }
    clock.set(id, nil)
    let (run, waiters) = state.withLock { state -> (Run?, [CheckedContinuation<Void, Never>]) in
      let over = state.waiters.filter { $0.value.run == id }
      for number in over.keys { state.waiters[number] = nil }
      return (state.entries[id]?.run, over.values.map(\.continuation))
    }
    if let run {
      surroundings.publish(run.event)
      if run.output != nil { output.ended(run) }
    }
    for waiter in waiters { waiter.resume() }
    forgetOldest()
  }

  private func learn(_ id: String, _ ending: ProcessEnding, _ reason: String) {
    guard ending != .unknown else { return }
    let row = state.withLock { state -> RunTable.Row? in
      guard state.entries[id]?.run.ending == .unknown else { return nil }
      state.entries[id]?.run.ending = ending
      state.entries[id]?.run.reason = reason
      return state.entries[id]?.row
    }
    if let row { keep(row) }
  }

  // MARK: - Waiting

  /// Waits until a run is over.
  ///
  /// - Returns: Whether it was in time.
  func hasEnded(_ id: String, within limit: Duration) async -> Bool {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.waitForEnd(id) }
      group.addTask { try? await Task.sleep(for: limit) }
      await group.next()
      group.cancelAll()
    }
    return isEnded(id)
  }

  func isEnded(_ id: String) -> Bool { state.withLock { $0.entries[id].map { $0.run.state == .ended } ?? true } }

  private func waitForEnd(_ id: String) async {
    let number = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          guard state.entries[id].map({ $0.run.state != .ended }) == true, !state.isStopping, !Task.isCancelled else { return false }
          state.waiters[number] = (id, continuation)
          return true
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume()
    }
  }
}
