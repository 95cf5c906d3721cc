// SPDX-License-Identifier: Apache-2.0
// A queue that a thread of our own waits on. Swift's Mutex has no condition variable, so this one wraps the pair of POSIX.
import Glibc

/// A first-in first-out queue for threads: many put, many take, takers wait.
@safe package final class BlockingQueue<Element: Sendable>: Sendable {
  // The storage is touched only between lock and unlock of the mutex in it.
  private nonisolated(unsafe) let storage: UnsafeMutablePointer<Storage>

  @unsafe private struct Storage {
    var mutex = unsafe pthread_mutex_t()
    var condition = pthread_cond_t()
    var elements = RingBuffer<Element>()
    var waiting = 0
    var closed = false
  }

  package init() {
    unsafe storage = .allocate(capacity: 1)
    unsafe storage.initialize(to: Storage())
    unsafe pthread_mutex_init(&storage.pointee.mutex, nil)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(&storage.pointee.condition, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(&storage.pointee.condition)
    unsafe pthread_mutex_destroy(&storage.pointee.mutex)
    unsafe storage.deinitialize(count: 1)
    unsafe storage.deallocate()
  }

  /// Puts an element at the end. Returns false when the queue is closed.
  @discardableResult
  package func put(_ element: Element) -> Bool {
    unsafe pthread_mutex_lock(&storage.pointee.mutex)
    guard unsafe !storage.pointee.closed else {
      unsafe pthread_mutex_unlock(&storage.pointee.mutex)
      return false
    }
    unsafe storage.pointee.elements.append(element)
    let wake = unsafe storage.pointee.waiting > 0
    unsafe pthread_mutex_unlock(&storage.pointee.mutex)
    if wake { unsafe pthread_cond_signal(&storage.pointee.condition) }
    return true
  }

  /// Takes the first element, waiting until `deadline` (monotonic nanoseconds; nil waits for ever).
  ///
  /// - Returns: nil when the deadline passed, or when the queue is closed and empty.
  package func take(until deadline: UInt64? = nil) -> Element? {
    unsafe pthread_mutex_lock(&storage.pointee.mutex)
    defer { unsafe pthread_mutex_unlock(&storage.pointee.mutex) }
    while unsafe storage.pointee.elements.isEmpty {
      if unsafe storage.pointee.closed { return nil }
      unsafe storage.pointee.waiting += 1
      defer { unsafe storage.pointee.waiting -= 1 }
      guard let deadline else {
        unsafe pthread_cond_wait(&storage.pointee.condition, &storage.pointee.mutex)
        continue
      }
      var limit = MonotonicClock.timespec(deadline)
      let outcome = unsafe pthread_cond_timedwait(&storage.pointee.condition, &storage.pointee.mutex, &limit)
      if outcome == ETIMEDOUT { return unsafe storage.pointee.elements.popFirst() }
    }
    return unsafe storage.pointee.elements.popFirst()
  }

  /// Refuses further elements and wakes every taker; what is queued is still handed out.
  package func close() {
    unsafe pthread_mutex_lock(&storage.pointee.mutex)
    unsafe storage.pointee.closed = true
    unsafe pthread_mutex_unlock(&storage.pointee.mutex)
    unsafe pthread_cond_broadcast(&storage.pointee.condition)
  }

  package var isClosed: Bool {
    unsafe pthread_mutex_lock(&storage.pointee.mutex)
    defer { unsafe pthread_mutex_unlock(&storage.pointee.mutex) }
    return unsafe storage.pointee.closed
  }

  package var count: Int {
    unsafe pthread_mutex_lock(&storage.pointee.mutex)
    defer { unsafe pthread_mutex_unlock(&storage.pointee.mutex) }
    return unsafe storage.pointee.elements.count
  }
}
