// SPDX-License-Identifier: Apache-2.0
package import PluginBridge

/// A plugin's code at work, in this process or in one of its own. Its slot cannot tell the difference, except that one of them may die.
///
/// Entered from any thread; never blocks.
package protocol RunningPlugin: AnyObject, Sendable {
  var health: PluginHealth { get }
  var counts: InstanceCounters.Snapshot { get }
  /// Work that waits for the plugin.
  var backlog: Int { get }
  /// Events that were handed over and that the plugin has not taken.
  var eventsUnderWay: Int { get }
  /// The process of its own; nil in this one.
  var process: ProcessUse? { get }

  /// Loads, creates and starts the plugin; does nothing after `discard` or `shutDown`.
  ///
  /// - Parameters:
  ///   - subscriptions: In the manifest's order.
  ///   - started: Told once, from any thread.
  func launch(subscriptions: [EventSubscription], started: @escaping @Sendable (Result<Void, PluginFault>) -> Void)
  /// Delivers what is queued for the plugin, then stops it. `ended` runs when its code has ended, which may be never.
  func shutDown(deadline: UInt64, ended: @escaping @Sendable () -> Void)
  /// Gives it up if it was not launched yet.
  func discard()
  /// Takes no more of the events that wait for the plugin; those under way are finished.
  func pauseEvents()
  /// Takes those events after all.
  func resumeEvents()

  /// Begins a call. Returns false when it takes none any more.
  func invoke(_ call: OpenCall, payload: [UInt8], content: Content) -> Bool
  /// Once it has ended: the calls that came too late for it, and that it has not seen.
  func takeUnbegun() -> [PendingCall]
  func cancelled(_ call: OpenCall, status: CallStatus)
  /// - Parameter wasStarved: The plugin was told that there is no credit.
  func granted(_ call: OpenCall, chunks: UInt64, wasStarved: Bool)
  func eventsWait(in index: Int)
  func configurationChanged(_ json: [UInt8])
}
