// SPDX-License-Identifier: Apache-2.0

/// Work that must be done by a time.
enum Within {
  /// - Parameters:
  ///   - deadline: Then the work is cancelled.
  ///   - failure: What is thrown instead.
  static func run<Result: Sendable>(
    _ deadline: ContinuousClock.Instant, or failure: RequestFailure, _ work: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    let result: Result? = try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask { try await work() }
      group.addTask {
        try await Task.sleep(until: deadline, clock: .continuous)
        throw failure
      }
      defer { group.cancelAll() }
      do {
        return try await group.next() ?? nil
      } catch is CancellationError where ContinuousClock.now.duration(to: deadline) < .milliseconds(500) {
        // Whoever asked gave up a little before the time, for the same reason.
        throw failure
      }
    }
    guard let result else { throw CancellationError() }
    return result
  }
}
