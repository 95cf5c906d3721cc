// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Synchronization

/// Codes that sign somebody in once. Any thread; gone with the host.
final class SignInCodes: Sendable {
  struct Grant: Sendable, Hashable {
    let isReadOnly: Bool
  }

  private struct Entry: Sendable {
    let digest: [UInt8]
    let grant: Grant
    let end: ContinuousClock.Instant
  }

  private let lifetime: Duration
  private let now: @Sendable () -> ContinuousClock.Instant
  private let entries = Mutex<[Entry]>([])

  /// That were not used; over it the oldest is worth nothing any more.
  private static let limit = 64

  init(lifetime: Duration, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.lifetime = lifetime
    self.now = now
  }

  /// Makes one: 64 hexadecimal digits.
  func make(_ grant: Grant) throws(CryptoError) -> String {
    let code = try RandomBytes.hexadecimal(32)
    let entry = Entry(digest: try Self.digest(code), grant: grant, end: now() + lifetime)
    entries.withLock { entries in
      entries.append(entry)
      if entries.count > Self.limit { entries.removeFirst() }
    }
    return code
  }

  /// Uses one up; nil when it is none, was used, or came too late.
  func take(_ code: String) -> Grant? {
    guard let digest = try? Self.digest(code) else { return nil }
    let time = now()
    return entries.withLock { entries in
      entries.removeAll { $0.end <= time }
      // All are looked at: how long it takes tells nothing.
      let found = entries.indices.reduce(nil as Int?) { ConstantTime.areEqual(entries[$1].digest, digest) ? $1 : $0 }
      return found.map { entries.remove(at: $0).grant }
    }
  }

  /// That were not used.
  var count: Int {
    let time = now()
    return entries.withLock { $0.count { $0.end > time } }
  }

  private static func digest(_ code: String) throws(CryptoError) -> [UInt8] { try SHA256.digest(of: Array(code.utf8)).bytes }
}
