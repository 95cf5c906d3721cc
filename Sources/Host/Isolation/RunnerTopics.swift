// SPDX-License-Identifier: Apache-2.0
import PluginBridge
import Synchronization

/// The topics that a runner publishes to. What finds no room waits here, in its order; the runner is told when it has found it, and sends
/// no more than a window ahead.
final class RunnerTopics: TopicPublisher {
  private let switchboard: Switchboard
  private let writer: FrameWriter
  private let state = Mutex(State())

  private struct State {
    var lanes: [UInt64: Lane] = [:]
    var byTopic: [ObjectIdentifier: UInt64] = [:]
  }

  private struct Lane {
    /// nil when the switchboard has too many topics: then its events go nowhere.
    var topic: Topic?
    var waiting = RingBuffer<(content: Content, payload: [UInt8])>()
    var isPumping = false
    var wantedAgain = false
    var placedEvents: UInt64 = 0
    var placedBytes: UInt64 = 0
  }

  init(switchboard: Switchboard, writer: FrameWriter) {
    self.switchboard = switchboard
    self.writer = writer
  }

  func open(_ id: UInt64, _ name: String) {
    let topic = switchboard.topic(name)
    state.withLock { state in
      state.lanes[id] = Lane(topic: topic)
      if let topic { state.byTopic[ObjectIdentifier(topic)] = id }
    }
  }

  /// Puts an event behind those that wait and publishes what finds room.
  func publish(_ id: UInt64, content: Content, payload: [UInt8]) {
    state.withLock { $0.lanes[id]?.waiting.append((content, payload)) }
    pump(id)
  }

  func topicReady(_ topic: Topic) {
    guard let id = state.withLock({ $0.byTopic[ObjectIdentifier(topic)] }) else { return }
    pump(id)
    tellPlaced()
  }

  private func pump(_ id: UInt64) {
    guard begin(id) else { return }
    while true {
      while let (topic, event) = first(id), place(event, topic) { dropFirst(id, bytes: event.payload.count) }
      if end(id) { return }
    }
  }

  /// Returns whether the event need not wait any longer.
  private func place(_ event: (content: Content, payload: [UInt8]), _ topic: Topic?) -> Bool {
    guard let topic else { return true }
    let status = switchboard.publish(topic, content: event.content, byteCount: event.payload.count, publisher: self) { event.payload }
    return status != .again
  }

  private func begin(_ id: UInt64) -> Bool {
    state.withLock { state in
      guard state.lanes[id]?.isPumping == false else {
        state.lanes[id]?.wantedAgain = true
        return false
      }
      state.lanes[id]?.isPumping = true
      return true
    }
  }

  private func end(_ id: UInt64) -> Bool {
    state.withLock { state in
      guard state.lanes[id]?.wantedAgain == true else {
        state.lanes[id]?.isPumping = false
        return true
      }
      state.lanes[id]?.wantedAgain = false
      return false
    }
  }

  private func first(_ id: UInt64) -> (Topic?, (content: Content, payload: [UInt8]))? {
    state.withLock { state in
      guard let lane = state.lanes[id], !lane.waiting.isEmpty else { return nil }
      return (lane.topic, lane.waiting[0])
    }
  }

  private func dropFirst(_ id: UInt64, bytes: Int) {
    state.withLock { state in
      _ = state.lanes[id]?.waiting.popFirst()
      state.lanes[id]?.placedEvents += 1
      state.lanes[id]?.placedBytes += UInt64(bytes)
    }
  }

  /// Tells the runner what has found its place since the last time.
  func tellPlaced() {
    let placed: [(UInt64, UInt64, UInt64)] = state.withLock { state in
      state.lanes.compactMap { id, lane in
        guard lane.placedEvents > 0 else { return nil }
        state.lanes[id]?.placedEvents = 0
        state.lanes[id]?.placedBytes = 0
        return (id, lane.placedEvents, lane.placedBytes)
      }
    }
    for (id, events, bytes) in placed { writer.send(Frame(.published, a: id, b: events, c: bytes)) }
  }
}
