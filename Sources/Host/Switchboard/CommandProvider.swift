// SPDX-License-Identifier: Apache-2.0
package import PluginBridge

/// Whoever runs commands.
///
/// Entered from any thread; must not block. Answers go back through `Switchboard.emit`, `progress` and `finish`.
package protocol CommandProvider: AnyObject, Sendable {
  /// The plugin's id, for messages and statistics.
  var id: String { get }
  /// Begins a call; a failure to begin is reported by finishing it.
  func invoke(_ call: OpenCall, payload: [UInt8], content: Content)
  /// The caller gave up, or the deadline passed; the caller has its answer already.
  func cancelled(_ call: OpenCall, status: CallStatus)
  /// A call may emit more.
  ///
  /// - Parameter wasStarved: The provider was told that there is no credit, and waits to hear of more.
  func granted(_ call: OpenCall, chunks: UInt64, wasStarved: Bool)
}
