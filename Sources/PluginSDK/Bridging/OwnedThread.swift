// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A thread with a name, started at once and ended by joining or letting go. Signals from outside are blocked on it; faults are
/// not, so that a crash is reported with its place, nor is the one that asks a thread of a stuck plugin where it is.
/// Sendable, because: a pthread_t is an id, usable from any thread.
package struct OwnedThread: @unchecked Sendable {
  private let id: pthread_t

  /// Starts a thread.
  ///
  /// - Parameter name: At most 15 bytes, seen in debuggers and `top -H`.
  /// - Returns: `nil` when the system has no thread to give.
  package static func start(name: String, _ body: @escaping @Sendable () -> Void) -> OwnedThread? {
    let box = unsafe Unmanaged.passRetained(ThreadBody(name: name, run: body))
    var fromOutside = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&fromOutside)
    let open = [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, __libc_current_sigrtmin() + 6]
    for signal in open { unsafe sigdelset(&fromOutside, signal) }
    unsafe pthread_sigmask(SIG_SETMASK, &fromOutside, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    var id = pthread_t()
    guard unsafe pthread_create(&id, nil, runThread, box.toOpaque()) == 0 else {
      unsafe box.release()
      return nil
    }
    return OwnedThread(id: id)
  }

  /// Waits for the end of the thread. Exactly one of `join` and `detach` must follow a start.
  package func join() { pthread_join(id, nil) }

  /// Lets the thread end on its own.
  package func detach() { pthread_detach(id) }

  package var isCurrent: Bool { pthread_equal(id, pthread_self()) != 0 }
}

private final class ThreadBody: Sendable {
  let name: String
  let run: @Sendable () -> Void

  init(name: String, run: @escaping @Sendable () -> Void) {
    self.name = name
    self.run = run
  }
}

private func runThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context = unsafe context else { return nil }
  let body = unsafe Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue()
  nameThread(body.name)
  body.run()
  return nil
}

/// Names the calling thread, if the system lets it. The C functions for it are variadic or GNU extensions, which Swift does not see.
private func nameThread(_ name: String) {
  let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  guard file >= 0 else { return }
  defer { close(file) }
  let text = Array(name.utf8.prefix(15))
  _ = unsafe text.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
}
