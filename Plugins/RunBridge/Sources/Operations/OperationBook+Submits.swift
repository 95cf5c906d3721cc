// SPDX-License-Identifier: Apache-2.0
// Answers that come over HTTP: with the run's own token, or with a secret made for one operation.

internal import Crypto
internal import JSON
internal import Synchronization

extension OperationBook: SubmitTaking {
  func isSecret(_ secret: String) -> Bool { waiting(secret: secret) != nil }

  func take(_ submit: PostedSubmit) async -> SubmitOutcome {
    switch submit.right {
    case .run(let caller): await take(submit.result, resumeToken: submit.resumeToken ?? "", run: caller.run)
    case .operation(let secret): take(submit.result, secret: secret, resumeToken: submit.resumeToken)
    }
  }

  private func take(_ result: JSONValue, resumeToken: String, run: String) async -> SubmitOutcome {
    if let number = state.withLock({ $0.table.waiting(resumeToken: resumeToken, run: run) }) { return answered(number, result) }
    do {
      let isKnown = try await store.perform { try OperationStorage(database: $0).knows(resumeToken: resumeToken, run: run) }
      return isKnown ? .completed : .unknown
    } catch {
      trouble("cannot look for an operation: \(error)")
      return .failed("the operations cannot be read")
    }
  }

  /// - Parameter resumeToken: When it is told it must be the operation's.
  private func take(_ result: JSONValue, secret: String, resumeToken: String?) -> SubmitOutcome {
    guard let number = waiting(secret: secret) else { return .unknown }
    let own = state.withLock { $0.table.open[number]?.resumeToken }
    guard resumeToken == nil || resumeToken == own else { return .unknown }
    return answered(number, result)
  }

  private func waiting(secret: String) -> Int? {
    guard secret.utf8.count <= 200, let hash = try? SHA256.digest(of: Array(secret.utf8)) else { return nil }
    return state.withLock { $0.table.waiting(secretHash: hash.bytes) }
  }

  private func answered(_ number: Int, _ result: JSONValue) -> SubmitOutcome {
    let size = result.bytes().count
    guard size <= settings.resultBytes else { return .failed("the result has \(size) bytes, and the limit is \(settings.resultBytes)") }
    guard !state.withLock({ $0.isLeaving }) else { return .failed("the host is restarting; submit again soon") }
    guard let operation = end(number, as: .delivered, result: result, error: nil, by: "http"), operation.state != .orphaned else {
      return .completed
    }
    return .accepted(operation: operation.scriptOperation)
  }
}
