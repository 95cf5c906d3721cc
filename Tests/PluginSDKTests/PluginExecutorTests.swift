// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PluginSDK

@Suite struct PluginExecutorTests {
  /// Whoever wakes a task from outside holds no reference to the executor; the task may be through and the executor gone before it returns.
  @Test func whoWakesTheLastTaskTouchesNothingAfterwards() async {
    for _ in 0..<2_000 {
      let waker = await lifeOfAnExecutor()
      waker?.join()
    }
  }

  /// - Returns: The thread that woke its only task, which may still be at it.
  private func lifeOfAnExecutor() async -> OwnedThread? {
    let executor = PluginExecutor(name: "test", threads: 2)
    let hasEnded = Monitor(false)
    let waiting = Monitor<CheckedContinuation<Void, Never>?>(nil)
    Task.detached(executorPreference: executor) {
      await withCheckedContinuation { continuation in waiting.change { $0 = continuation } }
      hasEnded.change { $0 = true }
    }
    let waker = OwnedThread.start(name: "waker") { waiting.wait { $0 }?.resume() }
    await withCheckedContinuation { done in
      let watcher = OwnedThread.start(name: "watcher") {
        hasEnded.wait { $0 ? () : nil }
        executor.shutDown(until: .max / 2)
        done.resume()
      }
      watcher?.detach()
    }
    return waker
  }
}
