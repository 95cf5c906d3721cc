// SPDX-License-Identifier: Apache-2.0
package import Synchronization

/// What an instance did, and did wrong.
package final class InstanceCounters: Sendable {
  package let events = Atomic<UInt64>(0)
  package let published = Atomic<UInt64>(0)
  package let publishRefused = Atomic<UInt64>(0)
  package let lateFinishes = Atomic<UInt64>(0)
  /// Bad UTF-8, no data for a length, over a limit, done without an answer.
  package let misuse = Atomic<UInt64>(0)
  package let emitsWithoutCredit = Atomic<UInt64>(0)
  package let logLinesDropped = Atomic<UInt64>(0)

  package init() {}

  package struct Snapshot: Sendable, Equatable {
    package var events: UInt64
    package var published: UInt64
    package var publishRefused: UInt64
    package var lateFinishes: UInt64
    package var misuse: UInt64
    package var emitsWithoutCredit: UInt64
    package var logLinesDropped: UInt64
  }

  package func snapshot() -> Snapshot {
    Snapshot(
      events: events.load(ordering: .relaxed), published: published.load(ordering: .relaxed),
      publishRefused: publishRefused.load(ordering: .relaxed), lateFinishes: lateFinishes.load(ordering: .relaxed),
      misuse: misuse.load(ordering: .relaxed), emitsWithoutCredit: emitsWithoutCredit.load(ordering: .relaxed),
      logLinesDropped: logLinesDropped.load(ordering: .relaxed))
  }
}
