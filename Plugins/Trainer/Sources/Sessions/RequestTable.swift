// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import Synchronization

/// The requests trainers have not answered yet.
final class RequestTable: Sendable {
  /// What was asked, for telling what became of it.
  struct Sent: Sendable {
    var id: String
    var command: String
    var payload: JSONValue?
    var session: String
    /// The run the session was bound to.
    var run: String?
  }

  private struct Pending {
    let target: SessionTable.Target
    let sent: Sent
    var command: String { sent.command }
    /// Nil until somebody waits; the outcome may come first.
    var waiter: CheckedContinuation<[UInt8], any Error>?
    var outcome: Result<[UInt8], any Error>?
  }

  private struct State {
    var count: UInt64 = 0
    var pending: [String: Pending] = [:]
    /// Nobody waits for them any more, but the trainer may still carry them out; oldest first.
    var abandoned: [Sent] = []

    mutating func abandon(_ id: String) {
      guard let pending = pending.removeValue(forKey: id), pending.outcome == nil else { return }
      if abandoned.count >= RequestTable.mostAbandoned { abandoned.removeFirst() }
      abandoned.append(pending.sent)
    }
  }

  private static let mostAbandoned = 1_000

  /// Makes the identifiers of this process's life unlike those of an earlier one, whose answers may still come.
  private let prefix: String
  private let state = Mutex(State())

  init() { prefix = "jf-" + String(UInt32.random(in: .min ... .max), radix: 16) + "-" }

  var count: Int { state.withLock { $0.pending.count } }

  /// Makes an identifier and expects its reply.
  func open(_ command: String, _ payload: JSONValue? = nil, to target: SessionTable.Target, run: String? = nil) -> String {
    state.withLock { state in
      state.count += 1
      let id = prefix + String(state.count)
      let sent = Sent(id: id, command: command, payload: payload, session: target.session, run: run)
      state.pending[id] = Pending(target: target, sent: sent)
      return id
    }
  }

  /// What was asked under an identifier; nil when it was never asked, or too long ago.
  func sent(_ id: String) -> Sent? {
    state.withLock { state in state.pending[id]?.sent ?? state.abandoned.first { $0.id == id } }
  }

  /// Waits for the reply, cancellably, and for as long as it is allowed.
  ///
  /// - Returns: The line as it came.
  func reply(to id: String, within limit: Duration) async throws -> [UInt8] {
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      defer { group.cancelAll() }
      group.addTask { try await self.reply(to: id) }
      group.addTask {
        try await Task.sleep(for: limit)
        throw self.timeout(of: id, limit)
      }
      guard let first = try await group.next() else { throw CancellationError() }
      return first
    }
  }

  private func reply(to id: String) async throws -> [UInt8] {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let outcome = state.withLock { state -> Result<[UInt8], any Error>? in
          guard let pending = state.pending[id], !Task.isCancelled else { return .failure(CancellationError()) }
          if let outcome = pending.outcome { return outcome }
          state.pending[id]?.waiter = continuation
          return nil
        }
        guard let outcome else { return }
        forget(id)
        continuation.resume(with: outcome)
      }
    } onCancel: {
      settle(id, .failure(CancellationError()), keepsUnclaimed: false)
    }
  }

  /// Hands a reply to whoever waits for it.
  ///
  /// - Returns: False when nobody does (any more).
  func answered(_ id: String, _ line: [UInt8]) -> Bool {
    state.withLock { state in state.abandoned.removeAll { $0.id == id } }
    return settle(id, .success(line))
  }

  /// Fails everything that waits on a connection.
  func closed(_ connection: ConnectionID) {
    let affected = state.withLock { $0.pending.filter { $0.value.target.connection == connection } }
    for (id, pending) in affected {
      let failure = PluginFailure(
        "'\(pending.command)' was not answered: session '\(pending.target.session)' lost its connection; try again when it is back",
        code: "connection_lost", retryable: true, status: .gone)
      settle(id, .failure(failure))
    }
  }

  func forget(_ id: String) { _ = state.withLock { $0.pending.removeValue(forKey: id) } }

  private func timeout(of id: String, _ limit: Duration) -> PluginFailure {
    let pending = state.withLock { $0.pending[id] }
    return PluginFailure(
      "'\(pending?.command ?? "the command")' was not answered within \(limit): a trainer answers nothing before training begins and during "
        + "validation, tests and reports, and may still carry it out; wait, or give a longer 'timeoutMs'",
      code: "timed_out", retryable: true, status: .deadline)
  }

  @discardableResult
  private func settle(_ id: String, _ outcome: Result<[UInt8], any Error>, keepsUnclaimed: Bool = true) -> Bool {
    let (isKnown, waiter) = state.withLock { state -> (Bool, CheckedContinuation<[UInt8], any Error>?) in
      guard let pending = state.pending[id], pending.outcome == nil else { return (false, nil) }
      if pending.waiter == nil, keepsUnclaimed {
        state.pending[id]?.outcome = outcome
      } else if case .success = outcome {
        state.pending[id] = nil
      } else {
        state.abandon(id)
      }
      return (true, pending.waiter)
    }
    waiter?.resume(with: outcome)
    return isKnown
  }
}
