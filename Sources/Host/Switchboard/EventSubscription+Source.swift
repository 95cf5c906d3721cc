// SPDX-License-Identifier: Apache-2.0
package import PluginBridge

extension EventSubscription: EventSource {
  package func deliver(max: Int, _ offer: Offer) -> EventDelivery {
    var (events, lost) = take(max: max)
    for (position, event) in events.enumerated() {
      guard offer(event.topic.name, event.content, event.payload, lost) else {
        giveBack(events[position...], lost: lost)
        return .refused
      }
      lost = 0
    }
    return events.isEmpty ? .nothing : .delivered
  }
}
