// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Looks at expressions again after every change of a kernel's state, one look at a time for each kernel.
///
/// Changes that come close together are one. Expressions that were quick the last time are asked for together; the others by themselves, the
/// quickest first, each within its own limit: a slow one takes time from nobody but those slower still.
actor WatchService {
  /// Gives the kernel that a document runs in, if it has one.
  typealias KernelFinder = @Sendable (_ document: String) async -> String?

  /// How long changes are gathered.
  static let quiet = Duration.milliseconds(100)
  /// Expressions that took no longer than this are asked for together.
  private static let quick = Duration.milliseconds(50)

  /// What is still to be looked at on a kernel, and the task that does it.
  private struct Round {
    /// Whether the state changed: all are meant.
    var isAll = false
    /// Those that somebody asked for by themselves.
    var ids: Set<String> = []
    var task: Task<Void, Never>

    var isEmpty: Bool { !isAll && ids.isEmpty }
  }

  private let evaluator: any ExpressionEvaluator
  private let kernelOf: KernelFinder
  private let storage: WatchStorage
  private let clock: any Clock<Duration>
  private let changed: @Sendable (JSONValue) -> Void
  private var watches: [Watch] = [] { didSet { isWatching.isRaised = !watches.isEmpty } }
  private let isWatching: Flag
  private var rounds: [String: Round] = [:]
  /// Values that could not be kept yet: the latest of each watch.
  private var unsaved: [String: (sequence: Int64, value: WatchValue)] = [:]
  private var isStopped = false

  /// - Parameters:
  ///   - clock: Measures the quiet time; for tests.
  ///   - isWatching: Raised while there is anything to look at.
  ///   - changed: Hears of each watch that was added, removed or has another value or state.
  init(
    evaluator: any ExpressionEvaluator, results: ResultService, clock: any Clock<Duration> = ContinuousClock(),
    kernelOf: @escaping KernelFinder, isWatching: Flag = Flag(), changed: @escaping @Sendable (JSONValue) -> Void = { _ in }
  ) {
    self.evaluator = evaluator
    storage = WatchStorage(results: results)
    self.clock = clock
    self.kernelOf = kernelOf
    self.isWatching = isWatching
    self.changed = changed
  }

  /// Brings back what was watched before.
  func start() async throws { watches = try await storage.load() }

  /// Looks no more.
  func stop() async {
    isStopped = true
    let tasks = rounds.values.map(\.task)
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }

  // MARK: - Looking

  /// The state of a kernel may be another: a run ended there, whoever asked for it and however it ended.
  func stateChanged(kernel: String) {
    guard !isStopped, !watches.isEmpty else { return }
    begin(on: kernel)
    rounds[kernel]?.isAll = true
  }

  private func begin(on kernel: String) {
    if rounds[kernel] == nil { rounds[kernel] = Round(task: Task { await look(at: kernel) }) }
  }

  /// Looks until nothing is left to be looked at.
  private func look(at kernel: String) async {
    while let round = rounds[kernel], !round.isEmpty, !Task.isCancelled {
      // What somebody waits for is not held up.
      if round.ids.isEmpty {
        do { try await clock.sleep(for: Self.quiet) } catch { break }
      }
      guard let meant = rounds[kernel] else { break }
      rounds[kernel]?.isAll = false
      rounds[kernel]?.ids = []
      await look(at: meant.isAll ? nil : meant.ids, on: kernel)
    }
    rounds[kernel] = nil
  }

  private func look(at only: Set<String>?, on kernel: String) async {
    var ids = await self.ids(on: kernel)
    if let only { ids = ids.filter(only.contains) }
    for id in ids { setPending(id, true) }
    let mine = watches.filter { ids.contains($0.id) }
    let together = mine.filter { $0.took.map { $0 <= Self.quick } ?? false }
    if !together.isEmpty { await ask(together, kernel) }
    // What was not in time the last time comes last; what is new, before it.
    let others = mine.filter { watch in !together.contains { $0.id == watch.id } }.enumerated().sorted { Self.order($0) < Self.order($1) }
    for watch in others.map(\.element) {
      guard !Task.isCancelled else { break }
      await ask([watch], kernel)
    }
    for id in ids { setPending(id, false) }
    await save()
  }

  private static func order(_ entry: (offset: Int, element: Watch)) -> (Duration, Int) {
    (entry.element.took ?? (entry.element.last?.status == .late ? .seconds(1_000_000) : .zero), entry.offset)
  }

  private func ids(on kernel: String) async -> [String] {
    var kernels: [String: String?] = [:]
    var ids: [String] = []
    for watch in watches {
      switch watch.scope {
      case .kernel(let name): if name == kernel { ids.append(watch.id) }
      case .document(let document):
        let found = if let known = kernels[document] { known } else { await kernelOf(document) }
        kernels[document] = .some(found)
        if found == kernel { ids.append(watch.id) }
      }
    }
    return ids
  }

  private func ask(_ asked: [Watch], _ kernel: String) async {
    let limit = asked.map(\.limit).max() ?? .zero
    let begun = ContinuousClock.now
    var answers: [String: JSONValue] = [:]
    var failure: (any Error)?
    do {
      answers = try await evaluator.evaluate(
        Dictionary(asked.map { ($0.id, $0.expression) }) { first, _ in first }, on: kernel, within: limit)
    } catch {
      failure = error
    }
    // Cancelled: nobody waits for what this would say.
    guard !Task.isCancelled else { return }
    let took = ContinuousClock.now - begun
    for watch in asked {
      if let answer = answers[watch.id] {
        note(WatchValue(answer: answer, time: unixTime()), of: watch.id, took: asked.count == 1 ? took : watch.took)
      } else if asked.count == 1 {
        note(Self.failed(watch, failure), of: watch.id, took: nil)
      } else {
        // One of those asked for together held all up: by themselves it shows which.
        await ask([watch], kernel)
      }
    }
  }

  private static func failed(_ watch: Watch, _ failure: (any Error)?) -> WatchValue {
    let milliseconds = watch.limit.components.seconds * 1_000 + watch.limit.components.attoseconds / 1_000_000_000_000_000
    var sentence = "no answer within \(milliseconds) ms"
    if let failure { sentence += ": \((failure as? PluginFailure)?.message ?? "\(failure)")" }
    return WatchValue(status: .late, time: unixTime(), text: sentence)
  }

  /// Returns when nothing is looked at on a kernel.
  func settled(_ kernel: String) async {
    while let task = rounds[kernel]?.task { await task.value }
  }

  // MARK: - State

  private func setPending(_ id: String, _ isPending: Bool) {
    guard let place = watches.firstIndex(where: { $0.id == id }), watches[place].isPending != isPending else { return }
    watches[place].isPending = isPending
    if isPending { changed(Self.notice(watches[place], "pending")) }
  }

  private func note(_ value: WatchValue, of id: String, took: Duration?) {
    guard let place = watches.firstIndex(where: { $0.id == id }) else { return }
    watches[place].last = value
    watches[place].took = took
    watches[place].isPending = false
    unsaved[id] = (watches[place].nextSequence, value)
    watches[place].nextSequence += 1
    changed(Self.notice(watches[place], "value"))
  }

  private func save() async {
    let values = watches.compactMap { watch in unsaved[watch.id].map { (watch, $0.sequence, $0.value) } }
    guard !values.isEmpty else { return }
    do {
      try await storage.save(values)
      for (watch, sequence, _) in values where unsaved[watch.id]?.sequence == sequence { unsaved[watch.id] = nil }
    } catch {
      // The values are shown all the same, and kept with the next ones; the results say that the disk is full.
    }
  }

  private static func notice(_ watch: Watch, _ change: String) -> JSONValue {
    var notice = json(watch)
    notice["change"] = .string(change)
    return notice
  }

  static func json(_ watch: Watch) -> JSONValue {
    let milliseconds = watch.limit.components.seconds * 1_000 + watch.limit.components.attoseconds / 1_000_000_000_000_000
    var value: JSONValue = [
      "id": .string(watch.id), "expression": .string(watch.expression), "limit_ms": .integer(milliseconds), "added": .number(watch.added),
      "pending": .bool(watch.isPending), "value": watch.last?.json ?? .null,
    ]
    value[watch.scope.kind] = .string(watch.scope.target)
    return value
  }

  // MARK: - Commands

  /// Watches an expression, and looks at it at once.
  func add(_ scope: Watch.Scope, _ expression: String, limit: Duration) async throws -> JSONValue {
    let watch = Watch(id: Self.newID(), scope: scope, expression: expression, limit: limit, added: unixTime())
    try await storage.add(watch)
    watches.append(watch)
    changed(Self.notice(watch, "added"))
    await lookNow(at: [watch])
    return Self.json(find(watch.id) ?? watch)
  }

  func list(_ scope: Watch.Scope?) -> [JSONValue] { select(scope).map(Self.json) }

  func remove(_ id: String) async throws -> JSONValue {
    let watch = try require(id)
    return try await remove([watch])
  }

  func clear(_ scope: Watch.Scope?) async throws -> JSONValue { try await remove(select(scope)) }

  private func remove(_ gone: [Watch]) async throws -> JSONValue {
    try await storage.remove(gone.map(\.id))
    for watch in gone {
      watches.removeAll { $0.id == watch.id }
      unsaved[watch.id] = nil
      changed(Self.notice(watch, "removed"))
    }
    return ["removed": .integer(Int64(gone.count))]
  }

  /// Looks at one watch, or at those of a scope, or at all, and waits for the values.
  func refresh(id: String? = nil, _ scope: Watch.Scope?) async throws -> [JSONValue] {
    let meant = if let id { [try require(id)] } else { select(scope) }
    await lookNow(at: meant)
    return meant.compactMap { find($0.id) }.map(Self.json)
  }

  func history(_ id: String, limit: Int) async throws -> JSONValue {
    let watch = try require(id)
    await save()
    let values = try await storage.history(id, limit: limit)
    return ["id": .string(id), "expression": .string(watch.expression), "values": .array(values)]
  }

  /// Looks after a look that is under way, whose answers may be older than this wish.
  private func lookNow(at meant: [Watch]) async {
    var kernels: [String] = []
    for watch in meant {
      let kernel: String? =
        switch watch.scope {
        case .kernel(let name): name
        case .document(let document): await kernelOf(document)
        }
      if let kernel {
        if !kernels.contains(kernel) { kernels.append(kernel) }
      } else {
        note(
          WatchValue(status: .absent, time: unixTime(), text: "no kernel runs for '\(watch.scope.target)'; run a block of it"),
          of: watch.id, took: nil)
      }
    }
    guard !isStopped else { return }
    for kernel in kernels {
      begin(on: kernel)
      rounds[kernel]?.ids.formUnion(meant.map(\.id))
    }
    for kernel in kernels { await rounds[kernel]?.task.value }
    await save()
  }

  private func select(_ scope: Watch.Scope?) -> [Watch] { watches.filter { scope == nil || $0.scope == scope } }

  private func find(_ id: String) -> Watch? { watches.first { $0.id == id } }

  private func require(_ id: String) throws -> Watch {
    guard let watch = find(id) else {
      throw PluginFailure(
        "cannot find the watch '\(id)': there is none, or it was removed; see watch.list", code: "watch_not_found", status: .invalid)
    }
    return watch
  }

  /// Gives watches of a document, or of all below a directory, their new name.
  func rename(_ old: String, to new: String) async throws {
    for place in watches.indices {
      guard case .document(let name) = watches[place].scope, name == old || name.hasPrefix(old + "/") else { continue }
      watches[place].scope = .document(new + name.dropFirst(old.count))
      let watch = watches[place]
      changed(Self.notice(watch, "renamed"))
      try await storage.rename(watch)
    }
  }

  private static func newID() -> String {
    let digits = Array("0123456789abcdef")
    return "watch-" + String((0..<16).map { _ in digits[Int.random(in: 0..<16)] })
  }
}
