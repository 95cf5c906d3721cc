// SPDX-License-Identifier: Apache-2.0

import PluginSDK
import Synchronization

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
  private let own = Mutex<[Event]>([])
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
    if topic == .reply || topic == .status { own.withLock { $0.append(Event(topic: topic, text: String(decoding: copy(line), as: UTF8.self))) } }
    continuation.yield(Event(topic: topic, text: String(decoding: copy(line), as: UTF8.self)))
  }

  /// What the plugin itself told so far of sessions, and of replies.
  func told(on topic: TrainerTopic) -> [String] { own.withLock { $0.filter { $0.topic == topic }.map(\.text) } }

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
      if ![.connected, .disconnected, .status, .reply, .process].contains(event.topic) { texts.append(event.text) }
    }
    return texts
  }
}
