// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Synchronization

/// Does what blocks (disks, waiting for a program's output) on threads of its own; a stop waits for them.
final class BlockingWork: Sendable {
  private struct State {
    var isStopping = false
    var threads: [Int: OwnedThread] = [:]
    var next = 0
  }

  private let state = Mutex(State())

  /// Does something on a thread of its own, and waits for it without holding a thread.
  func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { waiter in begin(waiter, body) }
  }

  private func begin<Result: Sendable>(
    _ waiter: CheckedContinuation<Result, any Error>, _ body: @escaping @Sendable () throws -> Result
  ) {
    let refusal: PluginFailure? = state.withLock { state in
      guard !state.isStopping else { return PluginFailure("cannot begin: the plugin is stopping", retryable: true, status: .stopping) }
      let number = state.next
      state.next += 1
      let thread = OwnedThread.start(name: "jf-kernel-work") { [self] in
        waiter.resume(with: Swift.Result { try body() })
        finished(number)
      }
      guard let thread else { return PluginFailure("cannot begin: the system has no thread to give; raise the limit of processes") }
      state.threads[number] = thread
      return nil
    }
    if let refusal { waiter.resume(throwing: refusal) }
  }

  /// A thread that ends by itself needs nobody to wait for it. Blocks until `begin` has noted it.
  private func finished(_ number: Int) { state.withLock { $0.threads.removeValue(forKey: number) }?.detach() }

  /// Takes nothing more, and waits for what was begun.
  func stop() {
    let threads = state.withLock { state in
      state.isStopping = true
      defer { state.threads = [:] }
      return Array(state.threads.values)
    }
    for thread in threads { thread.join() }
  }
}
