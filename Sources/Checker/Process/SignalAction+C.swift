// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What happens at one signal.
struct SignalAction: Equatable {
  let handler: UInt
  let flags: Int32

  /// Set by the C library in all that goes through it: who puts back what was there has changed nothing.
  private static let restorer: Int32 = 0x0400_0000

  /// Of every signal that can be handled.
  static func all() -> [Int32: SignalAction] {
    var actions: [Int32: SignalAction] = [:]
    for number in 1...64 as ClosedRange<Int32> {
      var action = sigaction()
      guard unsafe sigaction(number, nil, &action) == 0 else { continue }
      // A function of C is an address, and nobody calls it here.
      let handler = unsafe action.__sigaction_handler.sa_sigaction.map { unsafe unsafeBitCast($0, to: UInt.self) }
      actions[number] = SignalAction(handler: handler ?? 0, flags: action.sa_flags & ~restorer)
    }
    return actions
  }

  /// The signals this thread does not take, one bit each.
  static func blocked() -> UInt64 {
    var set = sigset_t()
    unsafe pthread_sigmask(SIG_BLOCK, nil, &set)
    return UInt64(set.__val.0)
  }
}
