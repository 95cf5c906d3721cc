// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK

@testable import PluginTestKit
@testable import Trainer

/// A bus with one subscriber that can be full.
final class RecordingSink: EventSink {
  struct Event: Sendable, Equatable {
    var topic: TrainerTopic
    var text: String
  }

  private struct Room {
    /// Nil for all.
    var left: Int?
    var isStopping = false
  }

  private let room: Monitor<Room>
  /// What the plugin itself tells of sessions, replies and processes, apart from the rest.
  private let own = Observed<[Event]>([])
  private let stream: AsyncStream<Event>
  private let continuation: AsyncStream<Event>.Continuation

  /// - Parameter room: How many events it takes; nil for all.
  init(room: Int? = nil) {
    self.room = Monitor(Room(left: room))
    (stream, continuation) = AsyncStream<Event>.makeStream()
  }

  func publish(_ line: Span<UInt8>, on topic: TrainerTopic) throws {
    // Only what trainers send takes room: the rest has topics of its own.
    let isFree = [.status, .reply, .process].contains(topic)
    let mayPublish = room.wait { room -> Bool? in
      if room.isStopping { return false }
      guard !isFree, let left = room.left else { return true }
      guard left > 0 else { return nil }
      room.left = left - 1
      return true
    }
    guard mayPublish == true else { throw PluginFailure("the host stops", status: .stopping) }
    let event = Event(topic: topic, text: String(decoding: copy(line), as: UTF8.self))
    guard isFree else { return _ = continuation.yield(event) }
    own.change { $0.append(event) }
  }

  /// What the plugin itself told so far on a topic.
  func told(on topic: TrainerTopic) -> [JSONValue] {
    own.read { $0.filter { $0.topic == topic }.compactMap { try? JSONValue(parsing: $0.text) } }
  }

  /// Waits until something fitting was told on a topic.
  @discardableResult
  func told(on topic: TrainerTopic, _ fits: @escaping @Sendable (JSONValue) -> Bool) async throws -> JSONValue {
    try await own.wait(for: "a fitting event on '\(topic.name)'", within: .seconds(30)) { events in
      events.lazy.filter { $0.topic == topic }.compactMap { try? JSONValue(parsing: $0.text) }.first(where: fits)
    }
  }

  /// Waits until the latest that was told on a topic fits.
  func toldLast(on topic: TrainerTopic, _ fits: @escaping @Sendable (JSONValue) -> Bool) async throws {
    try await own.wait(for: "the latest event on '\(topic.name)' to fit", within: .seconds(30)) { (events) -> Void? in
      guard let last = events.last(where: { $0.topic == topic }), let value = try? JSONValue(parsing: last.text) else { return nil }
      return fits(value) ? () : nil
    }
  }

  func setRoom(_ count: Int?) { room.change { $0.left = count } }

  /// Behaves as the bus does when the host's patience is over.
  func refuseEverything() { room.change { $0.isStopping = true } }

  /// The next event.
  func next() async -> Event? {
    var iterator = stream.makeAsyncIterator()
    return await iterator.next()
  }

  /// The next event on a topic; those on others are passed over.
  func next(on topic: TrainerTopic) async -> String? {
    while let event = await next() {
      if event.topic == topic { return event.text }
    }
    return nil
  }

  /// The next so many events that trainers sent, as text.
  func take(_ count: Int) async -> [String] {
    var texts: [String] = []
    while texts.count < count, let event = await next() {
      if event.topic != .connected, event.topic != .disconnected { texts.append(event.text) }
    }
    return texts
  }
}
