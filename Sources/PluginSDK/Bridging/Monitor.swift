// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A value behind a lock that threads can wait on; times are CLOCK_MONOTONIC nanoseconds.
///
/// For threads of one's own: a wait blocks the thread, so it has no place in async code.
/// Sendable, because: `state` is touched only under the lock.
@safe package final class Monitor<State: Sendable>: @unchecked Sendable {
  private var state: State
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  package init(_ state: State) {
    self.state = state
    unsafe mutex = .allocate(capacity: 1)
    unsafe condition = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(condition, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Runs a short piece of work under the lock, then wakes the waiting to look again.
  @discardableResult
  package func change<Result>(_ body: (inout State) -> Result) -> Result {
    unsafe pthread_mutex_lock(mutex)
    let result = body(&state)
    unsafe pthread_mutex_unlock(mutex)
    unsafe pthread_cond_broadcast(condition)
    return result
  }

  /// Who is to look again.
  package enum Wake: Sendable { case one, all }

  /// Runs a short piece of work under the lock that says who is to be woken. The caller need not keep this monitor longer than that.
  ///
  /// Whoever is woken finds the lock free: else, where it takes the processor of the one that wakes it, both would wait for each other's turn.
  package func changeWaking(_ body: (inout State) -> Wake) {
    let kept = unsafe Unmanaged.passRetained(self)
    unsafe pthread_mutex_lock(mutex)
    let wake = body(&state)
    unsafe pthread_mutex_unlock(mutex)
    switch wake {
    case .one: unsafe pthread_cond_signal(condition)
    case .all: unsafe pthread_cond_broadcast(condition)
    }
    unsafe kept.release()
  }

  /// Looks at the value and wakes nobody.
  package func read<Result>(_ body: (State) -> Result) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return body(state)
  }

  /// Waits until the body has a result.
  ///
  /// - Parameter deadline: `nil` waits for ever.
  /// - Returns: `nil` when the deadline passed first.
  package func wait<Result>(until deadline: UInt64? = nil, for body: (inout State) -> Result?) -> Result? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&state) { return result }
      guard let deadline else {
        unsafe pthread_cond_wait(condition, mutex)
        continue
      }
      var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
      if unsafe pthread_cond_timedwait(condition, mutex, &time) == ETIMEDOUT { return body(&state) }
    }
  }
}
