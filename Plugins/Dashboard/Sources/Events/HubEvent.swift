// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// One event on its way to pages, which share its text.
struct HubEvent: Sendable {
  let topic: String
  /// As pages have it; see `ControlEvent`.
  let text: [UInt8]
  /// What it is news of: of two with one key the older may be left out when a page is too slow for both.
  let key: String
}

/// Looks into the payload of one event, into each member at most once.
struct EventLook {
  /// The members that tell what an event is about.
  private static let keyMembers = ["run_id", "run", "session_id", "kernel", "plugin", "document", "file"]

  private let event: ControlEvent
  private let members: JSONMembers?
  private var values: [String: JSONValue] = [:]

  init(_ event: ControlEvent) {
    self.event = event
    members = event.payload?.members()
  }

  var hubEvent: HubEvent {
    var key = event.topic
    for name in Self.keyMembers {
      guard let value = members?[name] else { continue }
      key += "\n\(name)=\(String(decoding: value.bytes[value.range].prefix(200), as: UTF8.self))"
    }
    return HubEvent(topic: event.topic, text: event.text, key: key)
  }

  /// Whether the payload has one of the values in each of the members.
  mutating func fits(_ conditions: [String: Set<JSONValue>]) -> Bool {
    for (name, wanted) in conditions where !wanted.contains(value(name)) { return false }
    return true
  }

  /// Null stands for a member that is not there.
  private mutating func value(_ name: String) -> JSONValue {
    if let known = values[name] { return known }
    let value = EventWish.plain(members?.named(name)?.value ?? .null)
    values[name] = value
    return value
  }
}
