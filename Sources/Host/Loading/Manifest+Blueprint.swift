// SPDX-License-Identifier: Apache-2.0
// What the rest of the host wants of a manifest.
import PluginBridge

extension Manifest {
  package var commandDescriptions: [CommandDescription] { commands }

  /// The subscriptions in the manifest's order. Without `activation` the first event of each loads the plugin; with it, only
  /// those that an "onEvent:" entry covers.
  package var blueprintSubscriptions: [PluginBlueprint.Subscription] {
    subscribes.map { subscription in
      PluginBlueprint.Subscription(
        pattern: subscription.topic, queue: subscription.queue, overflow: subscription.overflow, keyMember: subscription.key,
        activates: activation?.contains { $0.covers(subscription.topic) } ?? true)
    }
  }

  package var startsWithHost: Bool { activation?.contains(.onStart) ?? false }

  /// How many threads may be inside the plugin at once.
  package var threads: Int { isConcurrent ? 4 : 1 }
}

extension Manifest.Activation {
  /// Whether every event of that subscription activates.
  func covers(_ topic: TopicPattern) -> Bool {
    guard case .onEvent(let pattern) = self else { return false }
    if pattern == topic || pattern.description == "*" { return true }
    // "trainer.*" covers "trainer.step" and "trainer.run.*", never "*".
    let text = topic.description
    return text != "*" && pattern.matches(text.hasSuffix(".*") ? String(text.dropLast(2)) : text)
  }
}
