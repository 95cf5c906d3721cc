// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A value that tasks can wait on: each change lets the waiting look again. Every wait has a deadline.
final class Observed<State: Sendable>: Sendable {
  /// Looks at the value; `true` when the wait is over and has been told so.
  private typealias Look = @Sendable (inout State) -> (@Sendable () -> Void)?

  private struct Inner {
    var state: State
    var nextWait: UInt64 = 0
    var waits: [UInt64: Look] = [:]
    var cancelled: Set<UInt64> = []
    var abort: [UInt64: @Sendable () -> Void] = [:]
  }

  private let inner: Mutex<Inner>

  init(_ state: State) { inner = Mutex(Inner(state: state)) }

  func read<Result>(_ body: (State) -> Result) -> Result { inner.withLock { body($0.state) } }

  @discardableResult
  func change<Result>(_ body: (inout State) -> Result) -> Result {
    var ended: [@Sendable () -> Void] = []
    let result = inner.withLock { inner in
      let result = body(&inner.state)
      for (id, look) in inner.waits.sorted(by: { $0.key < $1.key }) {
        guard let end = look(&inner.state) else { continue }
        inner.waits[id] = nil
        inner.abort[id] = nil
        ended.append(end)
      }
      return result
    }
    for end in ended { end() }
    return result
  }

  /// Waits until the body has a result. It may change the value when it has one.
  ///
  /// - Parameter what: What is waited for, for the sentence of the error.
  func wait<Result: Sendable>(
    for what: String, within timeout: Duration, _ body: @escaping @Sendable (inout State) -> Result?
  ) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask { try await self.wait(body) }
      group.addTask {
        try await Task.sleep(for: timeout)
        return nil
      }
      defer { group.cancelAll() }
      if let result = try await group.next() ?? nil { return result }
      throw TestHostError("waited \(timeout) for \(what), which did not come")
    }
  }

  private func wait<Result: Sendable>(_ body: @escaping @Sendable (inout State) -> Result?) async throws -> Result {
    let id = inner.withLock { inner in
      inner.nextWait += 1
      return inner.nextWait
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Result, any Error>) in
        let early = inner.withLock { inner -> Swift.Result<Result, any Error>? in
          if inner.cancelled.remove(id) != nil { return .failure(CancellationError()) }
          if let result = body(&inner.state) { return .success(result) }
          inner.waits[id] = { state in
            guard let result = body(&state) else { return nil }
            return { continuation.resume(returning: result) }
          }
          inner.abort[id] = { continuation.resume(throwing: CancellationError()) }
          return nil
        }
        if let early { continuation.resume(with: early) }
      }
    } onCancel: {
      let abort = inner.withLock { inner in
        inner.waits[id] = nil
        guard let abort = inner.abort.removeValue(forKey: id) else {
          inner.cancelled.insert(id)
          return nil as (@Sendable () -> Void)?
        }
        return abort
      }
      abort?()
    }
  }
}
