// SPDX-License-Identifier: Apache-2.0
// What the rest of the host wants of a manifest.
package import JSON
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

  /// Whether the code is loaded when the host starts.
  ///
  /// - Parameters:
  ///   - state: The state directory.
  ///   - settings: The plugin's, with defaults.
  package func startsWithHost(state: String, settings: JSONValue) -> Bool {
    activation?.contains { entry in
      switch entry {
      case .onStart: true
      case .onFile(let path): (try? FileIdentity(path: "\(state)/\(path)")) != nil
      case .onSetting(let name): settings[name]?.saysSomething ?? false
      case .onCommand, .onEvent: false
      }
    } ?? false
  }

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

extension JSONValue {
  /// Whether it is neither null, false, zero nor empty.
  fileprivate var saysSomething: Bool {
    switch self {
    case .null: false
    case .bool(let value): value
    case .integer(let value): value != 0
    case .number(let value): value != 0
    case .string(let value): !value.isEmpty
    case .array(let values): !values.isEmpty
    case .object(let members): !members.isEmpty
    }
  }
}
