// SPDX-License-Identifier: Apache-2.0

/// Whoever publishes; hears when a topic that refused an event has room again. Entered from any thread; must not block.
package protocol TopicPublisher: AnyObject, Sendable {
  func topicReady(_ topic: Topic)
}
