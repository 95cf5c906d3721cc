// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import SQLite

/// What must outlive the host: runs, operations, conversations, consents, the audit. One thread does all of it, in the order it was asked.
final class BridgeStore: Sendable {
  typealias Job = @Sendable (Database) -> Void

  private struct State: Sendable {
    var jobs: [Job] = []
    /// Before the start and from the stop on: nobody would do what is asked.
    var isClosed = true
  }

  private let path: String
  private let steps: [String]
  private let state = Monitor(State())
  private let thread = Monitor<OwnedThread?>(nil)

  /// - Parameters:
  ///   - path: Of the database, in a directory that exists.
  ///   - steps: See `BridgeSchema`.
  init(path: String, steps: [String] = BridgeSchema.steps) {
    self.path = path
    self.steps = steps
  }

  /// Opens the database, brings it up to date, and begins. Blocks for as long as that takes.
  func start() throws {
    let box = ThreadBound(try BridgeSchema.open(path: path, steps: steps))
    state.change { $0.isClosed = false }
    let started = OwnedThread.start(name: "jf-bridge-store") { [state] in
      while let jobs = state.wait(for: { Self.take(&$0) }), !jobs.isEmpty {
        for job in jobs { job(box.value) }
      }
    }
    guard let started else {
      state.change { $0.isClosed = true }
      throw PluginFailure("cannot start the thread 'jf-bridge-store': the system has none to give; raise the limit of processes")
    }
    thread.change { $0 = started }
  }

  /// Everything that waits; nothing at the end.
  private static func take(_ state: inout State) -> [Job]? {
    guard !state.jobs.isEmpty || state.isClosed else { return nil }
    defer { state.jobs = [] }
    return state.jobs
  }

  /// Does what was asked before, and ends.
  func stop() {
    state.change { $0.isClosed = true }
    let running = thread.change { thread in
      defer { thread = nil }
      return thread
    }
    running?.join()
  }

  /// Writes without waiting for it; a failure is told to `failed`.
  func note(_ body: @escaping @Sendable (Database) throws -> Void, failed: @escaping @Sendable (any Error) -> Void = { _ in }) {
    let isTaken = offer { database in
      do { try database.transaction { try body(database) } } catch { failed(error) }
    }
    if !isTaken { failed(Self.closed) }
  }

  /// Reads or writes, in a transaction, and gives what came of it.
  func perform<Result: Sendable>(_ body: @escaping @Sendable (Database) throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      let isTaken = offer { database in
        continuation.resume(with: Swift.Result { try database.transaction { try body(database) } })
      }
      if !isTaken { continuation.resume(throwing: Self.closed) }
    }
  }

  private func offer(_ job: @escaping Job) -> Bool {
    state.change { state in
      guard !state.isClosed else { return false }
      state.jobs.append(job)
      return true
    }
  }

  private static let closed = PluginFailure(
    "cannot use the bridge's database: it is closed; the host is starting or stopping", status: .gone)
}
