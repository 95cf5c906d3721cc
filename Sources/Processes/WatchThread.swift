// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The watcher's thread. No signal from outside is delivered to it; faults are.
/// Sendable, because: a pthread_t is an id, usable from any thread.
struct WatchThread: @unchecked Sendable {
  private let id: pthread_t

  /// - Returns: Nil when the system has no thread to give.
  static func start(_ body: @escaping @Sendable () -> Void) -> WatchThread? {
    let box = unsafe Unmanaged.passRetained(WatchBody(run: body))
    var blocked = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&blocked)
    // The last one asks a thread of a stuck plugin where it is.
    let open = [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, __libc_current_sigrtmin() + 6]
    for signal in open { unsafe sigdelset(&blocked, signal) }
    unsafe pthread_sigmask(SIG_SETMASK, &blocked, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    var id = pthread_t()
    guard unsafe pthread_create(&id, nil, runWatchThread, box.toOpaque()) == 0 else {
      unsafe box.release()
      return nil
    }
    return WatchThread(id: id)
  }

  /// Waits for its end.
  func join() { pthread_join(id, nil) }
}

private final class WatchBody: Sendable {
  let run: @Sendable () -> Void
  init(run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runWatchThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context = unsafe context else { return nil }
  unsafe Unmanaged<WatchBody>.fromOpaque(context).takeRetainedValue().run()
  return nil
}
