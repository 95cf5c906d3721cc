// SPDX-License-Identifier: Apache-2.0
import PluginSDK
import Synchronization

/// The open runs, and how the others ended.
final class Runs: Sendable {
  struct Report: Encodable {
    var cancelled = 0
    var finished = 0
    var late = 0
    var running = 0
  }

  typealias Ticking = Task<TickerSwiftPlugin.Summary, any Error>

  private struct State {
    var open: [UInt64: Ticking] = [:]
    var report = Report()
    var isStopping = false
  }

  private static let most = 16

  private let state = Mutex(State())

  var report: Report {
    state.withLock { state in
      var report = state.report
      report.running = state.open.count
      return report
    }
  }

  /// Waits for a run's end, cancels it with its caller, and counts how it ended.
  func run(_ task: Ticking, for call: Call) async throws -> TickerSwiftPlugin.Summary {
    do {
      try add(task, call.id)
      let summary = try await withTaskCancellationHandler {
        try await task.value
      } onCancel: {
        task.cancel()
      }
      end(call.id, \.finished)
      return summary
    } catch {
      task.cancel()
      let isLate = call.remaining.map { $0 <= .zero } ?? false
      end(call.id, isLate ? \.late : \.cancelled)
      throw error
    }
  }

  func cancelAll() {
    let open = state.withLock { state in
      state.isStopping = true
      return state.open.values
    }
    for task in open { task.cancel() }
  }

  private func add(_ task: Ticking, _ call: UInt64) throws {
    try state.withLock { state in
      guard !state.isStopping else { throw PluginFailure("the ticker is stopping", status: .stopping) }
      guard state.open.count < Self.most else {
        throw PluginFailure("\(Self.most) runs are open already; end one first", retryable: true, status: .busy)
      }
      state.open[call] = task
    }
  }

  /// Does nothing for a run that was never added.
  private func end(_ call: UInt64, _ outcome: WritableKeyPath<Report, Int>) {
    state.withLock { state in
      if state.open.removeValue(forKey: call) != nil { state.report[keyPath: outcome] += 1 }
    }
  }
}
