// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Testing

/// Runs tests that wait on bare sockets one after the other, beside the threads that all tests share.
final class DoorThread: TaskExecutor {
  static let tests = DoorThread()

  private let queue = DispatchQueue(label: "bridge-door-tests")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

struct DoorThreadTrait: SuiteTrait, TestTrait, TestScoping {
  let isRecursive = true

  @concurrent func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    try await withTaskExecutorPreference(DoorThread.tests) { try await function() }
  }
}

extension Trait where Self == DoorThreadTrait {
  static var onDoorThread: Self { DoorThreadTrait() }
}
