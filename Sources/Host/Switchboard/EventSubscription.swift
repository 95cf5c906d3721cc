// SPDX-License-Identifier: Apache-2.0
// One subscriber's queue. The publisher's side is offer and the reservations; the subscriber's side is take, giveBack and close.
import JSON
import Synchronization
package import PluginBridge

/// A queue of events for one subscriber, with a rule for what happens when it is full.
package final class EventSubscription: Sendable {
  package let patterns: [TopicPattern]
  package let capacity: Int
  /// The queue is full as well when its payloads reach this many bytes: a few huge events must not fill the memory.
  package let capacityBytes: Int
  package let overflow: Overflow
  /// For latestPerKey: the payload's member whose value, with the topic, is the key; nil takes the topic alone.
  private let keyMember: String?
  private let onReady: @Sendable () -> Void
  private let state = Mutex(State())

  private typealias Waiter = (publisher: any TopicPublisher, topic: Topic)

  private struct State {
    private(set) var queue = RingBuffer<Event>()
    private(set) var bytes = 0
    var keys = RingBuffer<String>()
    var reserved = 0
    var closed = false
    /// The subscriber was told that there is something, and has not yet found the queue empty.
    var signalled = false
    var lostSinceTake: UInt64 = 0
    var dropped: UInt64 = 0
    var delivered: UInt64 = 0
    var refused: UInt64 = 0
    var waiting: [Waiter] = []

    mutating func append(_ event: Event) {
      queue.append(event)
      bytes += event.payload.count
    }

    mutating func prepend(_ event: Event) {
      queue.prepend(event)
      bytes += event.payload.count
    }

    mutating func replace(at index: Int, by event: Event) {
      bytes += event.payload.count - queue[index].payload.count
      queue[index] = event
    }

    mutating func popFirst() -> Event? {
      guard let event = queue.popFirst() else { return nil }
      bytes -= event.payload.count
      return event
    }
  }

  /// - Parameter onReady: Runs on a publisher's thread when the queue has something again; must not block.
  init(
    patterns: [TopicPattern], capacity: Int, capacityBytes: Int = 64 << 20, overflow: Overflow, keyMember: String? = nil,
    onReady: @escaping @Sendable () -> Void
  ) {
    self.patterns = patterns
    self.capacity = capacity
    self.capacityBytes = capacityBytes
    self.overflow = overflow
    self.keyMember = keyMember
    self.onReady = onReady
  }

  func wants(_ topic: String) -> Bool { patterns.contains { $0.matches(topic) } }

  // MARK: The publisher's side

  /// Keeps a place for one event. Returns false when there is none: the publisher hears of it once there is.
  func reserve(for publisher: (any TopicPublisher)?, topic: Topic) -> Bool {
    state.withLock { state in
      guard !state.closed, isFull(state) else {
        state.reserved += 1
        return true
      }
      state.refused += 1
      if let publisher, !state.waiting.contains(where: { $0.publisher === publisher && $0.topic === topic }) {
        state.waiting.append((publisher, topic))
      }
      return false
    }
  }

  /// Gives a place back that was kept for nothing, and wakes who found none for it.
  func release() {
    let released = state.withLock { state in
      state.reserved -= 1
      return takeWaiting(from: &state)
    }
    for waiter in released { waiter.publisher.topicReady(waiter.topic) }
  }

  /// Places that are kept count; their bytes are not known yet.
  private func isFull(_ state: State) -> Bool { state.queue.count + state.reserved >= capacity || state.bytes >= capacityBytes }

  /// Those to be told that there is room. At half, not at every place: a publisher that is woken finds room for a batch.
  private func takeWaiting(from state: inout State) -> [Waiter] {
    guard !state.waiting.isEmpty, state.queue.count + state.reserved <= capacity / 2, state.bytes <= capacityBytes / 2 else { return [] }
    defer { state.waiting = [] }
    return state.waiting
  }

  /// Queues one event; where the queue is full, the overflow rule decides. `reserved`: a place was kept for it.
  func offer(_ event: Event, reserved: Bool) {
    let key = overflow == .latestPerKey ? self.key(of: event) : ""
    let ready = state.withLock { state in
      if reserved { state.reserved -= 1 }
      guard !state.closed, place(event, key: key, in: &state) else { return false }
      guard !state.signalled else { return false }
      state.signalled = true
      return true
    }
    if ready { onReady() }
  }

  /// Returns false when the event itself was dropped.
  private func place(_ event: Event, key: String, in state: inout State) -> Bool {
    switch overflow {
    case .block: break
    case .dropNewest where isFull(state):
      state.dropped += 1
      state.lostSinceTake += 1
      return false
    case .dropNewest: break
    case .latestPerKey:
      for index in 0..<state.keys.count where state.keys[index] == key {
        state.replace(at: index, by: event)
        return true
      }
      fallthrough
    case .dropOldest:
      while isFull(state), state.popFirst() != nil {
        _ = state.keys.popFirst()
        state.dropped += 1
        state.lostSinceTake += 1
      }
    }
    state.append(event)
    if overflow == .latestPerKey { state.keys.append(key) }
    return true
  }

  private func key(of event: Event) -> String {
    guard let keyMember, event.content == .json, let value = try? JSONValue(parsing: event.payload)[keyMember] else {
      return event.topic.name
    }
    return event.topic.name + "\u{0}" + value.serialized()
  }

  // MARK: The subscriber's side

  /// Takes up to `max` events, oldest first.
  ///
  /// - Returns: The events, and how many were lost since the last take. When the result is empty, `onReady` runs for the next event.
  package func take(max: Int) -> (events: [Event], lost: UInt64) {
    let (events, lost, released): ([Event], UInt64, [Waiter]) = state.withLock { state in
      var events: [Event] = []
      while events.count < max, let event = state.popFirst() {
        _ = state.keys.popFirst()
        events.append(event)
      }
      if events.isEmpty { state.signalled = false }
      state.delivered += UInt64(events.count)
      defer { state.lostSinceTake = 0 }
      return (events, state.lostSinceTake, takeWaiting(from: &state))
    }
    for waiter in released { waiter.publisher.topicReady(waiter.topic) }
    return (events, lost)
  }

  /// Puts events that could not be delivered back in front, in their order.
  package func giveBack(_ events: ArraySlice<Event>, lost: UInt64 = 0) {
    state.withLock { state in
      for event in events.reversed() {
        state.prepend(event)
        if overflow == .latestPerKey { state.keys.prepend(key(of: event)) }
      }
      state.delivered -= UInt64(events.count)
      state.lostSinceTake += lost
    }
  }

  /// Takes no more events; what is queued stays to be taken, and waiting publishers go on.
  package func close() {
    let released = state.withLock { state in
      state.closed = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for waiter in released { waiter.publisher.topicReady(waiter.topic) }
  }

  package struct Counts: Sendable {
    package var queued: Int
    package var capacity: Int
    package var delivered: UInt64
    package var dropped: UInt64
    /// Times a publisher was told to try again.
    package var refused: UInt64
  }

  package var counts: Counts {
    state.withLock {
      Counts(queued: $0.queue.count, capacity: capacity, delivered: $0.delivered, dropped: $0.dropped, refused: $0.refused)
    }
  }

  package var dropped: UInt64 { state.withLock { $0.dropped } }
  package var isEmpty: Bool { state.withLock { $0.queue.isEmpty } }
}
