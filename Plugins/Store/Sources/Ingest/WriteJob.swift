// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite
internal import Synchronization

/// Something a command wants written: run by the writer between two batches, in a transaction of its own.
final class WriteJob: Sendable {
  /// Writes, on the writer's thread. What it throws takes all of it back, and is the command's failure.
  typealias Body = @Sendable (Database) throws -> JSONValue

  /// How the body wants to be run.
  enum Kind: Sendable {
    case transaction
    /// By itself: for what SQLite does in no transaction, such as VACUUM and ATTACH.
    case alone
  }

  let kind: Kind
  private let body: Body
  private let waiter: Mutex<CheckedContinuation<JSONValue, any Error>?>

  private init(_ kind: Kind, _ body: @escaping Body, _ waiter: CheckedContinuation<JSONValue, any Error>) {
    self.kind = kind
    self.body = body
    self.waiter = Mutex(waiter)
  }

  /// Hands a job to the writer and waits for its outcome. Once handed over it is done, also when nobody waits any more.
  static func run(_ kind: Kind = .transaction, on queue: EventQueue, _ body: @escaping Body) async throws -> JSONValue {
    try await withCheckedThrowingContinuation { waiter in
      let job = WriteJob(kind, body, waiter)
      guard !queue.offer(job) else { return }
      job.settle(.failure(PluginFailure("cannot write the database: the store is stopping", retryable: true, status: .stopping)))
    }
  }

  /// Does it, on the writer's thread, outside any transaction.
  func carryOut(on database: Database) {
    do {
      switch kind {
      case .transaction: settle(.success(try database.transaction { try body(database) }))
      case .alone: settle(.success(try body(database)))
      }
    } catch {
      settle(.failure(error))
    }
  }

  private func settle(_ outcome: Result<JSONValue, any Error>) {
    waiter.withLock { $0.take() }?.resume(with: outcome)
  }
}
