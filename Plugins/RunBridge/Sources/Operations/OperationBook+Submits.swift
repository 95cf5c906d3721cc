// SPDX-License-Identifier: Apache-2.0
// Answers that come over HTTP: with the run's own token, or with a secret made for one operation.

internal import Crypto
internal import JSON
internal import Synchronization

extension OperationBook {
  /// Answers what a run waits for under a resume token.
  ///
  /// - Parameter run: Whose token the sender has.
  func submit(resumeToken: String, run: String, result: JSONValue, error: String? = nil) async -> SubmitOutcome {
    if let number = state.withLock({ $0.table.waiting(resumeToken: resumeToken, run: run) }) {
      return answered(number, result, error)
    }
    do {
      let isKnown = try await store.perform { try OperationStorage(database: $0).knows(resumeToken: resumeToken, run: run) }
      return isKnown ? .completed : .unknown
    } catch {
      self.trouble("cannot look for an operation: \(error)")
      return .refused(status: 500, message: "the operations cannot be read")
    }
  }

  /// Whether this is the secret of an operation that waits. For the door, before it reads anything else.
  func isSecret(_ text: String) -> Bool { waiting(secret: text) != nil }

  /// Answers the one operation whose secret this is, and uses it up.
  func submit(secret: String, result: JSONValue, error: String? = nil) async -> SubmitOutcome {
    guard let number = waiting(secret: secret) else { return .unknown }
    return answered(number, result, error)
  }

  private func waiting(secret: String) -> Int? {
    guard secret.utf8.count <= 200, let hash = try? SHA256.digest(of: Array(secret.utf8)) else { return nil }
    return state.withLock { $0.table.waiting(secretHash: hash.bytes) }
  }

  private func answered(_ number: Int, _ result: JSONValue, _ error: String?) -> SubmitOutcome {
    let size = error?.utf8.count ?? result.bytes().count
    guard size <= settings.resultBytes else {
      return .refused(status: 413, message: "the result has \(size) bytes, and the limit is \(settings.resultBytes)")
    }
    guard !state.withLock({ $0.isLeaving }) else { return .refused(status: 503, message: "the host is restarting; submit again soon") }
    guard let operation = end(number, as: .delivered, result: result, error: error, by: "http") else { return .completed }
    if operation.state == .orphaned { return .completed }
    return .accepted(operation: operation.scriptOperation)
  }
}
