// SPDX-License-Identifier: Apache-2.0

internal import Processes

/// What all kernels of this machine share.
struct LocalTools: Sendable {
  let watcher: ProcessWatcher
  let work: BlockingWork
  let open: OpenLink

  /// Returns when a process has ended, or at once when it cannot be watched.
  func untilEnded(_ process: ProcessIdentity) async {
    await withCheckedContinuation { waiter in
      do { try watcher.watch(process) { _ in waiter.resume() } } catch { waiter.resume() }
    }
  }

  /// What a process and its descendants use; nil when it is gone. A look at each process of the system: not for a thread of the pool.
  func usage(of process: ProcessIdentity) async -> KernelUsage? {
    let usage = try? await work.run { ProcessTree(process).usage() }
    return (usage ?? nil).map { KernelUsage(processes: $0.processes, memory: $0.memory, cpuSeconds: $0.cpuSeconds) }
  }
}
