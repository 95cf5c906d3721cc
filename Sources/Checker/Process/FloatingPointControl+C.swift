// SPDX-License-Identifier: Apache-2.0
import Glibc

/// How this thread rounds, what it does with denormal numbers, and which exceptions trap; not which have happened.
struct FloatingPointControl: Equatable {
  private let words: [UInt32]

  static func current() -> FloatingPointControl {
    var environment = fenv_t()
    _ = unsafe fegetenv(&environment)
    #if arch(x86_64)
      // The low six bits of MXCSR are what has happened.
      return FloatingPointControl(words: [UInt32(environment.__mxcsr) & 0xFFC0, UInt32(environment.__control_word)])
    #else
      return FloatingPointControl(words: [UInt32(environment.__fpcr)])
    #endif
  }
}
