// SPDX-License-Identifier: Apache-2.0
package import Glibc

/// CLOCK_MONOTONIC in nanoseconds, the clock of every deadline in the contract.
package enum MonotonicClock {
  package static func now() -> UInt64 {
    var time = Glibc.timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// The instant that lies some milliseconds from now; the far future when 64 bits cannot say it.
  package static func after(milliseconds: Int) -> UInt64 {
    let (nanoseconds, overflow) = UInt64(max(0, milliseconds)).multipliedReportingOverflow(by: 1_000_000)
    let (instant, late) = now().addingReportingOverflow(overflow ? .max : nanoseconds)
    return late || overflow ? UInt64(Int64.max) : instant
  }

  package static func timespec(_ nanoseconds: UInt64) -> timespec {
    Glibc.timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
  }
}
