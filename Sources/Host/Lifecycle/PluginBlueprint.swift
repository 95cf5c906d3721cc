// SPDX-License-Identifier: Apache-2.0
package import PluginBridge

/// Everything the host needs to run one plugin, from its manifest and the configuration, before any of its code is loaded.
package struct PluginBlueprint: Sendable {
  /// How new files take the place of those that run.
  package enum Reload: String, Sendable, CaseIterable {
    /// The new process begins beside the old one, which then ends its calls.
    case overlap
    /// The old one ends first; calls wait for the new one.
    case restart
  }

  package struct Subscription: Sendable, Equatable {
    package var pattern: TopicPattern
    package var queue: Int
    package var overflow: Overflow
    package var keyMember: String?
    /// The first event loads the plugin.
    package var activates: Bool

    package init(pattern: TopicPattern, queue: Int, overflow: Overflow, keyMember: String? = nil, activates: Bool = true) {
      self.pattern = pattern
      self.queue = queue
      self.overflow = overflow
      self.keyMember = keyMember
      self.activates = activates
    }
  }

  package var terms: InstanceTerms
  package var commands: [CommandDescription]
  package var subscriptions: [Subscription]
  /// Ids of plugins that must be active first.
  package var requires: [String]
  package var startsWithHost: Bool
  package var mode = Configuration.Mode.inprocess
  package var reload = Reload.restart
  /// Of the files, for the count of crashes.
  package var fingerprint = ""
  /// What a process of its own finds in its environment.
  package var environment: [String: String] = [:]

  package init(
    terms: InstanceTerms, commands: [CommandDescription], subscriptions: [Subscription], requires: [String] = [],
    startsWithHost: Bool = false
  ) {
    self.terms = terms
    self.commands = commands
    self.subscriptions = subscriptions
    self.requires = requires
    self.startsWithHost = startsWithHost
  }
}
