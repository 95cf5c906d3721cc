// SPDX-License-Identifier: Apache-2.0
package import PluginBridge

/// One event as it lies in the queues of its subscribers; the bytes are shared, not copied.
package struct Event: Sendable {
  package let topic: Topic
  package let content: Content
  package let payload: [UInt8]
  /// Counts the events of this topic from 1; a gap shows a loss.
  package let sequence: UInt64
  /// Unix time in seconds.
  package let time: Double
}
