// SPDX-License-Identifier: Apache-2.0

/// A plugin: what it is called, what it offers, how it begins and ends.
///
/// One instance lives from `init` to the end of `stop`; after a reload there is a new one. `init` runs on the host's thread and must be
/// quick; everything else runs on threads the plugin owns, so that it may block without holding up anybody else.
public protocol Plugin: Sendable {
  /// Equal to `id` in plugin.json.
  static var id: String { get }
  /// Equal to `version` in plugin.json.
  static var version: String { get }

  /// Makes an instance: reads the configuration, begins nothing. Throwing refuses the plugin, and the message tells why.
  init(_ context: PluginContext) throws

  /// What it answers: exactly the commands of plugin.json. Read once, after `init`.
  var commands: [Command] { get }
  /// What it wants to hear: the topics of `subscribes` in plugin.json, in that order. Read once, after `init`.
  var subscriptions: [Subscription] { get }

  /// Begins work: opens files and sockets, begins tasks with `PluginContext.run`. Throwing refuses the plugin.
  ///
  /// The host waits for the end, so no answer and no event arrives during it; make calls from a task.
  func start() async throws

  /// Ends work. All events taken before have been handled; calls may still run: end those that would run for ever.
  ///
  /// No answer arrives any more: calls to other plugins, and waits for credit or room, have failed with status `.stopping`.
  func stop() async

  /// Takes a new configuration, already checked against the schema. Throwing keeps the old one in use and logs why.
  func configurationChanged(to configuration: PluginContext.Configuration) async throws
}

extension Plugin {
  /// None.
  public var commands: [Command] { [] }
  /// None.
  public var subscriptions: [Subscription] { [] }
  /// Nothing.
  public func start() async throws {}
  /// Nothing.
  public func stop() async {}
  /// Nothing: the values read at `init` stay in use until the next start.
  public func configurationChanged(to configuration: PluginContext.Configuration) async throws {}
}
