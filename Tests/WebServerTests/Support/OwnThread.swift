// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Runs a server's tasks beside the usual threads: those are held up by tests that wait on bare sockets.
final class OwnThread: TaskExecutor {
  static let shared = OwnThread()
  private let queue = DispatchQueue(label: "web-server-tests")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
