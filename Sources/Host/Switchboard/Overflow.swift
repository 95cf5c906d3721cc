// SPDX-License-Identifier: Apache-2.0

/// What a subscription does with an event when its queue is full.
package enum Overflow: String, Sendable, CaseIterable {
  /// The publisher is told to try again: nothing is lost.
  case block
  case dropOldest = "drop_oldest"
  case dropNewest = "drop_newest"
  /// An event replaces the waiting one of the same key; with no such one and no room, the oldest goes.
  case latestPerKey = "latest_per_key"
}
