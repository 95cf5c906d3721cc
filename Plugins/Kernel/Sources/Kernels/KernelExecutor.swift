// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK
internal import Synchronization

/// Where a kernel's work is done: by whoever brings it, one thread at a time, without a change of threads.
///
/// A thread of the plugin that comes with work does it, and all that others bring meanwhile. Any other thread leaves its work to those of the
/// plugin, but for what it does by `ifFree`, which is little and never blocks.
final class KernelExecutor: SerialExecutor {
  private struct State {
    var jobs = Queue<UnownedJob>()
    /// Some thread is at it, or one of the plugin's is on its way.
    var isTaken = false
  }

  private let pool: any TaskExecutor
  private let state = Mutex(State())
  /// The thread that is at it; 0 when none is.
  private let owner = Atomic<UInt>(0)

  init(pool: any TaskExecutor) { self.pool = pool }

  /// Called by whoever wakes a task, without a reference to this executor. Unless this thread is to do the job, it may be done and the
  /// executor gone as soon as the lock is let go of.
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isOurTurn = state.withLock { state in
      state.jobs.append(job)
      defer { state.isTaken = true }
      return !state.isTaken
    }
    guard isOurTurn else { return }
    // The last job may let go of the kernel, and the kernel of this.
    keeping(self) { if PluginThread.isCurrent { drain() } else { leaveToOthers() } }
  }

  /// Does something at once, unless another thread is at something. It must not block.
  func ifFree<Result>(_ body: () throws -> Result) rethrows -> Result? {
    let isFree = state.withLock { state in
      defer { state.isTaken = true }
      return !state.isTaken
    }
    guard isFree else { return nil }
    owner.store(UInt(pthread_self()), ordering: .relaxed)
    defer { if !isLeft { leaveToOthers() } }
    return try body()
  }

  /// Lets go, unless there is more to do.
  private var isLeft: Bool {
    owner.store(0, ordering: .relaxed)
    return state.withLock { state in
      state.isTaken = !state.jobs.isEmpty
      return state.jobs.isEmpty
    }
  }

  private func leaveToOthers() { Task(executorPreference: pool) { self.drain() } }

  private func drain() {
    repeat {
      owner.store(UInt(pthread_self()), ordering: .relaxed)
      while let job = state.withLock({ $0.jobs.popFirst() }) { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
    } while !isLeft
  }

  func isIsolatingCurrentContext() -> Bool? { owner.load(ordering: .relaxed) == UInt(pthread_self()) }

  func checkIsolated() {
    precondition(owner.load(ordering: .relaxed) == UInt(pthread_self()), "a kernel's work is done where no turn of it was taken")
  }
}
