// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A thread outside Swift's cooperative pool, for work that blocks: its owner starts it and joins it.
///
/// The thread takes no signals; they stay with whoever installed handlers.
public final class OwnThread: Sendable {
  /// The thread's id. A number on Linux.
  private let id: pthread_t

  /// Starts a thread.
  ///
  /// - Parameters:
  ///   - name: Shown by `ps` and debuggers; the system keeps 15 bytes.
  ///   - body: What the thread does; the thread ends with it.
  public init(name: String, _ body: @escaping @Sendable () -> Void) {
    let work = Work(name: name, body: body)
    let passed = unsafe Unmanaged.passRetained(work).toOpaque()
    var id = pthread_t()
    var everySignal = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&everySignal)
    // A thread inherits the mask of its maker, so none can slip in before it sets its own.
    unsafe pthread_sigmask(SIG_SETMASK, &everySignal, &before)
    let result = unsafe pthread_create(&id, nil, runOwnThread, passed)
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    precondition(result == 0, "the system gives no thread (error \(result)); raise the limit of processes")
    self.id = id
  }

  /// Waits until the thread's body has returned. To be called once, and not from the thread itself.
  public func join() {
    pthread_join(id, nil)
  }
}

/// What a thread is to do, carried through C's one pointer.
private final class Work: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

private func runOwnThread(_ passed: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let passed = unsafe passed else { return nil }
  let work = unsafe Unmanaged<Work>.fromOpaque(passed).takeRetainedValue()
  nameThisThread(work.name)
  work.body()
  return nil
}

/// Writes the thread's name where the kernel keeps it: glibc shows its own function for that only to GNU C.
private func nameThisThread(_ name: String) {
  let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  guard file >= 0 else { return }
  _ = unsafe write(file, name, name.utf8.count)
  _ = close(file)
}
