// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The clock that nobody sets, as plain numbers for waits and deadlines.
public enum MonotonicClock {
  /// Nanoseconds since the machine started.
  public static var now: UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// The moment that lies the given milliseconds ahead.
  public static func after(milliseconds: UInt64) -> UInt64 { now + milliseconds * 1_000_000 }
}
