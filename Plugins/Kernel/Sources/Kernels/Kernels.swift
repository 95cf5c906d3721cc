// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK
internal import Synchronization

/// All kernels of this host, by id; and which documents use which.
actor Kernels: ExpressionEvaluator {
  nonisolated let services: KernelServices
  nonisolated let providers: [any KernelProvider]
  private let journal: KernelJournal
  private(set) var all: [String: Kernel] = [:] { didSet { copy.withLock { [all] in $0 = all } } }
  private nonisolated let copy = Mutex<[String: Kernel]>([:])
  /// The order in which they were begun.
  private var order: [String] = []
  /// Document to kernel.
  private(set) var sessions: [String: String] = [:]
  /// Starts in flight, by document: two quick runs in a fresh file begin one kernel.
  private var starting: [String: Task<Kernel, any Error>] = [:]
  private var warm: [Kernel] = []
  /// The one that is being made ready: one at a time.
  private var warming: Kernel?
  private var isLeaving = false
  /// Kernels of before that could not be reached; they stay written down, for the next start of the host may reach them.
  private var unreached: [KernelJournal.Entry] = []
  private var isRestored = false
  /// Numbers of what was begun to be written down, and of what was: the older one must not come last.
  private var saves = (begun: 0, written: 0)
  /// Looking for the kernels of before; nothing is answered until that is done.
  private var restoring: Task<Void, Never>?

  init(services: KernelServices, providers: [any KernelProvider], journal: KernelJournal) {
    self.services = services
    self.providers = providers
    self.journal = journal
  }

  // MARK: - Finding

  /// The kernel of a whole id, for whoever does not want to wait for its turn here.
  nonisolated func known(_ id: String) -> Kernel? { copy.withLock { $0[id] } }

  /// The kernel of an id, or of a beginning of one that fits only one.
  func kernel(_ id: String) throws -> Kernel {
    if let kernel = all[id] { return kernel }
    let fitting = id.count >= 4 ? all.filter { $0.key.hasPrefix(id) } : [:]
    if let only = fitting.first, fitting.count == 1 { return only.value }
    let known = order.isEmpty ? "there are none" : "there are \(order.map { $0.prefix(8) }.joined(separator: ", "))"
    throw PluginFailure("no kernel '\(id)': \(known); see kernel.list", code: "no_kernel", status: .notFound)
  }

  /// In the order they were begun.
  var inOrder: [Kernel] { order.compactMap { all[$0] } }

  /// The kernel a document uses; nil when it uses none that lives.
  func kernel(of document: String) async -> Kernel? {
    guard let id = sessions[document], let kernel = all[id], await kernel.status != .dead else { return nil }
    return kernel
  }

  /// The documents of a kernel, sorted.
  func documents(of kernel: String) -> [String] { sessions.filter { $0.value == kernel }.keys.sorted() }

  /// Returns when the kernels of before were looked for.
  func settled() async { await restoring?.value }

  // MARK: - Beginning

  /// Begins a kernel and waits until it is ready.
  func start(_ order: KernelOrder, provider name: String? = nil, policy: KernelPolicy? = nil) async throws -> Kernel {
    await settled()
    let provider = try provider(name)
    let plan = try await provider.prepare(order)
    if let ready = takeWarm(for: plan, policy), await use(ready, plan) { return ready }
    let kernel = add(plan, provider, policy)
    await kernel.onLaunch { [weak self] in await self?.save() }
    do {
      try await kernel.begin()
    } catch {
      remove(kernel.id)
      throw error
    }
    await save()
    return kernel
  }

  /// The document's kernel, begun if it has none.
  func kernel(for document: String, order: KernelOrder, provider: String? = nil) async throws -> Kernel {
    await settled()
    if let id = sessions[document], let kernel = all[id] { return try await living(kernel) }
    if let task = starting[document] { return try await task.value }
    let task = Task(executorPreference: services.executor) { try await self.start(order, provider: provider) }
    starting[document] = task
    defer { starting[document] = nil }
    let kernel = try await task.value
    sessions[document] = kernel.id
    await save()
    return kernel
  }

  /// A kernel that runs; one that died is begun again under its id.
  private func living(_ kernel: Kernel) async throws -> Kernel {
    try await kernel.settled()
    if await kernel.status == .dead {
      try await kernel.restart()
      await save()
    }
    return kernel
  }

  /// Attaches to a kernel that somebody else began.
  func attach(_ record: JSONValue, provider name: String) async throws -> Kernel {
    let provider = try provider(name)
    guard let handle = try await provider.restore(record) else {
      throw PluginFailure("cannot attach to the kernel: it is gone", code: "no_kernel", status: .notFound)
    }
    let details = handle.describe()
    let plan = KernelPlan(
      order: KernelOrder(), spec: details["spec"]?.stringValue ?? "attached",
      displayName: details["display_name"]?.stringValue ?? "attached kernel",
      language: details["language"]?.stringValue ?? "")
    // It is somebody else's: nothing becomes of it by itself.
    let kernel = add(plan, provider, KernelPolicy(services.settings, autorestart: 0, cullIdle: 0, memoryCeiling: 0))
    do { try await kernel.adopt(handle) } catch {
      remove(kernel.id)
      throw error
    }
    await save()
    return kernel
  }

  func provider(_ name: String?) throws -> any KernelProvider {
    guard let name else { return providers[0] }
    if let provider = providers.first(where: { $0.name == name }) { return provider }
    throw PluginFailure(
      "no provider '\(name)' of kernels; there are \(providers.map(\.name).joined(separator: ", "))", code: "no_provider", status: .notFound
    )
  }

  private func add(_ plan: KernelPlan, _ provider: any KernelProvider, _ policy: KernelPolicy?, id: String = UUID().uuidString.lowercased())
    -> Kernel
  {
    let kernel = Kernel(
      id: id, plan: plan, provider: provider, policy: policy ?? KernelPolicy(services.settings), services: services)
    all[id] = kernel
    order.append(id)
    return kernel
  }

  // MARK: - Ending

  /// Shuts a kernel down, and takes it and its sessions off the list.
  func shutDown(_ kernel: Kernel) async throws {
    try await kernel.shutDown()
    remove(kernel.id)
    await save()
  }

  /// Lets a kernel go that others look after, and takes it and its sessions off the list.
  func detach(_ kernel: Kernel) async throws {
    try await kernel.letOthersHaveIt()
    remove(kernel.id)
    await save()
  }

  private func remove(_ id: String) {
    all[id] = nil
    order.removeAll { $0 == id }
    sessions = sessions.filter { $0.value != id }
  }

  // MARK: - Sessions

  /// Lets a document use a kernel.
  func bind(_ document: String, to kernel: Kernel) async {
    sessions[document] = kernel.id
    await save()
  }

  /// Takes a document from its kernel; the kernel goes on.
  func unbind(_ document: String) async -> Bool {
    guard sessions.removeValue(forKey: document) != nil else { return false }
    await save()
    return true
  }

  /// A document has another name now.
  func rename(_ document: String, to new: String) async {
    guard let kernel = sessions.removeValue(forKey: document) else { return }
    sessions[new] = kernel
    await save()
  }

  // MARK: - Values

  func evaluate(_ expressions: [String: String], on kernel: String, within limit: Duration) async throws -> [String: JSONValue] {
    try await self.kernel(kernel).evaluate(expressions, within: limit)
  }
}

// MARK: - Over restarts of the host

extension Kernels {
  /// Looks for the kernels of before.
  func beginRestoring() { restoring = Task(executorPreference: services.executor) { await self.restore() } }

  private func restore() async {
    for entry in journal.read() {
      if entry.isWarm == true {
        await end(entry)
        continue
      }
      guard let provider = providers.first(where: { $0.name == entry.provider }) else {
        missed(entry, "there is no provider '\(entry.provider)' in the configuration")
        continue
      }
      do {
        guard let handle = try await provider.restore(entry.record) else {
          services.warning("kernel of before has ended", details(of: entry))
          continue
        }
        let kernel = add(entry.plan, provider, entry.policy, id: entry.id)
        // The journal has it, and is read to its end before it is written anew.
        await kernel.onLaunch { [weak self] in if await self?.isRestored == true { await self?.save() } }
        do { try await kernel.adopt(handle, since: entry.started) } catch {
          remove(entry.id)
          throw error
        }
        for document in entry.documents { sessions[document] = entry.id }
        services.info("kernel found again", ["kernel": entry.id, "name": entry.plan.displayName])
      } catch {
        missed(entry, "\(error)")
      }
    }
    isRestored = true
    await save()
    await fillWarm()
  }

  /// Ends a kernel that an earlier host kept ready and did not come to end. Nobody used it: another is begun in its place.
  private func end(_ entry: KernelJournal.Entry) async {
    guard let provider = providers.first(where: { $0.name == entry.provider }) else { return missed(entry, "its provider is gone") }
    do {
      guard let handle = try await provider.restore(entry.record) else { return }
      await handle.kill()
      await handle.cleanUp()
      services.info("kernel kept ready by an earlier host ended", details(of: entry))
    } catch {
      services.warning("kernel kept ready by an earlier host not ended", details(of: entry).merging(["reason": "\(error)"]) { $1 })
    }
  }

  private func missed(_ entry: KernelJournal.Entry, _ reason: String) {
    unreached.append(entry)
    services.warning("kernel of before not found again", details(of: entry).merging(["reason": reason]) { $1 })
  }

  private func details(of entry: KernelJournal.Entry) -> [String: String] {
    ["kernel": entry.id, "name": entry.plan.displayName, "documents": entry.documents.joined(separator: ", ")]
  }

  /// Writes down what is needed to find the kernels again.
  func save() async {
    saves.begun += 1
    let number = saves.begun
    var entries = unreached
    for kernel in inOrder { if let entry = await entry(for: kernel) { entries.append(entry) } }
    for kernel in warm + [warming].compactMap(\.self) where all[kernel.id] == nil {
      guard var entry = await entry(for: kernel) else { continue }
      entry.isWarm = true
      entries.append(entry)
    }
    guard number > saves.written else { return }
    saves.written = number
    do { try journal.write(entries) } catch { services.warning("kernels not written down", ["reason": "\(error)"]) }
  }

  private func entry(for kernel: Kernel) async -> KernelJournal.Entry? {
    guard let record = await kernel.record else { return nil }
    return KernelJournal.Entry(
      id: kernel.id, provider: kernel.provider.name, record: record, plan: await kernel.plan, policy: kernel.policy,
      documents: documents(of: kernel.id), started: await kernel.started)
  }

  /// Lets those go that outlive the host, and ends the others.
  func leave() async {
    isLeaving = true
    for task in starting.values { task.cancel() }
    await withTaskGroup { group in
      for kernel in warm + [warming].compactMap({ $0 }) { group.addTask { try? await kernel.shutDown() } }
      for kernel in all.values {
        group.addTask {
          if await kernel.plan.order.outlivesHost, await kernel.record != nil { await kernel.leave() } else { try? await kernel.shutDown() }
        }
      }
    }
  }
}

// MARK: - What happens by itself

extension Kernels {
  /// Called every second: lost last words, idle kernels, kernels that take too much memory.
  func tick() async {
    for kernel in all.values {
      await kernel.tick()
      if await kernel.isOverCeiling {
        await kernel.kill(because: "it was ended at its memory ceiling of \(kernel.policy.memoryCeiling) bytes")
      }
      if await kernel.isIdleTooLong {
        services.info("idle kernel shut down", ["kernel": kernel.id])
        try? await shutDown(kernel)
      }
    }
  }

  // MARK: Warm kernels

  private func takeWarm(for plan: KernelPlan, _ policy: KernelPolicy?) -> Kernel? {
    guard plan.order.environment.isEmpty else { return nil }
    let policy = policy ?? KernelPolicy(services.settings)
    guard let index = warm.firstIndex(where: { $0.isLike(plan) && $0.policy == policy }) else { return nil }
    let kernel = warm.remove(at: index)
    // At once: it is somebody's from now on, and must be found again as that.
    all[kernel.id] = kernel
    order.append(kernel.id)
    Task(executorPreference: services.executor) { await self.fillWarm() }
    return kernel
  }

  /// - Returns: False when it would not serve; then it is ended.
  private func use(_ kernel: Kernel, _ plan: KernelPlan) async -> Bool {
    do {
      try await kernel.move(to: plan)
      await save()
      return true
    } catch {
      services.warning("kernel kept ready not used", ["kernel": kernel.id, "reason": "\(error)"])
      try? await shutDown(kernel)
      return false
    }
  }

  /// Begins what is missing of the kernels that are kept ready.
  func fillWarm() async {
    guard warming == nil else { return }
    for (spec, count) in services.settings.warm ?? [:] {
      while warm.filter({ $0.firstPlan.order.spec == spec }).count < count, warming == nil, !isLeaving {
        do {
          let plan = try await providers[0].prepare(KernelOrder(spec: spec, outlivesHost: services.settings.outliveHost ?? true))
          let kernel = Kernel(
            id: UUID().uuidString.lowercased(), plan: plan, provider: providers[0], policy: KernelPolicy(services.settings),
            services: services)
          warming = kernel
          defer { warming = nil }
          // From its first moment on, so that whatever becomes of this host leaves none behind.
          await kernel.onLaunch { [weak self] in await self?.save() }
          try await kernel.begin()
          await kernel.warmUp()
          if isLeaving { try await kernel.shutDown() } else { warm.append(kernel) }
        } catch {
          guard !isLeaving else { return }
          services.warning("no kernel kept ready", ["spec": spec, "reason": "\(error)"])
          return
        }
      }
    }
  }
}
