// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Synchronization

/// Publishes what kernels tell, in order and without holding a kernel up.
///
/// An event goes out at once, on the publisher's own thread, while all subscribers have room; with none that is all there is to it. Else it
/// waits for the task behind this. What must not be lost waits for room; of what may be (each output is in its run's own events, too) the oldest goes when too much waits, and
/// the next event says how many.
final class Outlet: Sendable {
  private struct State {
    var waiting = Queue<[UInt8]>()
    var bytes = 0
    var dropped = 0
    /// The task has taken something out and is at it: nothing may overtake that.
    var isPublishing = false

    var mustWait: Bool { isPublishing || dropped > 0 || !waiting.isEmpty }
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
    let isOut = state.withLock { state in
      if !state.mustWait, isPublished(event) { return true }
      state.waiting.append(event)
      state.bytes += event.count
      while state.bytes > mostBytes, state.waiting.count > 1, let oldest = state.waiting.popFirst() {
        state.bytes -= oldest.count
        state.dropped += 1
      }
      return false
    }
    if !isOut { signal.yield() }
  }

  /// Publishes at once, if there is room. What cannot be published at all, as when the plugin stops, is over with.
  private func isPublished(_ event: [UInt8]) -> Bool { (try? topic.tryPublish(bytes: event)) ?? true }

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
      state.isPublishing = true
      if state.dropped > 0 {
        defer { state.dropped = 0 }
        return Array(#"{"dropped":\#(state.dropped)}"#.utf8)
      }
      guard let event = state.waiting.popFirst() else {
        state.isPublishing = false
        return nil
      }
      state.bytes -= event.count
      return event
    }
  }
}
