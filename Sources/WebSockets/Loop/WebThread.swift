// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A thread for work that waits. Signals from outside are blocked on it.
/// Sendable, because: a pthread_t is an id, usable from any thread.
struct WebThread: @unchecked Sendable {
  private let id: pthread_t

  /// Runs the loop on a thread of its own, which takes it over: nobody else may hold it.
  static func start(name: String, _ core: consuming sending some WebLoopBody) -> WebThread? {
    // What crosses is handed over whole: the closure is called once, and nothing of it stays here.
    nonisolated(unsafe) let owned = core
    return start(name: name) { unsafe owned.run() }
  }

  /// Runs something on a thread of its own.
  static func start(name: String, _ body: @escaping () -> Void) -> WebThread? {
    let box = unsafe Unmanaged.passRetained(WebThreadBody(name: name, run: body))
    var all = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&all)
    for signal in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS] { unsafe sigdelset(&all, signal) }
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    var id = pthread_t()
    guard unsafe pthread_create(&id, nil, runWebThread, box.toOpaque()) == 0 else {
      unsafe box.release()
      return nil
    }
    return WebThread(id: id)
  }

  /// Waits for its end. Exactly one of `join` and `detach` must follow a start.
  func join() { pthread_join(id, nil) }

  /// Lets it end on its own.
  func detach() { pthread_detach(id) }
}

private final class WebThreadBody {
  let name: String
  let run: () -> Void

  init(name: String, run: @escaping () -> Void) {
    self.name = name
    self.run = run
  }
}

private func runWebThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context = unsafe context else { return nil }
  let body = unsafe Unmanaged<WebThreadBody>.fromOpaque(context).takeRetainedValue()
  nameWebThread(body.name)
  body.run()
  return nil
}

/// Names the calling thread, if the system lets it. The C functions for it are GNU extensions, which Swift does not see.
private func nameWebThread(_ name: String) {
  let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  guard file >= 0 else { return }
  defer { close(file) }
  let text = Array(name.utf8.prefix(15))
  _ = unsafe text.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
}
