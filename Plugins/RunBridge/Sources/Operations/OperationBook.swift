// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import Synchronization

/// Keeps what scripts wait for until somebody answers, its time passes, or the script goes.
///
/// Nothing here waits but what is asked of the database: it may be called on any thread.
final class OperationBook: OperationKeeping {
  typealias Listener = @Sendable (OperationSubmit?) -> Void

  struct State: Sendable {
    var table: OperationTable
    var peers: (any BridgePeers)?
    /// Debug adapters that wait, by number.
    var listeners: [UInt: Listener] = [:]
    var lastListener: UInt = 0
    /// What was asked of fronts, by operation.
    var asking: [Int: Task<Void, Never>] = [:]
    var isLeaving = false
    /// Connections that are being taken over from the last host.
    var returning: Set<UInt> = []
    /// Answers for those, until they are there.
    var parked: [ParkedAnswer] = []
    /// Since the oldest were forgotten.
    var ends = 0
    var endedBytes = 0
  }

  let settings: OperationSettings
  let store: BridgeStore
  let fronts: any FrontAsking
  let lambdas: LambdaRegistry
  let timer = DeadlineTimer()
  let executor: (any TaskExecutor)?
  let changed: @Sendable (KeptOperation) -> Void
  let trouble: @Sendable (String) -> Void
  let state: Mutex<State>
  /// How long connections of the last host may take to be there again.
  let returnTime: Duration

  /// - Parameters:
  ///   - executor: Where tasks that wait for fronts run; nil: anywhere.
  ///   - changed: Told of every new state; must not wait.
  ///   - trouble: Takes a sentence when something could not be kept; the operation goes on.
  init(
    _ settings: OperationSettings, store: BridgeStore, fronts: any FrontAsking, lambdas: LambdaRegistry = LambdaRegistry(),
    executor: (any TaskExecutor)? = nil, returnTime: Duration = .seconds(10), changed: @escaping @Sendable (KeptOperation) -> Void,
    trouble: @escaping @Sendable (String) -> Void
  ) {
    self.settings = settings
    self.store = store
    self.fronts = fronts
    self.lambdas = lambdas
    self.executor = executor
    self.changed = changed
    self.trouble = trouble
    self.returnTime = returnTime
    state = Mutex(State(table: OperationTable(settings)))
  }

  /// Says who carries answers to scripts; before the first announcement.
  func join(_ peers: any BridgePeers) { state.withLock { $0.peers = peers } }

  /// Begins; the store has been started. `restored` follows, before anything is announced.
  func start() async throws {
    let last = try await store.perform { try OperationStorage(database: $0).lastNumber() }
    state.withLock { $0.table.begin(after: last) }
    try timer.start { [weak self] number in
      guard let self else { return }
      switch number {
      case Self.parkedTurn: deliverParked()
      case Self.lastReturn: stopExpecting()
      default: expire(number)
      }
    }
  }

  /// Ends what waits for fronts, and the timer. What still waits is kept as it is.
  func stop() async {
    timer.stop()
    let (asking, listeners) = state.withLock { state in
      state.isLeaving = true
      defer { (state.asking, state.listeners) = ([:], [:]) }
      return (Array(state.asking.values), Array(state.listeners.values))
    }
    for listener in listeners { listener(nil) }
    for task in asking { task.cancel() }
    for task in asking { await task.value }
  }

  // MARK: - Announcements

  func started(_ start: OperationStart, by caller: Caller) { announce(start, by: caller, listener: nil) }

  /// Announces an operation of a debug adapter and waits for its answer. Its caller has no connection.
  ///
  /// A task that is cancelled waits no more, and the operation is over unless a connection waits for it too.
  /// - Throws: `RequestFailure`: it was not taken, or the host stops; `CancellationError`.
  func answer(to start: OperationStart, from caller: Caller) async throws -> OperationSubmit {
    let (answers, answer) = AsyncStream<OperationSubmit>.makeStream()
    let listener = state.withLock { state in
      state.lastListener += 1
      state.listeners[state.lastListener] = { submit in
        if let submit { answer.yield(submit) }
        answer.finish()
      }
      return state.lastListener
    }
    defer { leave(listener) }
    announce(start, by: caller, listener: listener)
    for await submit in answers { return submit }
    try Task.checkCancellation()
    throw RequestFailure("the host is stopping")
  }

  private func announce(_ start: OperationStart, by caller: Caller, listener: UInt?) {
    // These are told of when they are over, and never end.
    guard start.type != "async_result" else { return }
    let announced = state.withLock { state in
      let announced = state.table.announce(start, by: caller, listener: listener, now: StoreTime.now)
      // Before anybody can end it, so that the end is written behind it.
      if case .new(let operation) = announced { note("keep the operation \(operation.id)") { try $0.insert(operation) } }
      return announced
    }
    switch announced {
    case .new(let operation): begin(operation)
    case .known: break
    case .refused(let words): refuse(start, by: caller, listener: listener, words)
    }
  }

  private func begin(_ operation: KeptOperation) {
    watch(operation)
    changed(operation)
    act(operation)
  }

  /// Does what nobody need be asked for, and asks for the rest. Not while the host goes: the next one does it.
  func act(_ operation: KeptOperation) {
    guard !state.withLock({ $0.isLeaving }) else { return }
    if operation.type == "lambda" { call(operation) } else { ask(operation) }
  }

  /// Sees to it that the operation ends in time.
  func watch(_ operation: KeptOperation) {
    guard let deadline = operation.deadline else { return }
    timer.set(operation.number, after: .bounded(seconds: deadline - StoreTime.now))
  }

  private func call(_ operation: KeptOperation) {
    let (name, result, error) = lambdas.call(operation.parameters)
    end(operation.number, as: error == nil ? .delivered : .failed, result: result, error: error, by: "lambda \(name)")
  }

  /// The operation is not kept, and nothing else would tell the script.
  private func refuse(_ start: OperationStart, by caller: Caller, listener: UInt?, _ words: String) {
    let operation = KeptOperation(0, start, by: caller, size: 0, now: 0, timeout: nil)
    _ = send(operation.submit(result: .null, error: words), operation, listener.map { [$0] } ?? [])
  }

  // MARK: - Those who go

  func updated(_ update: OperationUpdate, by caller: Caller) {
    guard let connection = caller.connection, let number = state.withLock({ $0.table.waiting(update.operation, on: connection) }) else {
      return
    }
    switch update.status {
    case "completed": end(number, as: .delivered, result: update.result, error: nil, by: "script", isSent: false)
    case "cancelled": end(number, as: .cancelled, result: .null, error: "cancelled", by: "script", isSent: false)
    case "failed": end(number, as: .failed, result: .null, error: update.error ?? "the script gives no reason", by: "script", isSent: false)
    default: break
    }
  }

  func disconnected(_ caller: Caller) {
    guard let connection = caller.connection else { return }
    let abandoned = state.withLock { state in
      state.returning.remove(connection)
      return state.isLeaving ? [] : state.table.disconnect(connection)
    }
    for number in abandoned { fail(number, "the script's connection closed before it was answered") }
    // Behind those ends, which are remembered too.
    state.withLock { $0.table.forget(connection) }
  }

  private func leave(_ listener: UInt) {
    let abandoned: Int? = state.withLock { state in
      state.listeners[listener] = nil
      return state.isLeaving ? nil : state.table.leave(listener)
    }
    if let abandoned { fail(abandoned, "the debug adapter stopped waiting before it was answered") }
  }

  /// Nobody waits any more, so nobody is told.
  private func fail(_ number: Int, _ words: String) { end(number, as: .failed, result: .null, error: words, by: nil, isSent: false) }

  // MARK: - Notes

  /// Writes down without waiting; what cannot be written is told, and the operation goes on.
  func note(_ what: String, _ body: @escaping @Sendable (OperationStorage) throws -> Void) {
    store.note {
      try body(OperationStorage(database: $0))
    } failed: { [trouble] in
      trouble("cannot \(what): \($0)")
    }
  }
}
