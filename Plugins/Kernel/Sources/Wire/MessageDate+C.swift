// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The time of the day as Jupyter's headers carry it.
enum MessageDate {
  /// UTC, ISO 8601 with microseconds: "2026-01-31T12:00:00.123456Z".
  static var now: String {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return text(seconds: time.tv_sec, microseconds: time.tv_nsec / 1_000)
  }

  static func text(seconds: Int, microseconds: Int) -> String {
    var seconds = seconds
    var parts = unsafe tm()
    _ = unsafe gmtime_r(&seconds, &parts)
    let (year, month, day, hour, minute, second) = unsafe (
      Int(parts.tm_year) + 1_900, Int(parts.tm_mon) + 1, Int(parts.tm_mday), Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec)
    )
    let date = "\(padded(year, 4))-\(padded(month))-\(padded(day))"
    return "\(date)T\(padded(hour)):\(padded(minute)):\(padded(second)).\(padded(microseconds, 6))Z"
  }

  private static func padded(_ number: Int, _ digits: Int = 2) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}
