// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Testing

/// Runs tasks one after the other, beside the threads that all tests share.
final class OwnThread: TaskExecutor {
  /// For what a server of the tests does.
  static let servers = OwnThread("web-servers")
  /// For tests that wait on bare sockets.
  static let tests = OwnThread("web-server-tests")

  private let queue: DispatchQueue

  private init(_ label: String) { queue = DispatchQueue(label: label) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// Keeps tests that wait on bare sockets from holding up all others: there are only as many shared threads as processors.
struct OwnThreadTrait: SuiteTrait, TestTrait, TestScoping {
  let isRecursive = true

  @concurrent func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    try await withTaskExecutorPreference(OwnThread.tests) { try await function() }
  }
}

extension Trait where Self == OwnThreadTrait {
  static var onOwnThread: Self { OwnThreadTrait() }
}
