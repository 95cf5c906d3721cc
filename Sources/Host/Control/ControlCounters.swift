// SPDX-License-Identifier: Apache-2.0

/// How the control door is doing.
package struct ControlCounters: Sendable, Hashable {
  /// Open now.
  package var connections = 0
  package var accepted: UInt64 = 0
  /// Turned away: too many, or another user's.
  package var refused: UInt64 = 0
  /// Cut off because they did not read.
  package var overrun: UInt64 = 0
  package var requests: UInt64 = 0
  package var eventsSent: UInt64 = 0
  /// Bytes that wait for clients to read them, and the most that ever did for one client.
  package var queuedBytes = 0
  package var highestQueuedBytes = 0
  /// Requests not answered yet, and subscriptions.
  package var openRequests = 0
  package var subscriptions = 0

  package init() {}
}
