// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// The open connections of scripts, for those who have something to tell them. Any thread.
protocol BridgePeers: Sendable {
  /// Sends the answer of an operation to the connection that announced it, at once or behind the answer of its open requests.
  ///
  /// - Returns: False when the connection is closed.
  func submit(_ submit: OperationSubmit, to connection: UInt) -> Bool

  /// Resets all connections of a run; their open requests were answered, with this text when they were not.
  func abort(run: String, reason: String)
}
