// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import PluginSDK

/// Warnings about what peers do wrong, of each kind one in ten seconds: a hostile or broken peer must not fill the log.
final class Complaints: Sendable {
  typealias Write = @Sendable (_ message: String, _ values: [String: String]) -> Void

  private struct Kind {
    var silentUntil: UInt64 = 0
    var suppressed = 0
  }

  private static let pause: UInt64 = 10_000_000_000

  private let write: Write
  private let kinds = Mutex<[String: Kind]>([:])

  init(_ write: @escaping Write) { self.write = write }

  /// Warns, unless a warning of that message was given just before.
  func warn(_ message: String, _ values: @autoclosure () -> [String: String]) {
    let now = MonotonicClock.now
    let suppressed = kinds.withLock { kinds -> Int? in
      guard now >= kinds[message, default: Kind()].silentUntil else {
        kinds[message]?.suppressed += 1
        return nil
      }
      defer { kinds[message] = Kind(silentUntil: now + Self.pause) }
      return kinds[message]?.suppressed ?? 0
    }
    guard let suppressed else { return }
    write(message, suppressed == 0 ? values() : values().merging(["unmentioned": "\(suppressed)"]) { own, _ in own })
  }
}
