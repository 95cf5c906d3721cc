// SPDX-License-Identifier: Apache-2.0
import PluginBridge
import Synchronization

/// Sends the events of one subscription to a runner, a window ahead of what the plugin has taken.
///
/// What was sent stays here until it was taken, so that nothing is lost with the process.
final class EventPump: Sendable {
  private static let events = 256
  private static let bytes = 4 << 20

  private let subscription: EventSubscription
  private let index: Int
  private let writer: FrameWriter
  private let state = Mutex(State())

  private struct State {
    var sent = RingBuffer<Event>()
    var bytes = 0
    /// A thread is at it; another one that comes meanwhile leaves word and goes.
    var isPumping = false
    var wantedAgain = false
    var isPaused = false
    /// The process is gone: what was sent goes back.
    var isOver = false

    var hasRoom: Bool { !isPaused && sent.count < EventPump.events && bytes < EventPump.bytes }
  }

  init(_ subscription: EventSubscription, index: Int, writer: FrameWriter) {
    self.subscription = subscription
    self.index = index
    self.writer = writer
  }

  /// Sends what waits, as far as there is room.
  func pump() {
    guard begin() else { return }
    while true {
      while let batch = room() {
        let (events, lost) = subscription.take(max: batch)
        guard !events.isEmpty else { break }
        note(events)
        send(events, lost)
      }
      if end() { return }
    }
  }

  private func begin() -> Bool {
    state.withLock { state in
      guard !state.isPumping else {
        state.wantedAgain = true
        return false
      }
      state.isPumping = true
      return true
    }
  }

  /// Returns false when another thread wanted more meanwhile.
  private func end() -> Bool {
    let (isDone, returned): (Bool, [Event]) = state.withLock { state in
      if state.wantedAgain, !state.isOver {
        state.wantedAgain = false
        return (false, [])
      }
      state.isPumping = false
      return (true, state.isOver ? Self.takeAll(&state) : [])
    }
    if !returned.isEmpty { subscription.giveBack(returned[...]) }
    return isDone
  }

  /// How many events may be sent now; nil for none.
  private func room() -> Int? {
    state.withLock { state in state.hasRoom ? min(32, Self.events - state.sent.count) : nil }
  }

  private func note(_ events: [Event]) {
    state.withLock { state in
      for event in events {
        state.sent.append(event)
        state.bytes += event.payload.count
      }
    }
  }

  private func send(_ events: [Event], _ lost: UInt64) {
    var lost = lost
    for event in events {
      var frame = Frame(.topicEvent, a: UInt64(index), b: lost, content: event.content, name: event.topic.name)
      frame.payload = event.payload
      writer.send(frame)
      lost = 0
    }
  }

  /// Forgets events that the plugin has taken, and sends more.
  func taken(_ count: UInt64) {
    state.withLock { state in
      for _ in 0..<min(count, UInt64(state.sent.count)) {
        if let event = state.sent.popFirst() { state.bytes -= event.payload.count }
      }
    }
    pump()
  }

  /// Sends no more.
  func pause() { state.withLock { $0.isPaused = true } }

  func resume() {
    state.withLock { $0.isPaused = false }
    pump()
  }

  /// Puts back what was sent and not taken: the process is gone.
  func giveBack() {
    let returned: [Event] = state.withLock { state in
      state.isPaused = true
      state.isOver = true
      return state.isPumping ? [] : Self.takeAll(&state)
    }
    if !returned.isEmpty { subscription.giveBack(returned[...]) }
  }

  private static func takeAll(_ state: inout State) -> [Event] {
    var events: [Event] = []
    while let event = state.sent.popFirst() { events.append(event) }
    state.bytes = 0
    return events
  }

  /// Whether nothing waits and all that was sent was taken.
  var isIdle: Bool { subscription.isEmpty && underWay == 0 }
  /// Sent and not taken.
  var underWay: Int { state.withLock { $0.sent.count } }
}
