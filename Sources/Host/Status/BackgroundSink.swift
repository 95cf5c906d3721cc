// SPDX-License-Identifier: Apache-2.0
// A terminal that was stopped with Ctrl-S, or a pipe that nobody empties, must not stop the host.
import Synchronization
import PluginBridge

/// Passes log lines to another sink on a thread of its own: who writes a line never waits for who reads it.
package final class BackgroundSink: LogSink {
  private enum Item: Sendable {
    case record(LogRecord)
    case mark(BlockingQueue<Void>)
  }

  private struct State {
    var waiting = 0
    var lost: UInt64 = 0
  }

  private let items = BlockingQueue<Item>()
  private let state = Mutex(State())
  private let limit: Int
  private let sink: any LogSink

  /// - Parameter limit: How many lines may wait; what comes then is lost and counted.
  package init(_ sink: any LogSink, limit: Int = 10_000) {
    self.sink = sink
    self.limit = limit
    HostThread.start("jf-console") { [items, weak self] in
      while let item = items.take() {
        switch item {
        case .mark(let reached): reached.put(())
        case .record(let record): self?.pass(record)
        }
      }
    }
  }

  deinit { items.close() }

  package func write(_ record: LogRecord) {
    let fits = state.withLock { state in
      guard state.waiting < limit else {
        state.lost += 1
        return false
      }
      state.waiting += 1
      return true
    }
    if fits { items.put(.record(record)) }
  }

  /// Waits until the lines written so far have been passed on, or the time is over.
  ///
  /// - Returns: Whether they have been.
  @discardableResult
  package func flush(milliseconds: Int) -> Bool {
    let reached = BlockingQueue<Void>()
    items.put(.mark(reached))
    return reached.take(until: MonotonicClock.after(milliseconds: milliseconds)) != nil
  }

  private func pass(_ record: LogRecord) {
    sink.write(record)
    let lost = state.withLock { state in
      state.waiting -= 1
      guard state.waiting == 0 else { return UInt64(0) }
      defer { state.lost = 0 }
      return state.lost
    }
    guard lost > 0 else { return }
    sink.write(
      LogRecord(
        time: record.time, level: .warning, label: "host", message: "lines not shown here, nobody read them in time",
        values: [("lines", "\(lost)")]))
  }
}
