// SPDX-License-Identifier: Apache-2.0

/// Runs a plugin's tasks on threads of its own, so that code that blocks takes nothing from the process's cooperative pool.
///
/// Threads are started when there is work and no idle thread, up to a fixed number, and end at `shutDown`.
/// Work that still comes later, from a task that outlived its deadline, gets a thread again, so that it can end.
final class PluginExecutor: TaskExecutor {
  static let defaultThreads = 4

  private struct State {
    var jobs = Queue<UnownedJob>()
    var idle = 0
    var running = 0
    var isShutDown = false
    var threads: [OwnedThread] = []
  }

  private let name: String
  private let mostThreads: Int
  private let state = Monitor(State())

  init(name: String, threads: Int = PluginExecutor.defaultThreads) {
    self.name = name
    mostThreads = threads
  }

  /// Called by whoever wakes a task, without a reference to this executor: as soon as the lock is let go of, the job may be done, the task
  /// over and the executor gone. So all of it happens under the lock, and the monitor sees to the rest.
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.changeWaking { state in
      state.jobs.append(job)
      if state.idle < state.jobs.count, state.running < mostThreads { startThread(&state) }
      // Only one is woken, and while shutting down that may be `shutDown` itself.
      return state.isShutDown ? .all : .one
    }
  }

  private func startThread(_ state: inout State) {
    // Without a thread to be had, whoever runs already takes the job; with nobody running it waits for the next enqueue to try again.
    guard let thread = OwnedThread.start(name: name, { self.work() }) else { return }
    state.running += 1
    if state.isShutDown { thread.detach() } else { state.threads.append(thread) }
  }

  private func work() {
    PluginThread.mark()
    while let job = nextJob() { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
    state.change { _ in }  // Lets `shutDown` see that one less is running.
  }

  /// Waits for work; `nil` when there is none and there will be none.
  private func nextJob() -> UnownedJob? {
    var isIdle = false
    return state.wait { state -> UnownedJob?? in
      // Told to nobody: a thread that found nothing to do is no news to the others, and to wake them costs more than most jobs.
      guard !state.jobs.isEmpty || state.isShutDown else {
        if !isIdle { state.idle += 1 }
        isIdle = true
        return nil
      }
      if isIdle { state.idle -= 1 }
      if let job = state.jobs.popFirst() { return .some(job) }
      state.running -= 1
      return .some(nil)
    } ?? nil
  }

  /// Ends the threads when their work is done.
  ///
  /// - Returns: Whether all had ended at the deadline; those that had not are let go.
  @discardableResult
  func shutDown(until deadline: UInt64) -> Bool {
    let threads = state.change { state in
      state.isShutDown = true
      defer { state.threads = [] }
      return state.threads
    }
    let allEnded = state.wait(until: deadline) { $0.running == 0 ? true : nil } ?? false
    for thread in threads {
      if allEnded && !thread.isCurrent { thread.join() } else { thread.detach() }
    }
    return allEnded
  }
}
