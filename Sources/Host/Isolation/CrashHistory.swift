// SPDX-License-Identifier: Apache-2.0

/// The crashes of one plugin, as far as they still matter.
struct CrashHistory: Hashable, Sendable {
  /// This many crashes within the window are too many.
  static let limit = 3
  static let windowSeconds = 300.0
  /// How long to wait after the first, second … crash that followed the one before within the window.
  static let backOffMilliseconds = [100, 1_000, 10_000, 30_000]

  /// Of the files that crashed.
  let fingerprint: String
  /// The last few, oldest first.
  private(set) var crashes: [CrashInstant] = []
  /// Crashes without a quiet window between them.
  private(set) var streak = 0
  private(set) var isQuarantined = false

  init(fingerprint: String) { self.fingerprint = fingerprint }

  init(fingerprint: String, crashes: [CrashInstant], streak: Int, isQuarantined: Bool) {
    self.fingerprint = fingerprint
    self.crashes = crashes.suffix(Self.limit)
    self.streak = streak
    self.isQuarantined = isQuarantined
  }

  /// Takes note of one more.
  ///
  /// - Returns: Milliseconds to wait before the next start; nil when there shall be none.
  mutating func record(at now: CrashInstant) -> Int? {
    streak = isQuiet(at: now) ? 1 : min(streak, 1_000) + 1
    crashes = (crashes + [now]).suffix(Self.limit)
    if crashes.count == Self.limit, now.seconds(since: crashes[0]) <= Self.windowSeconds { isQuarantined = true }
    return isQuarantined ? nil : Self.backOffMilliseconds[min(streak, Self.backOffMilliseconds.count) - 1]
  }

  /// Whether there was no crash within the window.
  func isQuiet(at now: CrashInstant) -> Bool {
    crashes.last.map { now.seconds(since: $0) > Self.windowSeconds } ?? true
  }
}
