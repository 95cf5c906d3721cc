// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// Asks a person once whether a run may execute a command, and remembers what was said.
actor ConsentDesk {
  private struct Key: Hashable {
    let run: String
    let command: String
  }

  private typealias Outcome = Result<ConsentVerdict, any Error>

  /// One question, for all requests that wait for its answer.
  private struct Inquiry {
    let task: Task<Void, Never>
    var waiting: [UInt64: Pledge<Outcome>] = [:]
  }

  /// Commands of one run that are asked about at once.
  static let mostOfRun = 4
  private static let longestArguments = 500
  /// Decisions that are kept; the oldest go.
  private static let mostRemembered = 10_000

  private let fronts: any FrontAsking
  private let store: BridgeStore
  private let executor: (any TaskExecutor)?
  private let trouble: @Sendable (String) -> Void
  private var remembered: [Consent] = []
  private var lastNumber: Int64 = 0
  private var inquiries: [Key: Inquiry] = [:]
  private var lastTicket: UInt64 = 0

  /// - Parameters:
  ///   - executor: For the tasks that ask.
  ///   - trouble: Told in a sentence what could not be kept.
  init(
    fronts: any FrontAsking, store: BridgeStore, executor: (any TaskExecutor)? = nil,
    trouble: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.fronts = fronts
    self.store = store
    self.executor = executor
    self.trouble = trouble
  }

  /// Reads what was said before the host began; once, before anybody asks.
  func load() async throws {
    remembered = try await store.perform { try ConsentTable.all($0) }
    lastNumber = remembered.map(\.number).max() ?? 0
  }

  // MARK: - Asking

  /// What a person says, or has said; several requests of one command ask once.
  ///
  /// - Parameter arguments: What the command would get; shown in short.
  /// - Throws: `CancellationError`, or what the front says instead.
  func verdict(on command: String, _ arguments: JSONValue, for caller: Caller) async throws -> ConsentVerdict {
    if let known = known(command, for: caller) { return known }
    let key = Key(run: caller.run, command: command)
    let (ticket, pledge) = try join(key, arguments, caller)
    let outcome = await pledge.value(whenCancelled: .failure(CancellationError()))
    leave(key, ticket)
    return try outcome.get()
  }

  /// What was said about this before; a decision about the run counts before one about its folder.
  func known(_ command: String, for caller: Caller) -> ConsentVerdict? {
    let fitting = remembered.filter { $0.covers(command, of: caller) }
    guard let consent = fitting.last(where: { $0.run != nil }) ?? fitting.last else { return nil }
    return consent.isAllowed ? .allowed(by: consent.by) : .denied(by: consent.by)
  }

  private func join(_ key: Key, _ arguments: JSONValue, _ caller: Caller) throws(RequestFailure) -> (UInt64, Pledge<Outcome>) {
    if inquiries[key] == nil {
      guard inquiries.keys.count(where: { $0.run == key.run }) < Self.mostOfRun else {
        throw RequestFailure(
          "cannot ask whether '\(key.command)' may be executed: \(Self.mostOfRun) other commands of this run are being asked about; wait for one"
        )
      }
      inquiries[key] = Inquiry(task: begin(key, arguments, caller))
    }
    lastTicket += 1
    let pledge = Pledge<Outcome>()
    inquiries[key]?.waiting[lastTicket] = pledge
    return (lastTicket, pledge)
  }

  /// The last one who waits takes the question with it.
  private func leave(_ key: Key, _ ticket: UInt64) {
    guard inquiries[key]?.waiting.removeValue(forKey: ticket) != nil, inquiries[key]?.waiting.isEmpty == true else { return }
    inquiries.removeValue(forKey: key)?.task.cancel()
  }

  private func begin(_ key: Key, _ arguments: JSONValue, _ caller: Caller) -> Task<Void, Never> {
    let question = FrontQuestion(
      kind: .consent,
      body: [
        "command": .string(key.command), "arguments": .string(arguments.serialized().clipped(Self.longestArguments)),
        "run": .string(caller.name), "workspace": caller.workspace.map { .string($0) } ?? .null,
      ])
    return Task(executorPreference: executor) { [weak self, fronts] in
      let outcome: Result<JSONValue?, any Error>
      do {
        outcome = .success(try await fronts.ask(question, for: caller, until: nil) { _ in })
      } catch {
        outcome = .failure(error)
      }
      guard !Task.isCancelled else { return }
      await self?.finish(key, outcome, caller)
    }
  }

  private func finish(_ key: Key, _ outcome: Result<JSONValue?, any Error>, _ caller: Caller) {
    guard let inquiry = inquiries.removeValue(forKey: key) else { return }
    let verdict = outcome.map { answer in answer.map { self.verdict($0, key, caller) } ?? .nobody }
    for pledge in inquiry.waiting.values { pledge.keep(verdict) }
  }

  private func verdict(_ answer: JSONValue, _ key: Key, _ caller: Caller) -> ConsentVerdict {
    let by = answer["by"]?.stringValue
    // What is no decision is none to allow.
    let decision = answer["decision"]?.stringValue.flatMap(ConsentDecision.init(rawValue:)) ?? .deny
    remember(decision, key, caller, by)
    return decision == .deny ? .denied(by: by) : .allowed(by: by)
  }

  // MARK: - Remembering

  private func remember(_ decision: ConsentDecision, _ key: Key, _ caller: Caller, _ by: String?) {
    let isForAll = decision == .allow && caller.workspace != nil
    // Requests without a run have nothing that ends: what is said of one is said of it alone.
    guard isForAll || key.run != Caller.noRun else { return }
    lastNumber += 1
    let consent = Consent(
      number: lastNumber, run: isForAll ? nil : key.run, workspace: caller.workspace, command: key.command, isAllowed: decision != .deny,
      given: AuditClock.now, by: by)
    remembered.append(consent)
    note { try ConsentTable.insert(consent, $0) }
    if remembered.count > Self.mostRemembered {
      let oldest = remembered[0].number
      _ = revoke { $0.number == oldest }
    }
  }

  private func note(_ body: @escaping @Sendable (Database) throws -> Void) {
    store.note(body) { [trouble] error in trouble("cannot keep a consent: \(error)") }
  }

  /// All that is remembered, oldest first.
  var all: [Consent] { remembered }

  /// Takes decisions back.
  ///
  /// - Returns: How many.
  func revoke(_ isMeant: @Sendable (Consent) -> Bool) -> Int {
    let gone = remembered.filter(isMeant).map(\.number)
    guard !gone.isEmpty else { return 0 }
    let numbers = Set(gone)
    remembered.removeAll { numbers.contains($0.number) }
    note { try ConsentTable.delete(gone, $0) }
    return gone.count
  }

  /// Forgets what was said of a run that is over.
  func end(run: String) { _ = revoke { $0.run == run } }
}
