// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Synchronization

/// Publishes what kernels tell, in order and without holding a kernel up.
///
/// What must not be lost waits for room; of what may be (each output is in its run's own events, too) the oldest goes when too much waits, and
/// the next event says how many.
final class Outlet: Sendable {
  private struct State {
    var waiting: [[UInt8]] = []
    /// The oldest that waits; those in front of it are gone, and taken out now and then.
    var head = 0
    var bytes = 0
    var dropped = 0

    mutating func take() -> [UInt8]? {
      guard head < waiting.count else { return nil }
      let event = waiting[head]
      waiting[head] = []
      head += 1
      bytes -= event.count
      if head > 64, head * 2 > waiting.count {
        waiting.removeFirst(head)
        head = 0
      }
      return event
    }
  }

  private let topic: Topic
  private let mostBytes: Int
  private let state = Mutex(State())
  private let signals: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation

  /// - Parameter mostBytes: That may wait; what is beyond is dropped, oldest first.
  init(_ topic: Topic, mostBytes: Int = .max) {
    self.topic = topic
    self.mostBytes = mostBytes
    (signals, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Takes an event: JSON.
  func put(_ event: [UInt8]) {
    state.withLock { state in
      state.waiting.append(event)
      state.bytes += event.count
      while state.bytes > mostBytes, state.waiting.count - state.head > 1, state.take() != nil { state.dropped += 1 }
    }
    signal.yield()
  }

  /// Publishes until `finish`.
  func run() async {
    for await _ in signals {
      while let event = next() {
        do { try await topic.publish(bytes: event) } catch {
          guard !Task.isCancelled else { return }
          // Too large, or the host stops: the others have their turn.
          state.withLock { $0.dropped += 1 }
        }
      }
    }
  }

  func finish() { signal.finish() }

  private func next() -> [UInt8]? {
    state.withLock { state in
      if state.dropped > 0 {
        defer { state.dropped = 0 }
        return Array(#"{"dropped":\#(state.dropped)}"#.utf8)
      }
      return state.take()
    }
  }
}
