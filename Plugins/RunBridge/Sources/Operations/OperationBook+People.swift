// SPDX-License-Identifier: Apache-2.0
// What commands do.

internal import Crypto
internal import JSON
internal import PluginSDK
internal import Synchronization

extension OperationBook {
  /// Those that wait, oldest first, or those in given states; then those that are over, the latest first.
  func list(run: String?, states: Set<OperationState>, limit: Int) async throws -> [KeptOperation] {
    let open = state.withLock { $0.table.inOrder }.filter { states.contains($0.state) && (run == nil || $0.run == run) }
    let over = states.filter { !$0.isOpen }
    guard !over.isEmpty, open.count < limit else { return Array(open.prefix(limit)) }
    let left = limit - open.count
    return open + (try await store.perform { try OperationStorage(database: $0).over(run: run, states: over, limit: left) })
  }

  /// One of them, waiting or over.
  ///
  /// - Parameter run: Nil: of any.
  func operation(_ name: String, run: String? = nil) async throws -> KeptOperation {
    let waiting = state.withLock { $0.table.named(name, run: run) }
    if waiting.count == 1 { return waiting[0] }
    guard waiting.isEmpty else { throw Self.ambiguous(name, waiting) }
    let over = try await store.perform { database in
      let storage = OperationStorage(database: database)
      if let number = Self.number(name) { return try storage.find(number) }
      return try storage.over(named: name, run: run)
    }
    guard let over, run == nil || over.run == run else {
      throw PluginFailure("no operation '\(name)'; see bridge.pending", code: "no_operation", status: .notFound)
    }
    return over
  }

  private static func number(_ name: String) -> Int? { name.hasPrefix("op-") ? Int(name.dropFirst(3)) : nil }

  private static func ambiguous(_ name: String, _ found: [KeptOperation]) -> PluginFailure {
    let ids = found.prefix(5).map(\.id).joined(separator: ", ")
    return PluginFailure(
      "\(found.count) operations are called '\(name)' by their scripts: \(ids); give one of these", code: "ambiguous", status: .invalid)
  }

  /// Makes a secret that answers this operation once over HTTP; one of before is void.
  func makeSecret(_ operation: KeptOperation) throws -> String {
    guard operation.state == .waiting else { throw Self.over(operation) }
    let secret = try RandomBytes.hexadecimal(32)
    let hash = try SHA256.digest(of: Array(secret.utf8)).bytes
    state.withLock { $0.table.setSecret(hash, of: operation.number) }
    note("keep the secret of \(operation.id)") { try $0.setSecret(hash, of: operation.number) }
    return secret
  }

  /// Answers an operation, with a result or an error.
  func submit(_ name: String, run: String? = nil, result: JSONValue?, error: String?, by: String?) async throws -> KeptOperation {
    guard result == nil || error == nil else {
      throw PluginFailure("cannot submit both 'result' and 'error': give one of them", code: "bad_submit", status: .invalid)
    }
    let size = error?.utf8.count ?? result?.bytes().count ?? 0
    guard size <= settings.resultBytes else {
      throw PluginFailure(
        "cannot submit \(size) bytes: the limit is \(settings.resultBytes); see 'operations.resultBytes'", code: "too_large",
        status: .tooLarge)
    }
    return try await finish(try await operation(name, run: run), as: .delivered, result: result ?? .null, error: error, by: by)
  }

  /// Ends an operation with the error `cancelled`.
  func cancel(_ name: String, run: String? = nil, by: String?) async throws -> KeptOperation {
    try await finish(try await operation(name, run: run), as: .cancelled, result: .null, error: "cancelled", by: by)
  }

  private func finish(
    _ operation: KeptOperation, as state: OperationState, result: JSONValue, error: String?, by: String?
  ) async throws -> KeptOperation {
    guard !self.state.withLock({ $0.isLeaving }) else {
      throw PluginFailure(
        "cannot answer \(operation.id): the host is restarting; try again in a moment", code: "restarting", retryable: true,
        status: .stopping)
    }
    guard operation.state == .waiting, let ended = end(operation.number, as: state, result: result, error: error, by: by) else {
      throw Self.over(try await self.operation(operation.id))
    }
    guard ended.state != .orphaned else {
      throw PluginFailure("cannot answer \(operation.id): its script has gone", code: "orphaned", status: .gone)
    }
    return ended
  }

  private static func over(_ operation: KeptOperation) -> PluginFailure {
    PluginFailure(
      "cannot answer \(operation.id): it is over (\(operation.state.rawValue)\(operation.by.map { " by \($0)" } ?? ""))",
      code: "operation_over", status: .gone)
  }
}
