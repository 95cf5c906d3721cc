// SPDX-License-Identifier: Apache-2.0
import Glibc
import PluginBridge

/// Turns signals into calls on a thread of its own, so that nothing runs inside a signal handler.
package enum SignalWatch {
  /// Blocks the signals in this thread and all it starts from now on, and takes them one at a time. To be called once, first thing.
  ///
  /// SIGPIPE is ignored as well: a peer that goes away is an error of that write.
  package static func start(_ signals: [Int32], _ handle: @escaping @Sendable (Int32) -> Void) {
    signal(SIGPIPE, SIG_IGN)
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in signals { unsafe sigaddset(&set, number) }
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    HostThread.start("jf-signals") {
      var waited = sigset_t()
      unsafe sigemptyset(&waited)
      for number in signals { unsafe sigaddset(&waited, number) }
      var number: Int32 = 0
      while true {
        if unsafe sigwait(&waited, &number) == 0 { handle(number) }
      }
    }
  }
}
