// SPDX-License-Identifier: Apache-2.0
// Events: topics, subscriptions, publishing.
import Glibc
import Synchronization
package import PluginBridge

extension Switchboard {
  struct BusState {
    var topics: [String: Topic] = [:]
    var subscriptions: [EventSubscription] = []
  }

  /// Opens a topic, making it on first use.
  ///
  /// - Returns: nil when the name is not a topic's, or there are too many topics already.
  package func topic(_ name: String) -> Topic? {
    guard TopicPattern.isTopic(name) else { return nil }
    return bus.withLock { bus in
      if let known = bus.topics[name] { return known }
      guard bus.topics.count < limits.topics else { return nil }
      let topic = Topic(name: name)
      topic.subscriptions.withLock { $0 = bus.subscriptions.filter { $0.wants(name) } }
      bus.topics[name] = topic
      return topic
    }
  }

  /// Subscribes to every topic that a pattern matches, now and later.
  ///
  /// - Parameters:
  ///   - queue: How many events may wait, 1 or more.
  ///   - onReady: Runs on a publisher's thread when the queue has something again; must not block.
  package func subscribe(
    _ patterns: [TopicPattern], queue: Int, overflow: Overflow, keyMember: String? = nil, onReady: @escaping @Sendable () -> Void
  ) -> EventSubscription {
    let subscription = EventSubscription(
      patterns: patterns, capacity: max(1, queue), overflow: overflow, keyMember: keyMember, onReady: onReady)
    bus.withLock { bus in
      bus.subscriptions.append(subscription)
      for topic in bus.topics.values where subscription.wants(topic.name) {
        topic.subscriptions.withLock { $0.append(subscription) }
      }
    }
    return subscription
  }

  /// Ends a subscription; what is queued stays to be taken.
  package func unsubscribe(_ subscription: EventSubscription) {
    bus.withLock { bus in
      bus.subscriptions.removeAll { $0 === subscription }
      for topic in bus.topics.values { topic.subscriptions.withLock { $0.removeAll { $0 === subscription } } }
    }
    subscription.close()
  }

  /// Publishes one event to every subscriber of a topic.
  ///
  /// - Parameter publisher: Hears, after `again`, when there is room; nil does not care.
  /// - Returns: ok; again: a blocking subscriber is full and nobody got the event; tooLarge.
  package func publish(
    _ topic: Topic, content: Content, byteCount: Int, publisher: (any TopicPublisher)?, payload: () -> [UInt8]
  ) -> CallStatus {
    guard byteCount <= limits.eventBytes else { return .tooLarge }
    let subscriptions = topic.subscriptions.withLock { $0 }
    guard reserve(subscriptions, topic: topic, publisher: publisher) else { return .again }
    let sequence = topic.nextSequence()
    guard !subscriptions.isEmpty else { return .ok }
    let event = Event(topic: topic, content: content, payload: payload(), sequence: sequence, time: Self.unixTime())
    for subscription in subscriptions { subscription.offer(event, reserved: subscription.overflow == .block) }
    return .ok
  }

  /// Keeps a place in every blocking queue, or in none.
  private func reserve(_ subscriptions: [EventSubscription], topic: Topic, publisher: (any TopicPublisher)?) -> Bool {
    for (index, subscription) in subscriptions.enumerated() where subscription.overflow == .block {
      guard subscription.reserve(for: publisher, topic: topic) else {
        for earlier in subscriptions[..<index] where earlier.overflow == .block { earlier.release() }
        return false
      }
    }
    return true
  }

  /// Every topic seen so far with the number of its events, by name.
  package func topicCounts() -> [(name: String, published: UInt64)] {
    bus.withLock { Array($0.topics.values) }.map { ($0.name, $0.published) }.sorted { $0.0 < $1.0 }
  }

  static func unixTime() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
