// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Publishes what happens, and waits for nobody: a subscriber that is full misses it, for scripts must not wait for one that watches them.
struct BridgeNews: Sendable {
  static let requests = "bridge.request"
  static let fronts = "bridge.front"
  static let operations = "bridge.operation"

  private let topics: [String: Topic]
  private let log: PluginLog

  init(_ context: PluginContext) throws {
    var topics: [String: Topic] = [:]
    for name in [Self.requests, Self.fronts, Self.operations] { topics[name] = try context.topic(name) }
    self.topics = topics
    log = context.log
  }

  func tell(_ topic: String, _ event: JSONValue) {
    do {
      guard let isTaken = try topics[topic]?.tryPublish(bytes: event.bytes()), !isTaken else { return }
      log.debug("event not published", ["topic": topic, "reason": "a subscriber is full"])
    } catch {
      log.debug("event not published", ["topic": topic, "reason": "\(error)"])  // at the stop of the plugin
    }
  }
}
