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
}
