// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK

// How a kernel begins and ends.
extension Kernel {
  /// Begins the process and waits until it answers.
  func begin() async throws {
    try await changing("start") {
      try await launch()
    }
  }

  /// Takes a kernel that runs already.
  ///
  /// - Parameter since: When it was begun, as far as it is known.
  func adopt(_ handle: any KernelHandle, since: Double? = nil) async throws {
    try await changing("attach to") {
      try await converse(with: handle, isOurs: false)
      started = since ?? started
    }
  }

  /// Ends the process and begins another under the same id. What runs or waits is aborted.
  func restart(because why: String = "the kernel was restarted") async throws {
    if isChanging, status == .restarting { return try await joinRestart() }
    guard handle?.restartWay != .never else {
      throw failure(
        "cannot restart kernel '\(id)': it was begun by somebody else; restart it there, or begin another with kernel.start",
        code: "not_ours",
        status: .invalid)
    }
    try await changing("restart") {
      set(.restarting)
      abortAll(because: why, status: .aborted)
      if let handle, end == nil, handle.isAlive, handle.restartWay == .inPlace { return try await restartInPlace(handle) }
      await endProcess(restarting: true)
      try await launch()
    }
  }

  /// Several may want the same at once: they get the same.
  private func joinRestart() async throws {
    try await settled()
    guard status != .dead else {
      throw failure("kernel '\(id)' did not come back from its restart: \(reason ?? "it is dead")", code: "kernel_dead", status: .gone)
    }
  }

  /// Whoever runs it begins it again under the id it has there.
  private func restartInPlace(_ handle: any KernelHandle) async throws {
    await detach()
    do {
      try await handle.restart()
      try await converse(with: handle)
    } catch {
      set(.dead, reason: "\(error)")
      throw error
    }
  }

  /// Asks the kernel to end, insists, and cleans up. Nothing is left of it.
  ///
  /// A begin or restart that is under way is given up.
  func shutDown() async throws {
    isDoomed = true
    readying?.cancel()
    do { try await settled() } catch {
      isDoomed = false
      throw error
    }
    try await changing("shut down") {
      guard status != .dead else { return await letGo() }
      set(.terminating)
      abortAll(because: "the kernel was shut down", status: .aborted)
      await endProcess(restarting: false)
      set(.dead, reason: "it was shut down")
    }
  }

  /// Lets go of a kernel that lives on.
  func leave() async {
    abortAll(because: "the host stopped; the kernel goes on", status: .lost)
    await detach()
  }

  /// Lets go for good of a kernel that others look after. It goes on, with what it runs.
  func letOthersHaveIt() async throws {
    guard !provider.looksAfterKernels else {
      throw failure(
        "cannot detach from kernel '\(id)': it is a process of this host's, which nobody else would look after; end it with kernel.shutdown, or take a document from it with session.detach",
        code: "ours", status: .invalid)
    }
    isDoomed = true
    readying?.cancel()
    do { try await settled() } catch {
      isDoomed = false
      throw error
    }
    try await changing("detach from") {
      dropWaiting(because: "the host let go of the kernel before it began")
      abortAll(because: "the host let go of the kernel, which goes on", status: .lost)
      await letGo()
      set(.dead, reason: "the host let go of it; it goes on")
    }
  }

  private func detach() async {
    generation += 1
    inbox?.close()
    await link?.close()
    link = nil
  }

  /// Ends it by force, for a reason that becomes its end's.
  func kill(because why: String) async {
    killReason = why
    await handle?.kill()
  }

  private func changing(_ what: String, _ body: () async throws -> Void) async throws {
    guard !isChanging else {
      throw failure("cannot \(what) kernel '\(id)' now: it is \(status.rawValue); try again when that is done", code: "busy", status: .busy)
    }
    isChanging = true
    defer {
      isChanging = false
      // What was queued meanwhile is begun, or ended where nothing will begin it.
      if status == .dead { abortAll(because: reason ?? "the kernel ended", status: .aborted) }
      turns.announce()
      pump()
    }
    try await body()
  }

  /// Returns when no begin, restart or shutdown is under way.
  func settled() async throws {
    while isChanging { try await turns.wait(after: turns.count) }
  }

  // MARK: - Beginning

  /// Two programs may choose the same port at the same time; then the kernel ends at once, and another try has others.
  private func launch() async throws {
    if status != .restarting {
      status = .starting
      tell()
    }
    for attempt in 1...4 {
      do {
        return try await converse(with: provider.launch(plan))
      } catch {
        let isPortTaken = end.map { $0.lastErrors.contains("Address already in use") } ?? false
        guard isPortTaken, attempt < 4, !isDoomed else {
          set(.dead, reason: "\(error)")
          throw error
        }
      }
    }
  }

  /// - Parameter isOurs: Whether it is ended when it does not answer; one that somebody else needs is let go of.
  private func converse(with handle: any KernelHandle, isOurs: Bool = true) async throws {
    generation += 1
    begins += 1
    let generation = generation
    self.handle = handle
    (end, killReason, information, executionCount) = (nil, nil, .null, 0)
    (foreign, comms, subshell) = ([], [:], .untried)
    started = Self.now
    let inbox = Inbox(backlog: services.spool.map { "\($0)/\(id).inbox.events" })
    self.inbox = inbox
    own { kernel in await kernel.listen(to: inbox, generation) }
    own { kernel in await kernel.ended(handle.ended(), generation) }
    await launched?()
    do {
      let link = try await handle.connect(session: session) { [weak self] in self?.hear($0, for: inbox, generation) }
      self.link = link
      let limit = services.settings.startLimit
      let readying = Task(executorPreference: services.executor) { try await link.ready(within: limit) }
      self.readying = readying
      if end != nil || isDoomed { readying.cancel() }
      defer { self.readying = nil }
      let reply = try await readying.value
      information = (try? JSONValue(parsing: reply)) ?? .null
      guard self.generation == generation, end == nil else { throw CancellationError() }
      lastActivity = Self.now
      set(.idle)
    } catch {
      let cause = isDoomed ? doomed : end.map { startFailure($0) } ?? error
      if isOurs { await endProcess(restarting: false) } else { await detach() }
      throw cause
    }
  }

  private var doomed: PluginFailure { failure("kernel '\(id)' was shut down before it was ready", code: "kernel_dead", status: .gone) }

  private func startFailure(_ end: KernelEnd) -> PluginFailure {
    let errors = end.lastErrors.isEmpty ? "it wrote nothing to its standard error" : "its standard error ends with:\n\(end.lastErrors)"
    return failure(
      "cannot start kernel '\(plan.spec)' with '\(plan.command.joined(separator: " "))': it \(end.sentence) before it answered; \(errors)",
      code: "start_failed")
  }

  /// Runs something for as long as it takes; it holds on to the kernel.
  nonisolated func own(_ body: @escaping @Sendable (Kernel) async -> Void) {
    Task(executorPreference: services.executor) { await body(self) }
  }

  // MARK: - Ending

  /// Request, SIGTERM, SIGKILL: each step gets its time.
  private func endProcess(restarting: Bool) async {
    guard let handle else { return }
    let limit = services.settings.shutdownLimit
    if end == nil, handle.endsByMessage, let link {
      let content = JSONValue.object(["restart": .bool(restarting)]).bytes()
      try? link.send(.request("shutdown_request", session: session, content: content, channel: .control))
      _ = await waitForEnd(within: limit)
    }
    if end == nil, (try? handle.signal(15)) != nil { _ = await waitForEnd(within: limit / 2) }
    await handle.kill()
    await letGo()
  }

  private func waitForEnd(within limit: Duration) async -> Bool {
    (try? await within(limit) { [self] in try await untilEnded() }) != nil
  }

  private func untilEnded() async throws {
    while end == nil {
      let seen = turns.count
      if end != nil { return }
      try await turns.wait(after: seen)
    }
  }

  private func letGo() async {
    generation += 1
    inbox?.close()
    inbox = nil
    let (link, handle) = (self.link, self.handle)
    (self.link, self.handle) = (nil, nil)
    await link?.close()
    await handle?.cleanUp()
  }

  /// Whether it is dead, and nothing begins it again by itself.
  var isGone: Bool { status == .dead && !isToBeginAgain }

  /// Returns when it is gone, and why.
  func death() async throws -> String {
    while !isGone { try await turns.wait(after: turns.count) }
    return reason ?? "the kernel is gone"
  }

  /// The process of a generation ended, or the link says that it is gone.
  func ended(_ end: KernelEnd, _ generation: Int) async {
    guard generation == self.generation, self.end == nil else { return }
    self.end = end
    readying?.cancel()
    turns.announce()
    guard !isChanging else { return }
    let sentence = killReason ?? "the kernel \(end.sentence)"
    autorestarts.removeAll { $0 < Self.now - 600 }
    isToBeginAgain = !isDoomed && autorestarts.count < policy.autorestart
    set(.dead, reason: sentence)
    abortAll(because: end.lastErrors.isEmpty ? sentence : "\(sentence); its standard error ends with:\n\(end.lastErrors)", status: .lost)
    services.news(.died(summary, end))
    await letGo()
    if isToBeginAgain { await beginAgain(after: sentence) }
  }

  private func beginAgain(after sentence: String) async {
    defer {
      isToBeginAgain = false
      turns.announce()
    }
    // Somebody ends it, or has begun it again already.
    guard !isDoomed, !isChanging else { return }
    autorestarts.append(Self.now)
    do {
      // What was ordered since it died waits for the new one.
      try await changing("restart") {
        set(.restarting, reason: sentence)
        try await launch()
      }
    } catch {
      services.warning("kernel not begun again", ["kernel": id, "reason": "\(error)"])
    }
  }

  /// Ends every run and every question with one reason.
  func abortAll(because why: String, status: RunEnding.Status) {
    // First what waits, for the end of a run begins the next.
    let waiting = queue.removeAll()
    if var run = active {
      active = nil
      run.status = status
      run.reason = why
      finish(run)
    }
    for run in waiting { abort(run, because: why, status: status) }
    for (_, continuation) in pending { continuation.resume(throwing: failure(why, code: "kernel_gone", status: .gone)) }
    pending = [:]
    foreign = []
  }
}
