// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// How often each run may ask: so many times a second, and as many at once after a second of silence.
final class RequestRate: Sendable {
  private struct Bucket: Sendable {
    var left: Double
    var filled: ContinuousClock.Instant
  }

  private let limit: Double
  private let buckets = Mutex<[String: Bucket]>([:])

  init(perSecond limit: Int) { self.limit = Double(max(limit, 1)) }

  /// Counts one; false when it is one too many.
  func take(_ run: String, at now: ContinuousClock.Instant = .now) -> Bool {
    buckets.withLock { buckets in
      var bucket = buckets[run] ?? Bucket(left: limit, filled: now)
      bucket.left = min(limit, bucket.left + limit * ((now - bucket.filled) / .seconds(1)))
      bucket.filled = now
      let isAllowed = bucket.left >= 1
      if isAllowed { bucket.left -= 1 }
      buckets[run] = bucket
      return isAllowed
    }
  }

  /// Of a run without connections.
  func forget(_ run: String) { buckets.withLock { _ = $0.removeValue(forKey: run) } }
}
