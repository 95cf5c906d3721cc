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
    var bytes = 0
    var dropped = 0
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
      while state.bytes > mostBytes, state.waiting.count > 1 {
        state.bytes -= state.waiting.removeFirst().count
        state.dropped += 1
      }
    }
    signal.yield()
  }

  /// Publishes until `finish`.
  func run() async {
    for await _ in signals {
      while let event = next() {
        guard (try? await topic.publish(bytes: event)) != nil else { break }
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
      guard !state.waiting.isEmpty else { return nil }
      let event = state.waiting.removeFirst()
      state.bytes -= event.count
      return event
    }
  }
}
