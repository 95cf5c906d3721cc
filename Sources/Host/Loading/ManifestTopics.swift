// SPDX-License-Identifier: Apache-2.0
import PluginBridge

/// Reads `subscribes` and `publishes`.
struct ManifestTopics {
  private let top: ManifestPart
  private let namespaces: [String]

  init(_ top: ManifestPart, namespaces: [String]) {
    self.top = top
    self.namespaces = namespaces
  }

  func subscribes() -> [Manifest.Subscription] {
    var topics: Set<TopicPattern> = []
    return top.parts("subscribes", keys: ["topic", "queue", "overflow", "key"], limit: 256).compactMap { part in
      guard let subscription = subscription(part) else { return nil }
      guard topics.insert(subscription.topic).inserted else {
        part.report("topic", "names '\(subscription.topic)' a second time; remove one")
        return nil
      }
      return subscription
    }
  }

  private func subscription(_ part: ManifestPart) -> Manifest.Subscription? {
    let queue = part.number("queue", in: 1...1_000_000) ?? 1_024
    // Nothing is lost unless the manifest says that it may.
    let overflow = overflow(part) ?? .block
    let key = part.text("key")
    if key != nil, overflow != .latestPerKey {
      part.report("key", "counts only with \"overflow\": \"latest_per_key\"; write that, or remove it")
    }
    if key == nil, overflow == .latestPerKey {
      part.report("overflow", "is 'latest_per_key', which needs 'key', the member of the payload that tells events apart; add it")
    }
    guard let text = part.text("topic", isRequired: true) else { return nil }
    guard let topic = try? TopicPattern(text) else {
      part.report("topic", "is '\(text)'; write a topic such as 'trainer.step', 'trainer.*' for all below 'trainer', or '*' for all")
      return nil
    }
    return Manifest.Subscription(topic: topic, queue: queue, overflow: overflow, key: key)
  }

  private func overflow(_ part: ManifestPart) -> Overflow? {
    guard let text = part.text("overflow") else { return nil }
    if let overflow = Overflow(rawValue: text) { return overflow }
    part.report("overflow", "is '\(text)'; write 'block', 'drop_oldest', 'drop_newest' or 'latest_per_key'")
    return nil
  }

  func publishes() -> [TopicPattern] {
    top.texts("publishes", limit: 1_000).compactMap { text, place in
      let name = top.faults.name(place)
      guard let pattern = try? TopicPattern(text) else {
        top.faults.report("\(name) is '\(text)'; write a topic such as 'runs.changed', or 'runs.*' for all below 'runs'")
        return nil
      }
      guard namespaces.own(text) else {
        top.faults.report("\(name) is '\(text)', which lies in none of this plugin's 'namespaces'; add its namespace there, or rename it")
        return nil
      }
      return pattern
    }
  }
}
