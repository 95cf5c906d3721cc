// SPDX-License-Identifier: Apache-2.0

internal import CWebSockets
internal import Glibc
internal import Synchronization

/// What other threads want done on the loop's, in order.
final class WebLoopQueue<Core: WebLoopBody>: Sendable {
  typealias Job = @Sendable (Core) -> Void

  private struct State {
    var jobs: [Job] = []
    /// The library's context, as a number: it may be woken from any thread while it is here.
    var context: UInt?
    var isStopping = false
    /// The loop's thread, once it has said so: it takes the jobs of its own making without being woken.
    var owner: pthread_t?
  }

  private let state = Mutex(State())

  /// Adds a job and wakes the loop; false when it is stopping, and the job is never done.
  func add(_ job: @escaping Job) -> Bool {
    state.withLock { state in
      guard !state.isStopping else { return false }
      state.jobs.append(job)
      if state.owner.map({ pthread_equal($0, pthread_self()) == 0 }) ?? true { wake(state) }
      return true
    }
  }

  /// Lets the loop come to its end.
  func stop() {
    state.withLock { state in
      state.isStopping = true
      wake(state)
    }
  }

  /// The context that is to be woken from now on; nil: none.
  func setContext(_ context: OpaquePointer?) { state.withLock { $0.context = unsafe context.map { UInt(bitPattern: $0) } } }

  /// The jobs so far, oldest first; nil when the loop is to end.
  func take() -> [Job]? {
    state.withLock { state in
      if state.isStopping && state.jobs.isEmpty { return nil }
      // The wish to stop may have been told by the same waking as these jobs: the loop must not wait after them.
      if state.isStopping { wake(state) }
      defer { state.jobs = [] }
      return state.jobs
    }
  }

  /// Says that the calling thread is the loop's, which from now on calls `beforeWaiting` each time before it waits.
  func isOwn() { state.withLock { $0.owner = pthread_self() } }

  /// Sees that the loop does not wait for long when there are jobs of its own making.
  func beforeWaiting() {
    state.withLock { state in
      if !state.jobs.isEmpty { wake(state) }
    }
  }

  private func wake(_ state: State) {
    guard let context = state.context else { return }
    unsafe lws_cancel_service(OpaquePointer(bitPattern: context))
  }
}
