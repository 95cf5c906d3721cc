// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// Keeps checkpoints that their trainer is about to delete, on a thread of its own: hears of commits, looks for new rows, and gives each
/// file a second name in the data directory.
///
/// A hard link first: it costs nothing, but is the trainer's own file; see `KeptName` for how a file that was written to again is
/// noticed. Then a copy that shares the blocks, then a real one. Each is whole when its name appears.
final class CheckpointKeeper: Sendable {
  private struct State {
    /// Runs to look at; nil is all of them.
    var runs: Set<String>? = nil
    var hasNews = true
    var isClosed = false
  }

  private let policy: CheckpointPolicy
  private let files: CheckpointFiles
  private let databasePath: String
  private let queue: EventQueue
  private let context: PluginContext
  private let state = Monitor(State())
  private let cancellation = Cancellation()

  init(_ policy: CheckpointPolicy, files: CheckpointFiles, database: String, queue: EventQueue, context: PluginContext) {
    self.policy = policy
    self.files = files
    databasePath = database
    self.queue = queue
    self.context = context
  }

  /// Takes in that runs have new rows; never blocks.
  func notice(_ runs: [String]) {
    guard policy != .none else { return }
    state.change { state in
      state.hasNews = true
      // Nil: a look at all runs is still to come.
      state.runs?.formUnion(runs)
    }
  }

  /// Begins to work; nil when nothing is to be kept.
  func start() throws -> OwnedThread? {
    guard policy != .none else { return nil }
    guard let thread = OwnedThread.start(name: "store-keeper", { [self] in run() }) else {
      throw PluginFailure("cannot start the store's keeper of checkpoints: the system has no thread to give; raise the limit of processes")
    }
    return thread
  }

  /// Lets the thread end soon, also in the middle of a file.
  func close() {
    cancellation.cancel()
    state.change { $0.isClosed = true }
  }

  // MARK: - On its thread

  private func run() {
    var round = KeepingRound(policy: policy, files: files, queue: queue, cancellation: cancellation)
    do {
      try FileTools.makeDirectory(files.directory)
      try removeLeftOvers()
    } catch {
      guard !cancellation.isCancelled else { return }
      return context.log.error("checkpoints not kept", ["directory": files.directory, "reason": "\(error)"])
    }
    while let runs = nextRuns() {
      do {
        let reader = try Reader(path: databasePath)
        for problem in try round.look(at: runs, reader) {
          context.log.warning("checkpoint not kept", ["run": problem.run, "path": problem.path, "reason": "\(problem.reason)"])
        }
      } catch {
        guard !cancellation.isCancelled else { return }
        context.log.warning("checkpoints not looked at", ["reason": "\(error)"])
      }
    }
  }

  /// Removes what an end in the middle of keeping left: files that are not whole, and whole ones that no row came to name.
  private func removeLeftOvers() throws {
    files.removePartial()
    let names = FileTools.names(in: files.directory)
    let files = files
    _ = try WriteJob.runBlocking(.alone, on: queue) { database in
      try files.removeUnreferenced(names, database)
      return WriteJob.Outcome(answer: .null)
    }
  }

  /// Waits for news; nil at the end.
  private func nextRuns() -> KeepingRound.Scope? {
    state.wait { state in
      if state.isClosed { return .some(nil) }
      guard state.hasNews else { return nil }
      defer {
        state.runs = []
        state.hasNews = false
      }
      return .some(state.runs.map { .runs($0.sorted()) } ?? .all)
    } ?? nil
  }
}
