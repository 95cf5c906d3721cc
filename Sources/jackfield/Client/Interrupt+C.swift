// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Ctrl-C as a flag: waiting functions look at it when a signal has woken them.
enum Interrupt {
  private static let flag = Atomic<Bool>(false)

  /// Takes SIGINT and SIGTERM from now on, instead of dying of them.
  static func watch() {
    for number in [SIGINT, SIGTERM] {
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = interruptHandler
      unsafe sigaction(number, &action, nil)
    }
  }

  static var isRequested: Bool { flag.load(ordering: .relaxed) }

  fileprivate static func request() { flag.store(true, ordering: .relaxed) }
}

/// Only an atomic store: all that a signal handler may do.
private func interruptHandler(_ number: Int32) { Interrupt.request() }
