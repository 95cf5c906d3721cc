// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import Synchronization

/// Requests that wait for a trainer's reply. Every one ends exactly once: by its reply, its time limit, or the end of the line.
final class RequestTable: Sendable {
  private struct Pending {
    let connection: UInt64
    let resume: @Sendable (Result<JSONValue, PluginFailure>) -> Void
  }

  private struct State {
    var next: UInt64 = 1
    var pending: [String: Pending] = [:]
    var late = 0
  }

  /// Sets our ids apart from those of an earlier life of the host, whose replies may still come.
  private let prefix = "jf-" + String(UInt32.random(in: 0 ... .max), radix: 16) + "-"
  private let state = Mutex(State())

  /// Replies that nobody waited for any more.
  var lateReplies: Int { state.withLock { $0.late } }

  /// Requests without a reply.
  var pendingCount: Int { state.withLock { $0.pending.count } }

  /// A new id.
  func makeID() -> String {
    state.withLock { state in
      defer { state.next += 1 }
      return "\(prefix)\(state.next)"
    }
  }

  /// Begins to wait for a reply. To be called before the request is sent.
  func add(_ id: String, on connection: UInt64, _ resume: @escaping @Sendable (Result<JSONValue, PluginFailure>) -> Void) {
    state.withLock { $0.pending[id] = Pending(connection: connection, resume: resume) }
  }

  /// Ends one.
  ///
  /// - Returns: Whether it still waited.
  @discardableResult
  func end(_ id: String, _ result: Result<JSONValue, PluginFailure>) -> Bool {
    guard let pending = state.withLock({ $0.pending.removeValue(forKey: id) }) else { return false }
    pending.resume(result)
    return true
  }

  /// Takes a reply; one that nobody waits for is counted.
  func reply(_ id: String, _ result: Result<JSONValue, PluginFailure>) {
    if !end(id, result) { state.withLock { $0.late += 1 } }
  }

  /// Ends all of a line; nil means of every line.
  func closed(_ connection: UInt64?) {
    let ended = state.withLock { state in
      let ids = state.pending.filter { connection == nil || $0.value.connection == connection }.keys
      return ids.compactMap { state.pending.removeValue(forKey: $0) }
    }
    let failure = PluginFailure(
      "the trainer's connection ended before it answered; it may come back, then ask again", code: "gone", retryable: true, status: .gone)
    for pending in ended { pending.resume(.failure(failure)) }
  }
}
