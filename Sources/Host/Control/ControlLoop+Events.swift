// SPDX-License-Identifier: Apache-2.0
// Subscriptions: events are taken from the queue of each only while the client reads, so that the queue's own rule decides what is lost.
import JSON
import PluginBridge

extension ControlLoop {
  private static let batch = 32

  func subscribe(_ params: ControlParameters, of peer: ControlPeer) throws(ControlError) -> [UInt8] {
    try params.allow(["patterns", "queue", "overflow"])
    let patterns = try patterns(params)
    let queue = try params.number("queue", in: 1...65_536) ?? 1_024
    let overflow = try overflow(params)
    guard peer.subscriptions.count < limits.subscriptionsPerConnection else {
      throw ControlError(.busy, "this connection has \(limits.subscriptionsPerConnection) subscriptions already; end one of them first")
    }
    peer.lastSubscription += 1
    let (number, id, mailbox) = (peer.lastSubscription, peer.id, mailbox)
    let source = switchboard.subscribe(patterns, queue: queue, overflow: overflow) {
      mailbox.put(.eventsReady(id, subscription: number))
    }
    peer.subscriptions[number] = ControlSubscription(source: source)
    counters.subscriptions += 1
    return JSONText.object([("subscription", JSONValue.integer(Int64(number)).bytes())])
  }

  private func patterns(_ params: ControlParameters) throws(ControlError) -> [TopicPattern] {
    let texts = try params.strings("patterns")
    guard texts.count <= 256 else { throw .wrongParameters("'patterns' has \(texts.count) patterns, 256 are taken") }
    var patterns: [TopicPattern] = []
    for text in texts {
      do {
        patterns.append(try TopicPattern(text))
      } catch {
        throw .wrongParameters(error.description)
      }
    }
    return patterns
  }

  private func overflow(_ params: ControlParameters) throws(ControlError) -> Overflow {
    guard let name = try params.optionalString("overflow") else { return .dropOldest }
    // A client must not hold up a plugin that publishes.
    guard let overflow = Overflow(rawValue: name), overflow == .dropOldest || overflow == .dropNewest else {
      throw .wrongParameters("'overflow' must be 'drop_oldest' or 'drop_newest', not '\(name)'")
    }
    return overflow
  }

  func unsubscribe(_ params: ControlParameters, of peer: ControlPeer) throws(ControlError) -> [UInt8] {
    try params.allow(["subscription"])
    let number = try params.required("subscription", in: 1...Int(Int32.max))
    guard let subscription = peer.subscriptions.removeValue(forKey: number) else {
      throw ControlError(.notFound, "there is no subscription \(number) on this connection")
    }
    counters.subscriptions -= 1
    peer.readySubscriptions.removeAll { $0 == number }
    switchboard.unsubscribe(subscription.source)
    return JSONText.object([])
  }

  func eventsReady(_ peer: ControlPeer, _ number: Int) {
    guard peer.subscriptions[number] != nil, !peer.readySubscriptions.contains(number) else { return }
    peer.readySubscriptions.append(number)
  }

  /// Passes events on while there is room, a batch from each subscription in turn.
  func pumpEvents(_ peer: ControlPeer) {
    while peer.outgoing.count < limits.lowMark, let number = peer.readySubscriptions.first {
      peer.readySubscriptions.removeFirst()
      guard let subscription = peer.subscriptions[number] else { continue }
      if pump(subscription, number, of: peer) { peer.readySubscriptions.append(number) }
    }
  }

  /// Returns false when the queue was found empty: it will say when it is not.
  private func pump(_ subscription: ControlSubscription, _ number: Int, of peer: ControlPeer) -> Bool {
    let (events, lost) = subscription.source.take(max: Self.batch)
    subscription.lost += lost
    for (index, event) in events.enumerated() {
      guard peer.outgoing.count < limits.lowMark else {
        subscription.source.giveBack(events[index...])
        return true
      }
      pass(event, of: subscription, number, to: peer)
    }
    return !events.isEmpty
  }

  private func pass(_ event: Event, of subscription: ControlSubscription, _ number: Int, to peer: ControlPeer) {
    let line = eventLine(event, number, lost: subscription.lost)
    guard fits(line, peer) else {
      subscription.lost += 1
      return
    }
    subscription.lost = 0
    counters.eventsSent += 1
    send(peer, line)
  }

  private func eventLine(_ event: Event, _ number: Int, lost: UInt64) -> [UInt8] {
    let (payload, content) = parser.embed(event.payload, event.content)
    var members: [(name: StaticString, text: [UInt8])] = [
      ("subscription", Array("\(number)".utf8)), ("topic", JSONText.string(event.topic.name)),
      ("sequence", Array("\(event.sequence)".utf8)), ("time", JSONValue.number(event.time).bytes()),
    ]
    if let content { members.append(("content", JSONText.string(content))) }
    members.append(("payload", payload))
    if lost > 0 { members.append(("lost", Array("\(lost)".utf8))) }
    return notificationLine("event", members)
  }
}
