// SPDX-License-Identifier: Apache-2.0

/// How a WebSocket ended.
public struct WebSocketClosure: Sendable, Hashable {
  /// The other side's close code, as 1000; nil when the connection just broke, or we closed it and it gave none.
  public let code: Int?
  /// The other side's words.
  public let reason: String
  /// What went wrong on this side; nil for an ordinary close.
  public let error: WebError?

  /// One sentence for a log or a person.
  public var sentence: String {
    if let error { return error.message }
    guard let code else { return "the connection ended without a goodbye" }
    return "closed with code \(code)" + (reason.isEmpty ? "" : ": \(reason)")
  }
}
