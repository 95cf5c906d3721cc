// SPDX-License-Identifier: Apache-2.0
// The one seam between a plugin and where it lives. Everything a plugin asks of its host goes through here: to the switchboard of this
// process, or over a line to the host of another one. What is the same in both is in PluginInstance and HostTable.

/// What an instance asks of whoever holds it. Entered from any thread; never blocks, but for `nextWork`.
package protocol InstancePort: AnyObject, Sendable {
  // MARK: Calls that the instance answers

  /// ok while the caller waits, else what the caller was told; gone when there is no such call.
  func status(of call: CallID) -> CallStatus
  func emit(_ call: CallID, content: Content, chunk: UnsafeRawBufferPointer) -> CallStatus
  func progress(_ call: CallID, partsPerMillion: UInt32, note: String) -> CallStatus
  /// Ends a call. Returns gone when it had ended before.
  func finish(_ call: CallID, status: CallStatus, content: Content, result: UnsafeRawBufferPointer) -> CallStatus
  /// Ends a call with a sentence, made from the name of its command.
  @discardableResult
  func fail(_ call: CallID, _ status: CallStatus, _ sentence: (_ command: String) -> String) -> CallStatus
  /// Drops the record of a call that ended before the plugin saw it.
  func forget(_ call: CallID)

  // MARK: Calls that the instance makes

  /// Starts a call; its answers are put into the instance's inbox. `willStart` runs before any of them.
  func start(_ request: CallRequest, willStart: (CallID) -> Void)
  func grant(_ call: CallID, chunks: UInt64) -> CallStatus
  func cancel(_ call: CallID) -> CallStatus

  // MARK: Topics

  /// Opens a topic that the manifest allows. Opening twice gives the same id; nil when there are too many.
  func openTopic(_ name: String) -> UInt64?
  func publish(_ topic: UInt64, content: Content, payload: UnsafeRawBufferPointer) -> CallStatus

  // MARK: The rest

  func log(_ level: LogLevel, _ message: String, _ values: [(String, String)])
  func healthChanged(_ health: PluginHealth)
  /// Waits for the next thing to do; nil when `deadline` passed or the inbox is closed. On a thread of the instance.
  func nextWork(until deadline: UInt64?) -> InstanceWork?
}
