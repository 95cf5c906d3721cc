// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What a script's message means.
enum WireMessage: Sendable, Hashable {
  /// - Parameters:
  ///   - answerBy: When the answer must leave, so that the caller still takes it; nil: it waits for as long as it takes.
  ///   - wantsParts: Whether it takes parts before the answer.
  case request(BridgeRequest, answerBy: ContinuousClock.Instant?, wantsParts: Bool)
  /// The caller does not wait any more for the request of this id.
  case cancel(id: JSONValue)
  case started(OperationStart)
  case updated(OperationUpdate)
  /// Cannot be understood: answered with this text, under this id; null when it shows none.
  case refused(id: JSONValue, reason: String)
  /// An event that is not known, or without what it needs: there is nobody to be answered.
  case ignored
}
