// SPDX-License-Identifier: Apache-2.0
package import PluginBridge

/// Whoever runs commands: a plugin in this process today, a runner or an attached peer later.
///
/// Entered from any thread; must not block. Answers go back through `Switchboard.emit`, `progress` and `finish`.
package protocol CommandProvider: AnyObject, Sendable {
  /// The plugin's id, for messages and statistics.
  var id: String { get }
  /// Begins a call; a failure to begin is reported by finishing it.
  func invoke(_ call: OpenCall, payload: [UInt8], content: Content)
  /// The caller gave up, or the deadline passed; the caller has its answer already.
  func cancelled(_ call: OpenCall, status: CallStatus)
  /// A call that was out of credit may go on.
  func credited(_ call: OpenCall, chunks: UInt64)
}
