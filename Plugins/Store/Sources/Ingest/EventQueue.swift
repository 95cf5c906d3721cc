// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// The bounded way from the host's thread to the writer's: one side copies in, the other takes all there is.
final class EventQueue: Sendable {
  /// What the writer got.
  enum Turn: Sendable {
    /// All that waited. `wasFull`: an event was refused meanwhile and must be asked for again.
    case batch(EventBatch, wasFull: Bool)
    /// Somebody wants something written, after every event that came before.
    case job(WriteJob)
    /// Nothing came until the deadline.
    case idle
    /// Nothing is left, and nothing will come.
    case closed
  }

  private struct State {
    var batch = EventBatch()
    /// Empty; takes the place of the batch that is taken next, so that its memory is used again.
    var spare = EventBatch()
    var wasFull = false
    var jobs: [WriteJob] = []
    var isClosed = false
  }

  private let state = Monitor(State())
  private let limit: Int

  /// - Parameter limit: In bytes of events; one event alone may be larger.
  init(limit: Int) { self.limit = limit }

  /// Copies an event in.
  ///
  /// - Returns: False when there is no room; the next batch says that somebody waits.
  func offer(_ event: Span<UInt8>, from origin: EventBatch.Origin) -> Bool {
    state.change { state in
      if state.batch.count > 0, state.batch.bytes.count + event.count > limit {
        state.wasFull = true
        return false
      }
      state.batch.append(event, from: origin)
      return true
    }
  }

  /// Takes everything that waits; blocks until there is something.
  ///
  /// - Parameter deadline: Monotonic nanoseconds; nil waits for ever.
  func take(until deadline: UInt64?) -> Turn {
    let turn: Turn? = state.wait(until: deadline) { state in
      if state.batch.count > 0 {
        defer {
          state.batch = EventBatch()
          swap(&state.batch, &state.spare)
          state.wasFull = false
        }
        return .batch(state.batch, wasFull: state.wasFull)
      }
      if !state.jobs.isEmpty { return .job(state.jobs.removeFirst()) }
      return state.isClosed ? .closed : nil
    }
    return turn ?? .idle
  }

  /// Adds a job.
  ///
  /// - Returns: False when the queue is closed.
  func offer(_ job: WriteJob) -> Bool {
    state.change { state in
      guard !state.isClosed else { return false }
      state.jobs.append(job)
      return true
    }
  }

  /// Takes a batch back that is done with, for the memory it is in.
  func giveBack(_ batch: consuming EventBatch) {
    // A single large event must not keep its room for ever.
    if batch.capacity > limit * 2 { batch = EventBatch() } else { batch.clear() }
    state.change { $0.spare = batch }
  }

  /// Waits for the queue to be closed.
  ///
  /// - Returns: Whether it is.
  func waitForClose(until deadline: UInt64) -> Bool {
    state.wait(until: deadline) { $0.isClosed ? true : nil } ?? false
  }

  /// Lets the writer end once it has taken what is there.
  func close() { state.change { $0.isClosed = true } }

  /// Events and bytes that wait.
  var depth: (events: Int, bytes: Int) { state.read { ($0.batch.count, $0.batch.bytes.count) } }
}
