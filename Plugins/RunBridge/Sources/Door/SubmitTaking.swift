// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// An answer to an operation that came as `POST /submit`.
struct PostedSubmit: Sendable, Hashable {
  /// By what right it is given.
  enum Right: Sendable, Hashable {
    /// With the token and session of a run: any operation of that run.
    case run(Caller)
    /// With the secret of one operation.
    case operation(secret: String)
  }

  let right: Right
  /// Of the operation; nil only together with a secret, which names its operation itself.
  let resumeToken: String?
  /// Null when none was sent.
  let result: JSONValue
}

/// What became of a posted answer.
enum SubmitOutcome: Sendable, Hashable {
  /// As the script named the operation.
  case accepted(operation: JSONValue)
  /// There is no such operation, or it is another run's: 404.
  case unknown
  /// It was answered, or is over: 409.
  case completed
  /// It cannot be kept, with the reason, as the database is gone: 500.
  case failed(String)
}

/// Takes answers to operations that come over HTTP. Any thread.
protocol SubmitTaking: Sendable {
  /// Whether this is the secret of an operation that may still be answered. Asked before anything else of the request is looked at.
  func isSecret(_ secret: String) async -> Bool

  func take(_ submit: PostedSubmit) async -> SubmitOutcome
}
