// SPDX-License-Identifier: Apache-2.0
package import JSON

/// What the control door asks of the daemon; commands and events it takes from the switchboard itself.
///
/// Entered on the door's only thread: nothing here may block. What takes time answers later, from any thread, through its closure;
/// the first answer counts, and a closure that is dropped without one is answered as a failure. A value becomes the `result` as it is.
package protocol ControlBackend: AnyObject, Sendable {
  typealias Reply = @Sendable (Result<JSONValue, ControlError>) -> Void

  /// {"plugins": [{"id", "version", "state", "mode", "path", "reason"}]}
  func pluginList() -> JSONValue
  func pluginInfo(_ id: String) -> Result<JSONValue, ControlError>
  func enablePlugin(_ id: String, reply: @escaping Reply)
  func disablePlugin(_ id: String, reply: @escaping Reply)
  func reloadPlugin(_ id: String, reply: @escaping Reply)
  /// Accepts the plugin's files as they are now.
  func allowPlugin(_ id: String, reply: @escaping Reply)
  func status(reply: @escaping Reply)
  func reload(reply: @escaping Reply)
  /// Answers when the stop has begun: the door must still be open to tell.
  func stop(reply: @escaping Reply)
  /// - Parameter origin: Tell also where each value comes from.
  func configuration(origin: Bool, reply: @escaping Reply)
}
