// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import PluginSDK
internal import Synchronization

/// Runs that may be asked for by their id: those that go on, and the latest of those that ended.
final class RunTable: Sendable {
  /// How many runs that ended are kept; their results are kept elsewhere and longer.
  static let most = 256

  private struct Entry {
    var run: RunDescription
    var log: RunLog
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var order: [String] = []
  }

  private let folder: String
  private let state = Mutex(State())
  /// Unix time in seconds. Runs of before are not here.
  let began = Date.now.timeIntervalSince1970

  /// - Parameter folder: For the events of runs. What an earlier host left there is removed by the plugin.
  init(folder: String) { self.folder = folder }

  /// Makes the log of a new run.
  func log(for run: RunDescription) -> RunLog {
    let log = RunLog(path: "\(folder)/\(run.id).events")
    let old = state.withLock { state in
      state.entries[run.id] = Entry(run: run, log: log)
      state.order.append(run.id)
      return Self.old(&state)
    }
    for log in old { log.discard() }
    return log
  }

  /// The run of an id and its log.
  func find(_ id: String) throws -> (run: RunDescription, log: RunLog) {
    guard let entry = state.withLock({ $0.entries[id] }) else {
      throw PluginFailure(
        "no run '\(id)': it was not begun since the host was started, or is older than the latest \(Self.most) that ended; results.list shows what is kept",
        code: "no_run", status: .notFound)
    }
    return (entry.run, entry.log)
  }

  /// Takes out runs that no kernel took.
  func forget(_ runs: [QueuedRun]) {
    let ids = Set(runs.map(\.description.id))
    state.withLock { state in
      state.order.removeAll { ids.contains($0) }
      for id in ids { state.entries[id] = nil }
    }
    for run in runs { run.log.discard() }
  }

  /// Those that are too many, oldest first; what goes on stays.
  private static func old(_ state: inout State) -> [RunLog] {
    // Not at each run: a look goes through all of them.
    guard state.order.count > most + most / 4 else { return [] }
    var excess = state.order.count - most
    var old: [RunLog] = []
    state.order = state.order.filter { id in
      guard excess > 0, let log = state.entries[id]?.log, log.ending != nil else { return true }
      excess -= 1
      old.append(log)
      state.entries[id] = nil
      return false
    }
    return old
  }
}
