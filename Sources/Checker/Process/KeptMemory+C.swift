// SPDX-License-Identifier: Apache-2.0
import Glibc
import PluginTestKit
import Synchronization

/// Tells a plugin that kept a borrowed pointer from one that crashes for another reason.
enum KeptMemory {
  fileprivate static let descriptor = Atomic<Int32>(-1)
  fileprivate static let line: StaticString = "{\"kept\":true}\n"

  /// Lets this thread, and those it starts, be told: a host's threads take no signals.
  static func admit() {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in [SIGSEGV, SIGBUS] { unsafe sigaddset(&set, number) }
    unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// From now on a crash on lent memory is reported before the process dies of it.
  static func watch(reportingTo report: Int32) {
    Lending.prepare()
    descriptor.store(report, ordering: .relaxed)
    for number in [SIGSEGV, SIGBUS] {
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_sigaction = memoryFault
      // The second time, right after the handler, it ends the process.
      action.sa_flags = Int32(bitPattern: UInt32(SA_SIGINFO) | UInt32(SA_RESETHAND))
      _ = unsafe sigaction(number, &action, nil)
    }
  }
}

/// Two comparisons and a write: all that a signal handler may do.
private func memoryFault(_ number: Int32, _ information: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?) {
  guard let information = unsafe information else { return }
  let address = unsafe UInt(bitPattern: information.pointee._sifields._sigfault.si_addr)
  guard Lending.covers(address) else { return }
  _ = unsafe write(KeptMemory.descriptor.load(ordering: .relaxed), KeptMemory.line.utf8Start, KeptMemory.line.utf8CodeUnitCount)
}
