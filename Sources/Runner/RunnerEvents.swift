// SPDX-License-Identifier: Apache-2.0
import PluginBridge
import Synchronization

/// The events of one subscription that the host has sent. It sends no more than a window of them before they are taken.
final class RunnerEvents: EventSource {
  private let index: Int
  private let writer: FrameWriter
  private let state = Mutex(State())

  private struct State {
    var queue = RingBuffer<Frame>()
    /// The instance was told that there is something, and has not yet found the queue empty.
    var signalled = false
  }

  init(index: Int, writer: FrameWriter) {
    self.index = index
    self.writer = writer
  }

  /// Returns whether the instance has to be told.
  func append(_ frame: Frame) -> Bool {
    state.withLock { state in
      state.queue.append(frame)
      defer { state.signalled = true }
      return !state.signalled
    }
  }

  var isEmpty: Bool { state.withLock { $0.queue.isEmpty } }

  func deliver(max: Int, _ offer: Offer) -> EventDelivery {
    var taken: UInt64 = 0
    defer { if taken > 0 { writer.send(Frame(.eventsTaken, a: UInt64(index), b: taken)) } }
    while taken < max, let frame = next() {
      guard offer(frame.name, frame.content, frame.payload, frame.b) else {
        state.withLock { $0.queue.prepend(frame) }
        return .refused
      }
      taken += 1
    }
    return taken == 0 ? .nothing : .delivered
  }

  private func next() -> Frame? {
    state.withLock { state in
      let frame = state.queue.popFirst()
      if frame == nil { state.signalled = false }
      return frame
    }
  }
}
