// SPDX-License-Identifier: Apache-2.0
package import PluginBridge

/// Whoever made a call and takes its answer. Entered from any thread; must not block.
package protocol CallReceiver: AnyObject, Sendable {
  func chunk(call: CallID, content: Content, payload: [UInt8])
  /// `partsPerMillion` 0 to 1 000 000; may go back.
  func progress(call: CallID, partsPerMillion: UInt32, note: String)
  /// Comes exactly once, last. A failure's payload is JSON {"message", "code"?, "retryable"?, "data"?}.
  func finished(call: CallID, status: CallStatus, content: Content, payload: [UInt8])
}
