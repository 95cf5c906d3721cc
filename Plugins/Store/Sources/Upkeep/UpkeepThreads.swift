// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// Threads for work that takes seconds or minutes: one a call, ended with the call or with the plugin.
final class UpkeepThreads: Sendable {
  private struct State {
    var next = 0
    var running: [Int: Cancellation] = [:]
    var isClosed = false
  }

  private let state = Monitor(State())

  /// Does something on a thread of its own and waits for it; cancelling the task cancels the work.
  func run<Result: Sendable>(_ name: String, _ body: @escaping @Sendable (Cancellation) throws -> Result) async throws -> Result {
    let cancellation = Cancellation()
    guard let number = begin(cancellation) else { throw PluginFailure("cannot begin: the store is stopping", status: .stopping) }
    defer { end(number) }
    return try await withTaskCancellationHandler {
      let (thread, result) = try await Self.start(name) { try body(cancellation) }
      thread.join()  // it has done all it had to do
      return try result.get()
    } onCancel: {
      cancellation.cancel()
    }
  }

  /// Ends what runs, and waits for it.
  func close() {
    let running = state.change { state in
      state.isClosed = true
      return state.running.values.map(\.self)
    }
    for one in running { one.cancel() }
    _ = state.wait(until: MonotonicClock.after(.seconds(5))) { $0.running.isEmpty ? true : nil }
  }

  private func begin(_ cancellation: Cancellation) -> Int? {
    state.change { state in
      guard !state.isClosed else { return nil }
      state.next += 1
      state.running[state.next] = cancellation
      return state.next
    }
  }

  private func end(_ number: Int) { state.change { _ = $0.running.removeValue(forKey: number) } }

  private static func start<Result: Sendable>(
    _ name: String, _ body: @escaping @Sendable () throws -> Result
  ) async throws -> (OwnedThread, Swift.Result<Result, any Error>) {
    let box = Monitor<OwnedThread?>(nil)
    let result = try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Swift.Result<Result, any Error>, any Error>) in
      let thread = OwnedThread.start(name: name) { waiter.resume(returning: Swift.Result { try body() }) }
      guard let thread else {
        let reason = "cannot begin: the system has no thread to give; raise the limit of processes"
        return waiter.resume(throwing: PluginFailure(reason, retryable: true))
      }
      box.change { $0 = thread }
    }
    // The thread may be done before its start has returned here.
    guard let thread = box.wait(for: { $0 }) else { throw PluginFailure("a thread of the store was not kept") }
    return (thread, result)
  }
}
