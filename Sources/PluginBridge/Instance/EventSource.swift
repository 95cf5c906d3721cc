// SPDX-License-Identifier: Apache-2.0

/// The events that wait for one subscription of an instance.
package protocol EventSource: AnyObject, Sendable {
  /// One event as it is offered to the plugin. `lost`: how many were dropped just before it.
  typealias Offer = (_ topic: String, _ content: Content, _ payload: [UInt8], _ lost: UInt64) -> Bool

  /// Offers events, oldest first, until one is refused; that one and those after it stay in front, in their order.
  func deliver(max: Int, _ offer: Offer) -> EventDelivery
  var isEmpty: Bool { get }
}

/// How a delivery ended.
package enum EventDelivery: Sendable {
  /// Nothing waited; whoever fills the source says when there is something again.
  case nothing
  case delivered
  /// The plugin has no room.
  case refused
}
