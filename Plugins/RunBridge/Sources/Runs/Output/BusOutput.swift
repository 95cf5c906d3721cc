// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// Publishes the output of captured runs on the host's bus.
struct BusOutput: OutputSink {
  private let topics: [OutputTopic: Topic]

  /// `publishes` in plugin.json must name the topics.
  init(_ context: PluginContext) throws {
    topics = try Dictionary(uniqueKeysWithValues: OutputTopic.allCases.map { ($0, try context.topic($0.rawValue)) })
  }

  func offer(_ event: [UInt8], on topic: OutputTopic) throws -> Bool { try topics[topic]?.tryPublish(bytes: event) ?? true }

  func whenReady(_ topic: OutputTopic, _ body: @escaping @Sendable () -> Void) { topics[topic]?.onReady(body) }
}
