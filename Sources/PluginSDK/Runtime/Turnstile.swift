// SPDX-License-Identifier: Apache-2.0
// The one way the SDK waits for the host to say "go on": for credit, and for room in a topic.

internal import Synchronization

/// A counter of signals on which tasks and threads wait without losing one.
///
/// Read `signals` *before* asking the host. When the host says "not now", wait for a signal later than that: one that came between the
/// question and the wait ends the wait at once.
final class Turnstile: Sendable {
  fileprivate enum Waiter: Sendable {
    case task(CheckedContinuation<Void, any Error>)
    case thread(Monitor<Result<Void, any Error>?>)
    case closure(@Sendable () -> Void)

    func resume(with result: Result<Void, any Error>) {
      switch self {
      case .task(let continuation): continuation.resume(with: result)
      case .thread(let outcome): outcome.change { $0 = result }
      case .closure(let body): body()
      }
    }
  }

  fileprivate struct State {
    var signals: UInt64 = 0
    var closed: (any Error)?
    var nextWaiter: UInt64 = 0
    var waiters: [UInt64: Waiter] = [:]
  }

  private let state = Mutex(State())

  /// How many signals have come.
  var signals: UInt64 { state.withLock { $0.signals } }

  /// Lets all waiters go on.
  func signal() {
    let waiters = state.withLock { state in
      state.signals += 1
      defer { state.waiters = [:] }
      return state.waiters
    }
    for waiter in waiters.values { waiter.resume(with: .success(())) }
  }

  /// Fails all waiters, now and later: no signal can come any more.
  func close(with error: any Error) {
    let waiters = state.withLock { state in
      state.closed = state.closed ?? error
      defer { state.waiters = [:] }
      return state.waiters
    }
    for waiter in waiters.values { waiter.resume(with: .failure(error)) }
  }

  /// Waits for a signal later than `seen`.
  func wait(after seen: UInt64) async throws {
    try Task.checkCancellation()
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        // Cancelled before it is stored: the handler found nothing to take out, so it is seen here.
        let outcome = state.withLock { state -> Result<Void, any Error>? in
          if let outcome = state.outcome(after: seen) { return outcome }
          if Task.isCancelled { return .failure(CancellationError()) }
          state.waiters[id] = .task(continuation)
          return nil
        }
        if let outcome { continuation.resume(with: outcome) }
      }
    } onCancel: {
      let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
      waiter?.resume(with: .failure(CancellationError()))
    }
  }

  /// Blocks the thread until a signal later than `seen`.
  func waitBlocking(after seen: UInt64) throws {
    let monitor = Monitor<Result<Void, any Error>?>(nil)
    let outcome = state.withLock { $0.add(.thread(monitor), after: seen) } ?? monitor.wait { $0 }
    try outcome?.get()
  }

  /// Calls a closure once, at a signal later than `seen` or at the end; right here when that has been.
  func notify(after seen: UInt64, _ body: @escaping @Sendable () -> Void) {
    if state.withLock({ $0.add(.closure(body), after: seen) }) != nil { body() }
  }
}

extension Turnstile.State {
  /// What a wait comes to without waiting.
  fileprivate func outcome(after seen: UInt64) -> Result<Void, any Error>? {
    if let closed { return .failure(closed) }
    return signals > seen ? .success(()) : nil
  }

  /// Stores a waiter, unless there is nothing to wait for.
  fileprivate mutating func add(_ waiter: Turnstile.Waiter, after seen: UInt64) -> Result<Void, any Error>? {
    if let outcome = outcome(after: seen) { return outcome }
    nextWaiter += 1
    waiters[nextWaiter] = waiter
    return nil
  }
}
