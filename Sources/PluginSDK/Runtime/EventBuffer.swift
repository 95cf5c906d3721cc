// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A bounded queue between the host's thread and the task that reads a stream.
final class EventBuffer: Sendable {
  private struct State {
    var events = Queue<PluginEvent>()
    var isHeld = false
    var isFinished = false
    var isAbandoned = false
  }

  private let capacity: Int
  private let resume: @Sendable () -> Void
  private let state = Mutex(State())
  private let arrivals = Turnstile()

  /// Makes a queue.
  ///
  /// - Parameter resume: Asks the host for the events again. Called outside of any lock.
  init(capacity: Int, resume: @escaping @Sendable () -> Void) {
    self.capacity = capacity
    self.resume = resume
  }

  /// Takes an event if there is room. Called by one thread at a time.
  func offer(_ event: borrowing BorrowedEvent) -> SubscriptionReply {
    let reply: SubscriptionReply? = state.withLock { state in
      if state.isAbandoned { return .taken }
      if !state.isFinished, state.events.count < capacity { return nil }
      state.isHeld = true
      return .later
    }
    if let reply { return reply }
    let copy = event.copy()
    state.withLock { $0.events.append(copy) }
    arrivals.signal()
    return .taken
  }

  func next() async -> PluginEvent? {
    while true {
      let seen = arrivals.signals
      let (first, isFinished) = take(1)
      if let event = first.first { return event }
      if isFinished { return nil }
      do { try await arrivals.wait(after: seen) } catch { return nil }
    }
  }

  func takeWaiting(_ limit: Int) -> [PluginEvent] { take(limit).events }

  /// Ends the stream behind its last event. The host keeps what comes later.
  func finish() {
    state.withLock { $0.isFinished = true }
    arrivals.signal()
  }

  /// Says that nobody reads any more: what is there and what comes is dropped, so that the host need not keep it.
  func abandon() {
    let mustResume = state.withLock { state in
      state.isAbandoned = true
      state.events = Queue()
      defer { state.isHeld = false }
      return state.isHeld && !state.isFinished
    }
    if mustResume { resume() }
  }

  private func take(_ limit: Int) -> (events: [PluginEvent], isFinished: Bool) {
    var events: [PluginEvent] = []
    let (isFinished, mustResume) = state.withLock { state in
      while events.count < limit, let event = state.events.popFirst() { events.append(event) }
      let mustResume = state.isHeld && state.events.count <= capacity / 2
      if mustResume { state.isHeld = false }
      return (state.isFinished, mustResume)
    }
    if mustResume { resume() }
    return (events, isFinished)
  }
}
