// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// How often wrong codes are answered with an explanation: so many at once, and then one in a while. Right ones are not held up, for
/// anybody on this machine could lock the door for all others.
final class WrongCodes: Sendable {
  private struct Bucket: Sendable {
    var left: Double
    var filled: ContinuousClock.Instant
  }

  /// In seconds, until one more is answered.
  static let pause = 6.0
  static let atOnce = 10.0

  private let now: @Sendable () -> ContinuousClock.Instant
  private let bucket: Mutex<Bucket>

  init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.now = now
    bucket = Mutex(Bucket(left: Self.atOnce, filled: now()))
  }

  /// Counts one; false when it is one too many.
  func take() -> Bool {
    let time = now()
    return bucket.withLock { bucket in
      bucket.left = min(Self.atOnce, bucket.left + (time - bucket.filled) / .seconds(Self.pause))
      bucket.filled = time
      guard bucket.left >= 1 else { return false }
      bucket.left -= 1
      return true
    }
  }
}
