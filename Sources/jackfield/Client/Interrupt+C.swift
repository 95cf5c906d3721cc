// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Ctrl-C as a flag, and as a descriptor that becomes readable: a wait on it cannot miss a signal that came just before.
enum Interrupt {
  private static let flag = Atomic<Bool>(false)
  private static let termination = Atomic<Bool>(false)
  private static let readEnd = Atomic<Int32>(-1)
  fileprivate static let writeEnd = Atomic<Int32>(-1)

  /// Takes SIGINT and SIGTERM from now on, instead of dying of them. A second one of the same kind ends the process as usual, unless `always`.
  static func watch(always: Bool = false) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return }  // then Ctrl-C ends the process
    readEnd.store(ends[0], ordering: .relaxed)
    writeEnd.store(ends[1], ordering: .relaxed)
    // Whoever started this process may have left them blocked, as threads of Dispatch do.
    var taken = sigset_t()
    unsafe sigemptyset(&taken)
    for number in [SIGINT, SIGTERM] {
      unsafe sigaddset(&taken, number)
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = interruptHandler
      action.sa_flags = always ? 0 : Int32(bitPattern: UInt32(SA_RESETHAND))
      unsafe sigaction(number, &action, nil)
    }
    unsafe pthread_sigmask(SIG_UNBLOCK, &taken, nil)
  }

  /// The same, unless they are taken already.
  static func watchOnce() {
    if descriptor < 0 { watch() }
  }

  static var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Whether SIGTERM has come.
  static var isTermination: Bool { termination.load(ordering: .relaxed) }

  /// Forgets a Ctrl-C that has come, so that the next one is waited for; SIGTERM is not forgotten.
  ///
  /// - Returns: Whether one had come.
  static func take() -> Bool {
    guard isRequested, !isTermination else { return false }
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    var byte: UInt8 = 0
    flag.store(false, ordering: .relaxed)
    while unsafe poll(&wanted, 1, 0) == 1, unsafe read(descriptor, &byte, 1) == 1 {}
    if isTermination { request(SIGTERM) }
    return true
  }

  /// Readable once Ctrl-C has come; -1, which `poll` passes over, when nobody watches.
  static var descriptor: Int32 { readEnd.load(ordering: .relaxed) }

  /// Waits; returns true when Ctrl-C came before the time was over.
  static func wait(milliseconds: Int) -> Bool {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    _ = unsafe poll(&wanted, 1, Int32(clamping: milliseconds))
    return isRequested
  }

  fileprivate static func request(_ number: Int32) {
    if number == SIGTERM { termination.store(true, ordering: .relaxed) }
    flag.store(true, ordering: .relaxed)
  }
}

/// An atomic store and a write: all that a signal handler may do.
private func interruptHandler(_ number: Int32) {
  let error = errno
  Interrupt.request(number)
  var byte: UInt8 = 0
  _ = unsafe write(Interrupt.writeEnd.load(ordering: .relaxed), &byte, 1)
  errno = error
}
