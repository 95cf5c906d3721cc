// SPDX-License-Identifier: Apache-2.0
import Glibc
import PluginBridge

/// A moment by two clocks: spans within one boot are told by the one that nobody can set, all others by the wall clock.
package struct CrashInstant: Hashable, Sendable {
  /// Since 1970.
  package var unixSeconds: Double
  /// CLOCK_MONOTONIC.
  package var monotonicSeconds: Double
  /// The kernel's name for the time since the machine was started; empty when it cannot be told.
  package var boot: String

  package init(unixSeconds: Double, monotonicSeconds: Double, boot: String) {
    self.unixSeconds = unixSeconds
    self.monotonicSeconds = monotonicSeconds
    self.boot = boot
  }

  package static var now: CrashInstant {
    CrashInstant(unixSeconds: LogTime.now, monotonicSeconds: Double(MonotonicClock.now()) / 1e9, boot: presentBoot)
  }

  /// How long ago the other one was. Never negative: what a set clock moved into the future happened just now.
  package func seconds(since earlier: CrashInstant) -> Double {
    let sameBoot = boot == earlier.boot && !boot.isEmpty
    return max(0, sameBoot ? monotonicSeconds - earlier.monotonicSeconds : unixSeconds - earlier.unixSeconds)
  }

  private static let presentBoot: String = {
    let bytes = (try? SmallFile.read("/proc/sys/kernel/random/boot_id", limit: 100)) ?? []
    return String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self)
  }()
}
