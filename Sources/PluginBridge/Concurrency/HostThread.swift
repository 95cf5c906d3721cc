// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A POSIX thread of our own, for work that may block.
///
/// Signals that come from outside are blocked in it: the main thread takes them. Faults stay open, so that a crash is reported.
package enum HostThread {
  /// Starts a thread that runs `body` and ends. `name`: at most 15 bytes are kept, shown by tools such as top -H.
  package static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    unsafe pthread_attr_setstacksize(&attributes, 1 << 20)
    let box = unsafe Unmanaged.passRetained(ThreadBody(name: name, run: body))
    var thread = pthread_t()
    let outcome = unsafe pthread_create(&thread, &attributes, threadMain, box.toOpaque())
    // A host that cannot start a thread cannot do anything it promised: say so and end.
    precondition(outcome == 0, "cannot start the thread '\(name)': error \(outcome); raise the limit of processes (ulimit -u)")
  }
}

private final class ThreadBody: Sendable {
  let name: String
  let run: @Sendable () -> Void

  init(name: String, run: @escaping @Sendable () -> Void) {
    self.name = name
    self.run = run
  }
}

private func threadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  // pthread_create handed us the pointer that start() retained.
  let body = unsafe Unmanaged<ThreadBody>.fromOpaque(context!).takeRetainedValue()
  blockOutsideSignals()
  nameThisThread(body.name)
  body.run()
  return nil
}

private func blockOutsideSignals() {
  var signals = sigset_t()
  unsafe sigfillset(&signals)
  for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT] { unsafe sigdelset(&signals, fault) }
  unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
}

/// Swift does not see pthread_setname_np; the kernel takes the name through this file as well. Nothing depends on it.
private func nameThisThread(_ name: String) {
  let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  guard file >= 0 else { return }
  let bytes = Array(name.utf8.prefix(15))
  _ = unsafe write(file, bytes, bytes.count)
  close(file)
}
