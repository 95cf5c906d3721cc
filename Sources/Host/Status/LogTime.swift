// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Clock readings of the log, and how they are written.
enum LogTime {
  /// Seconds since 1970, now.
  static var now: Double {
    var reading = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &reading)
    return Double(reading.tv_sec) + Double(reading.tv_nsec) / 1e9
  }

  /// Writes the time of day in the local zone, `14:03:07.250`: for people at a terminal.
  static func clock(_ time: Double) -> String {
    let (seconds, milliseconds) = split(time)
    var copy = seconds
    var fields = unsafe tm()
    unsafe localtime_r(&copy, &fields)
    return unsafe timeOfDay(fields, milliseconds)
  }

  /// Writes date and time in UTC, `2026-01-31T14:03:07.250Z`: for files and tools.
  static func stamp(_ time: Double) -> String {
    let (seconds, milliseconds) = split(time)
    var copy = seconds
    var fields = unsafe tm()
    unsafe gmtime_r(&copy, &fields)
    let date = unsafe "\(Int(fields.tm_year) + 1900)-\(two(fields.tm_mon + 1))-\(two(fields.tm_mday))"
    return unsafe date + "T" + timeOfDay(fields, milliseconds) + "Z"
  }

  private static func timeOfDay(_ fields: tm, _ milliseconds: Int) -> String {
    unsafe "\(two(fields.tm_hour)):\(two(fields.tm_min)):\(two(fields.tm_sec)).\(three(milliseconds))"
  }

  private static func split(_ time: Double) -> (seconds: time_t, milliseconds: Int) {
    let total = Int((time * 1000).rounded(.down))
    let milliseconds = ((total % 1000) + 1000) % 1000
    return ((total - milliseconds) / 1000, milliseconds)
  }

  private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private static func three(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }
}
