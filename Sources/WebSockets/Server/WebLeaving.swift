// SPDX-License-Identifier: Apache-2.0

/// What becomes of an open WebSocket once nothing is under way on it.
struct WebLeaving {
  enum Way {
    /// It is reset.
    case reset
    /// It is given away: a descriptor, and what was read of the next frame.
    case away(@Sendable (Result<(descriptor: Int32, unread: [UInt8]), WebError>) -> Void)
  }

  let way: Way
  /// The end of the patience, by the clock of deadlines.
  let deadline: Int64
  /// When it is looked at again, whatever happens.
  var nextLook: Int64

  /// The connection ended before.
  func isOver() {
    if case .away(let done) = way { done(.failure(WebOutlet.closedError)) }
  }
}
