// SPDX-License-Identifier: Apache-2.0

import Synchronization

@testable import Kernel

/// Keeps what kernels tell, and lets a test wait for something.
final class EventRecorder: RunRecorder {
  private struct State {
    var news: [KernelNews] = []
    var endings: [String: RunEnding] = [:]
    var types: [String: [String]] = [:]
    var warnings: [String] = []
  }

  private let state = Mutex(State())
  private let turns = Announcement()

  func began(_ run: RunDescription) {}

  func happened(_ event: RunEvent, in run: RunDescription) {
    state.withLock { $0.types[run.id, default: []].append(event.type) }
    turns.announce()
  }

  func ended(_ run: RunDescription, with ending: RunEnding) {
    state.withLock { $0.endings[run.id] = ending }
    turns.announce()
  }

  func take(_ news: KernelNews) {
    state.withLock { $0.news.append(news) }
    turns.announce()
  }

  func warn(_ text: String, _ values: [String: String]) {
    let words = [text] + values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    state.withLock { $0.warnings.append(words.joined(separator: " ")) }
  }

  var warnings: [String] { state.withLock { $0.warnings } }

  var news: [KernelNews] { state.withLock { $0.news } }
  /// What happened in a run, in order.
  func types(of run: String) -> [String] { state.withLock { $0.types[run] ?? [] } }

  /// Returns the first thing that is found in what was told so far, waiting for it.
  func first<Found: Sendable>(_ find: @Sendable (EventRecorder) -> Found?) async throws -> Found {
    while true {
      let seen = turns.count
      if let found = find(self) { return found }
      try await turns.wait(after: seen)
    }
  }

  /// Waits for a status of a kernel.
  func status(_ status: KernelStatus, of kernel: String) async throws -> KernelSummary {
    try await first { recorder in
      for case .changed(let summary) in recorder.news.reversed() where summary.id == kernel {
        return summary.status == status ? summary : nil
      }
      return nil
    }
  }
}
