// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// One topic of the bus: its name, its numbering, and who listens.
package final class Topic: Sendable {
  package let name: String
  private let lastSequence = Atomic<UInt64>(0)
  /// Kept by the bus whenever a subscription comes or goes.
  let subscriptions = Mutex<[EventSubscription]>([])

  init(name: String) { self.name = name }

  func nextSequence() -> UInt64 { lastSequence.wrappingAdd(1, ordering: .relaxed).newValue }
  /// Events published so far.
  package var published: UInt64 { lastSequence.load(ordering: .relaxed) }
}
