// SPDX-License-Identifier: Apache-2.0

/// Keeps what scripts wait for. Called on the door's thread: must not wait.
protocol OperationKeeping: Sendable {
  /// A connection announced an operation; the same one may be announced twice.
  func started(_ start: OperationStart, by caller: Caller)

  /// A script tells how an operation ended that nobody answered. Scripts need not.
  func updated(_ update: OperationUpdate, by caller: Caller)

  /// A connection closed: what it waited for is over, unless the host is going away and hands it on.
  func disconnected(_ caller: Caller)
}

extension OperationKeeping {
  /// Nothing.
  func updated(_ update: OperationUpdate, by caller: Caller) {}
}
