// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The counters, for all who count.
final class DoorTally: Sendable {
  private let counters = Mutex(DoorCounters())

  var now: DoorCounters { counters.withLock { $0 } }

  func change(_ change: (inout DoorCounters) -> Void) { counters.withLock { change(&$0) } }
}
