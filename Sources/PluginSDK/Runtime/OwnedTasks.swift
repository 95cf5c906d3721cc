// SPDX-License-Identifier: Apache-2.0

/// The tasks of one plugin instance. Each is counted from start to end, so that a stop can wait for it and cancel it.
final class OwnedTasks: Sendable {
  /// What a task is for; a stop ends the kinds in turn.
  enum Kind: Sendable { case lifecycle, stream, background, call }

  private struct Entry {
    let kind: Kind
    var task: Task<Void, Never>?
    var isCancelled = false
  }

  private struct State {
    var nextID: UInt64 = 0
    var entries: [UInt64: Entry] = [:]
    var counts: [Kind: Int] = [:]
    var isClosed = false
  }

  private let executor: PluginExecutor
  private let state = Monitor(State())

  init(executor: PluginExecutor) { self.executor = executor }

  /// Starts a task on the plugin's threads.
  ///
  /// - Parameter isPrompt: Whether it begins on the calling thread, and goes on on the plugin's at its first wait.
  /// - Returns: An id for `cancel`; `nil` when the plugin has stopped and no task may start.
  @discardableResult
  func start(_ kind: Kind, isPrompt: Bool = false, _ body: @escaping @Sendable () async -> Void) -> UInt64? {
    guard let id = reserve(kind) else { return nil }
    let task: Task<Void, Never>
    if isPrompt {
      task = Task.immediateDetached(executorPreference: executor) {
        await body()
        self.remove(id)
      }
    } else {
      task = Task.detached(executorPreference: executor) {
        await body()
        self.remove(id)
      }
    }
    let isCancelled = state.change { state in
      state.entries[id]?.task = task
      return state.entries[id]?.isCancelled ?? false
    }
    if isCancelled { task.cancel() }
    return id
  }

  private func reserve(_ kind: Kind) -> UInt64? {
    state.change { state in
      guard !state.isClosed else { return nil }
      state.nextID += 1
      state.entries[state.nextID] = Entry(kind: kind)
      state.counts[kind, default: 0] += 1
      return state.nextID
    }
  }

  private func remove(_ id: UInt64) {
    state.change { state in
      guard let entry = state.entries.removeValue(forKey: id) else { return }
      state.counts[entry.kind, default: 0] -= 1
    }
  }

  func cancel(_ id: UInt64) {
    let task = state.change { state in
      state.entries[id]?.isCancelled = true
      return state.entries[id]?.task
    }
    task?.cancel()
  }

  /// Cancels all of some kinds.
  func cancel(_ kinds: [Kind]) {
    let ids = state.read { state in state.entries.filter { kinds.contains($0.value.kind) }.map(\.key) }
    for id in ids { cancel(id) }
  }

  /// Lets no task start any more.
  func close() { state.change { $0.isClosed = true } }

  /// Blocks the thread until no task of the kinds is left.
  ///
  /// - Returns: Whether that was before the deadline.
  func wait(for kinds: [Kind], until deadline: UInt64?) -> Bool {
    state.wait(until: deadline) { state in kinds.allSatisfy { state.counts[$0, default: 0] == 0 } ? true : nil } ?? false
  }
}
