// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite
internal import Synchronization

/// Something a command wants written: run by the writer between two batches, in a transaction of its own.
final class WriteJob: Sendable {
  /// Writes, on the writer's thread. What it throws takes all of it back, and is the command's failure.
  typealias Body = @Sendable (Database) throws -> Outcome

  /// What a job has done.
  struct Outcome: Sendable {
    var answer: JSONValue
    /// Names of the runs that are to be announced as changed.
    var changedRuns: [String] = []
  }

  /// How the body wants to be run.
  enum Kind: Sendable {
    case transaction
    /// By itself: for what SQLite does in no transaction, such as VACUUM and ATTACH.
    case alone
  }

  let kind: Kind
  private let body: Body
  private let waiter: Mutex<Waiter?>
  private typealias Waiter = @Sendable (Result<JSONValue, any Error>) -> Void

  private init(_ kind: Kind, _ body: @escaping Body, _ waiter: @escaping Waiter) {
    self.kind = kind
    self.body = body
    self.waiter = Mutex(waiter)
  }

  /// Hands a job to the writer and waits for its outcome. Once handed over it is done, also when nobody waits any more.
  static func run(
    _ kind: Kind = .transaction, on queue: EventQueue, _ body: @escaping @Sendable (Database) throws -> JSONValue
  ) async throws -> JSONValue {
    try await runChanging(kind, on: queue) { Outcome(answer: try body($0)) }
  }

  /// The same for a job that changes runs.
  static func runChanging(_ kind: Kind = .transaction, on queue: EventQueue, _ body: @escaping Body) async throws -> JSONValue {
    try await withCheckedThrowingContinuation { waiter in
      hand(WriteJob(kind, body) { waiter.resume(with: $0) }, to: queue)
    }
  }

  /// The same for a thread of the plugin's own, which blocks.
  static func runBlocking(_ kind: Kind = .transaction, on queue: EventQueue, _ body: @escaping Body) throws -> JSONValue {
    let outcome = Monitor<Result<JSONValue, any Error>?>(nil)
    hand(WriteJob(kind, body) { result in outcome.change { $0 = result } }, to: queue)
    // Every job is settled: by the writer, or at once when the queue is closed.
    guard let result = outcome.wait(for: { $0 }) else { throw PluginFailure("a job of the store had no outcome") }
    return try result.get()
  }

  private static func hand(_ job: WriteJob, to queue: EventQueue) {
    guard !queue.offer(job) else { return }
    job.settle(.failure(PluginFailure("cannot write the database: the store is stopping", retryable: true, status: .stopping)))
  }

  /// Does it, on the writer's thread, outside any transaction.
  ///
  /// - Returns: Names of the runs that it changed.
  func carryOut(on database: Database) -> [String] {
    do {
      let outcome =
        switch kind {
        case .transaction: try database.transaction { try body(database) }
        case .alone: try body(database)
        }
      settle(.success(outcome.answer))
      return outcome.changedRuns
    } catch {
      settle(.failure(error))
      return []
    }
  }

  private func settle(_ outcome: Result<JSONValue, any Error>) {
    let waiter = waiter.withLock { waiter in
      defer { waiter = nil }
      return waiter
    }
    waiter?(outcome)
  }
}
