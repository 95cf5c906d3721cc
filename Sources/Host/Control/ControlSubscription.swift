// SPDX-License-Identifier: Apache-2.0

/// A client's subscription, as the door's thread keeps it.
final class ControlSubscription {
  let source: EventSubscription
  /// Events that were dropped and not told of yet.
  var lost: UInt64 = 0

  init(source: EventSubscription) { self.source = source }
}
