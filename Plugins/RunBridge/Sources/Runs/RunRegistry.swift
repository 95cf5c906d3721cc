// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import JSON
internal import PluginSDK
internal import Processes
internal import Synchronization

/// All runs: who they are, whose token is whose, and when they are over.
///
/// A run is over when its process has ended. Without a known process it is over when its last connection closes, or when it has none for a while.
final class RunRegistry: RunAuthority, Sendable {
  struct Entry: Sendable {
    var run: Run
    /// Nil when the token was revoked.
    var digest: [UInt8]?
    var connections: Set<UInt> = []

    var row: RunTable.Row { RunTable.Row(run: run, digest: digest) }
  }

  struct State: Sendable {
    var entries: [String: Entry] = [:]
    /// Ids, oldest first.
    var order: [String] = []
    var waiters: [UInt64: (run: String, continuation: CheckedContinuation<Void, Never>)] = [:]
    var lastWaiter: UInt64 = 0
    /// Whether the host goes away: from then on no run is over because its connections close.
    var isStopping = false
  }

  let settings: RunSettings
  let surroundings: RunSurroundings
  /// Of the folders with the output of captured runs.
  let directory: String
  let output: RunOutput
  let clock = RunClock()
  let watcher: ProcessWatcher
  let state = Mutex(State())
  private let store: BridgeStore

  /// - Parameters:
  ///   - store: Started before, stopped afterwards.
  ///   - directory: Of the output's files, in a directory that exists.
  init(store: BridgeStore, directory: String, settings: RunSettings, surroundings: RunSurroundings) throws {
    self.store = store
    self.directory = directory
    self.settings = settings
    self.surroundings = surroundings
    output = try RunOutput(sink: surroundings.sink, warn: surroundings.warn)
    do throws(ProcessesError) { watcher = try ProcessWatcher() } catch { throw PluginFailure(error.message) }
  }

  /// Finds the runs of an earlier life again: whose process lives goes on, whose has ended is over.
  func start() async throws {
    try clock.start { [weak self] run in self?.timeIsOver(run) }
    try output.start()
    for row in try await store.perform({ try RunTable.all(in: $0) }) { restore(row) }
    forgetOldest()
  }

  /// To be called before the connections are closed or handed over: from now on no run is over because of that.
  func beginStop() { state.withLock { $0.isStopping = true } }

  /// Ends what was begun here; the runs go on.
  func stop() {
    beginStop()
    clock.stop()
    watcher.stop()
    output.stop()
    let waiters = state.withLock { state in
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.continuation.resume() }
  }

  // MARK: - For the door

  func caller(token: String, session: String?, connection: UInt?) -> Caller? {
    guard let digest = try? RunToken.digest(token) else { return nil }
    return state.withLock { state in
      // Every one is looked at, whichever fits.
      let fitting = state.entries.values.filter { entry in
        guard let own = entry.digest else { return false }
        let isTheirs = ConstantTime.areEqual(own, digest)
        let isSession = session.map { ConstantTime.areEqual(Array($0.utf8), Array(entry.run.session.utf8)) } ?? true
        return isTheirs && isSession
      }
      return fitting.first.map { Self.caller($0.run, connection) }
    }
  }

  func caller(run: String, connection: UInt) -> Caller? {
    state.withLock { state in
      guard let entry = state.entries[run], entry.digest != nil else { return nil }
      return Self.caller(entry.run, connection)
    }
  }

  /// Who asks on behalf of a run without a connection; nil: there is no such run, or it is over.
  func caller(ofRun id: String) -> Caller? {
    state.withLock { state in
      guard let entry = state.entries[id], entry.digest != nil else { return nil }
      return Self.caller(entry.run, nil)
    }
  }

  func connected(_ caller: Caller) {
    guard let connection = caller.connection else { return }
    state.withLock { state in
      guard state.entries[caller.run]?.digest != nil else { return }
      state.entries[caller.run]?.connections.insert(connection)
      clock.set(caller.run, nil)
    }
  }

  func disconnected(_ caller: Caller) {
    guard let connection = caller.connection else { return }
    let isOver = state.withLock { state in
      guard let entry = state.entries[caller.run], entry.connections.contains(connection) else { return false }
      state.entries[caller.run]?.connections.remove(connection)
      return entry.connections.count == 1 && entry.run.process == nil && entry.digest != nil && !state.isStopping
    }
    if isOver { end(caller.run, .unknown, "its last connection closed") }
  }

  private static func caller(_ run: Run, _ connection: UInt?) -> Caller {
    Caller(run: run.id, name: run.name, workspace: run.workspace, scopes: run.scopes, connection: connection)
  }

  // MARK: - Looking

  /// What is known of a run, by its id, or by its name when only one that goes on has it.
  func find(_ name: String) throws -> (run: Run, connections: Int) {
    try state.withLock { state in
      if let entry = state.entries[name] { return (entry.run, entry.connections.count) }
      let named = state.entries.values.filter { $0.run.name == name && $0.run.state != .ended }
      if named.count == 1 { return (named[0].run, named[0].connections.count) }
      throw PluginFailure(
        named.isEmpty
          ? "there is no run '\(name)'; run.list shows them" : "\(named.count) runs are called '\(name)': give the id; run.list shows them",
        code: "run_not_found", status: .notFound)
    }
  }

  /// How many are open.
  func connections(of id: String) -> Int { state.withLock { $0.entries[id]?.connections.count ?? 0 } }

  /// Newest first.
  func list(all: Bool) -> [(run: Run, connections: Int)] {
    state.withLock { state in
      state.order.reversed().compactMap { state.entries[$0] }.filter { all || $0.run.state != .ended }.map {
        ($0.run, $0.connections.count)
      }
    }
  }

  /// What the scripts of a run that goes on were told to connect to: where the next door should listen.
  var knownAddress: String? {
    state.withLock { state in state.order.reversed().compactMap { state.entries[$0] }.first { $0.digest != nil }?.run.address }
  }

  var isStopping: Bool { state.withLock { $0.isStopping } }

  /// Whether no run goes on.
  var isIdle: Bool { state.withLock { state in !state.entries.values.contains { $0.digest != nil } } }

  // MARK: - Kept

  /// Writes a change down, without waiting.
  func keep(_ row: RunTable.Row, isNew: Bool = false) {
    let warn = surroundings.warn
    store.note {
      try isNew ? RunTable.insert(row, into: $0) : RunTable.update(row, in: $0)
    } failed: { error in
      warn(
        "run not written down",
        ["run": row.run.id, "reason": "\(error)", "consequence": "the next start of the host does not know how it is"])
    }
  }

  private func restore(_ row: RunTable.Row) {
    let run = row.run
    state.withLock { state in
      state.entries[run.id] = Entry(run: run, digest: run.state == .ended ? nil : row.digest)
      state.order.append(run.id)
    }
    let isUnread = Self.isUnread(run)
    if run.kind == .captured, isUnread { output.follow(run) }
    if run.state == .ended {
      if isUnread { output.ended(run) }
      return
    }
    guard let process = run.process else {
      return clock.set(run.id, .seconds(settings.unadoptedSeconds))
    }
    // A child that has ended meanwhile is there until it is reaped; of others the number may be somebody else's by now.
    watch(process, of: run.id)
  }

  /// Whether output of it is still to be published.
  private static func isUnread(_ run: Run) -> Bool {
    run.output.map { !OutputPosition(in: $0).isDone && SmallFile.isDirectory($0) } ?? false
  }

  /// Forgets those that are over for longest, unless output of theirs is still to be published.
  func forgetOldest() {
    let ended = state.withLock { state in state.order.compactMap { state.entries[$0]?.run }.filter { $0.state == .ended } }
    let forgotten = ended.dropLast(settings.remembered).filter { !Self.isUnread($0) }
    let gone = Set(forgotten.map(\.id))
    state.withLock { state in
      for id in gone { state.entries[id] = nil }
      state.order.removeAll { gone.contains($0) }
    }
    guard !forgotten.isEmpty else { return }
    for run in forgotten { if let output = run.output { SmallFile.removeDirectory(output, files: OutputFiles.names) } }
    let warn = surroundings.warn
    store.note {
      try RunTable.remove(forgotten.map(\.id), from: $0)
    } failed: {
      warn("old runs not removed", ["reason": "\($0)"])
    }
  }
}
