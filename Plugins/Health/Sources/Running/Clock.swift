// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Unix time in seconds.
func unixTime() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_REALTIME, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Names for results that no two share.
enum UniqueKey {
  static func next() -> String { String(UInt64.random(in: 0 ... .max), radix: 16) }
}
