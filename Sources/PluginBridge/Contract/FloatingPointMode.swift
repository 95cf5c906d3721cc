// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The rounding and denormal mode of this thread (MXCSR and the x87 control word on x86-64).
struct FloatingPointMode {
  private var environment = fenv_t()

  static func current() -> FloatingPointMode {
    var mode = FloatingPointMode()
    unsafe fegetenv(&mode.environment)
    return mode
  }

  func restore() {
    var environment = environment
    unsafe fesetenv(&environment)
  }
}
