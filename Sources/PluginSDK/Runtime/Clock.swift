// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The clock of all deadlines that cross the boundary: CLOCK_MONOTONIC, in nanoseconds.
package enum MonotonicClock {
  package static var now: UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// The time a while from now; a negative while is none.
  package static func after(_ duration: Duration) -> UInt64 {
    let (seconds, attoseconds) = duration.components
    guard duration > .zero else { return now }
    let whole = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    let sum = now.addingReportingOverflow(whole.partialValue &+ UInt64(attoseconds / 1_000_000_000))
    return whole.overflow || sum.overflow ? .max : sum.partialValue
  }

  /// How long it is until a time; negative when it has passed.
  package static func remaining(until time: UInt64) -> Duration {
    let now = now
    return time >= now
      ? .nanoseconds(Int64(clamping: time - now)) : .nanoseconds(-Int64(clamping: now - time))
  }
}
