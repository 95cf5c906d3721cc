// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// Publishes on the host's bus.
final class BusSink: EventSink {
  /// By the topic's number.
  private let topics: [Topic]
  /// When, at the plugin's stop, a full topic is given up.
  private let drainDeadline = Monitor<UInt64?>(nil)

  init(_ context: PluginContext) throws {
    topics = try TrainerTopic.allCases.map { try context.topic($0.name) }
  }

  func publish(_ line: Span<UInt8>, on topic: TrainerTopic) throws {
    let topic = topics[Int(topic.rawValue)]
    if try topic.tryPublish(borrowing: line) { return }
    let bytes = copy(line)
    do {
      try topic.publishBlocking(bytes: bytes)
    } catch let failure as PluginFailure where failure.status == .stopping {
      try drain(bytes, topic, failure)
    }
  }

  /// Says until when the rest is tried. To be called when the stop begins.
  func beginDrain(until deadline: UInt64) { drainDeadline.change { $0 = deadline } }

  /// Tries again and again: while a plugin stops, nobody tells it any more that there is room.
  private func drain(_ bytes: [UInt8], _ topic: Topic, _ failure: PluginFailure) throws {
    let deadline = drainDeadline.wait { $0 }
    while let deadline, MonotonicClock.now < deadline {
      if try topic.tryPublish(bytes: bytes) { return }
      _ = drainDeadline.wait(until: min(deadline, MonotonicClock.after(.milliseconds(2)))) { _ in Never?.none }
    }
    throw failure
  }
}
