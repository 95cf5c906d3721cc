// SPDX-License-Identifier: Apache-2.0
import Synchronization
import PluginBridge

/// How one command has been doing since the host started.
package final class CommandStatistics: Sendable {
  package struct Snapshot: Sendable {
    package var calls: UInt64 = 0
    package var failures: UInt64 = 0
    package var cancelled: UInt64 = 0
    package var missedDeadlines: UInt64 = 0
    /// Microseconds from the call to its answer.
    package var p50: Double = 0
    package var p99: Double = 0
    package var max: Double = 0
  }

  private struct State {
    var counts = Snapshot()
    var latency = LatencyHistogram()
  }

  private let state = Mutex(State())

  func record(_ status: CallStatus, nanoseconds: UInt64) {
    state.withLock { state in
      state.counts.calls += 1
      switch status {
      case .cancelled: state.counts.cancelled += 1
      case .deadline: state.counts.missedDeadlines += 1
      default: if status.isFailure { state.counts.failures += 1 }
      }
      state.latency.record(nanoseconds: nanoseconds)
    }
  }

  package func snapshot() -> Snapshot {
    state.withLock { state in
      var snapshot = state.counts
      snapshot.p50 = state.latency.microseconds(atQuantile: 0.5)
      snapshot.p99 = state.latency.microseconds(atQuantile: 0.99)
      snapshot.max = state.latency.maximumMicroseconds
      return snapshot
    }
  }
}
