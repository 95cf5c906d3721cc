// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The time of day.
enum WallClock {
  /// Unix seconds.
  static var now: Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
