// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Testing

/// Keeps tests that wait on bare sockets from holding up all others: there are only as many shared threads as processors.
final class PageThread: TaskExecutor {
  static let shared = PageThread()

  private let queue = DispatchQueue(label: "page-tests")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

struct PageThreadTrait: SuiteTrait, TestTrait, TestScoping {
  let isRecursive = true

  @concurrent func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    try await withTaskExecutorPreference(PageThread.shared) { try await function() }
  }
}

extension Trait where Self == PageThreadTrait {
  static var onPageThread: Self { PageThreadTrait() }
}
