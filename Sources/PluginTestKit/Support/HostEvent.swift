// SPDX-License-Identifier: Apache-2.0

internal import PluginAPI
internal import PluginSDK

/// An event as the host sends it.
struct HostEvent: Sendable {
  var kind: UInt32
  var call: UInt64 = 0
  var subject: UInt64 = 0
  var value: UInt64 = 0
  var name = ""
  var payload = Payload(bytes: [])
  /// What `size` says; nil is the truth.
  var size: UInt32?

  static func cancel(_ call: UInt64, _ status: PluginFailure.Status) -> HostEvent {
    HostEvent(kind: UInt32(JF_EVENT_CANCEL), call: call, value: UInt64(bitPattern: Int64(status.rawValue)))
  }

  static func credit(_ call: UInt64, _ chunks: UInt64) -> HostEvent {
    HostEvent(kind: UInt32(JF_EVENT_CREDIT), call: call, value: chunks)
  }

  static func chunk(_ call: UInt64, _ payload: Payload) -> HostEvent {
    HostEvent(kind: UInt32(JF_EVENT_CHUNK), call: call, payload: payload)
  }

  static func progress(_ call: UInt64, _ partsPerMillion: UInt32, _ note: String) -> HostEvent {
    HostEvent(kind: UInt32(JF_EVENT_PROGRESS), call: call, value: UInt64(partsPerMillion), name: note)
  }

  static func done(_ call: UInt64, _ status: PluginFailure.Status, _ payload: Payload) -> HostEvent {
    HostEvent(kind: UInt32(JF_EVENT_DONE), call: call, value: UInt64(bitPattern: Int64(status.rawValue)), payload: payload)
  }

  static func topic(_ index: Int, _ event: PublishedEvent, lost: UInt64) -> HostEvent {
    HostEvent(kind: UInt32(JF_EVENT_TOPIC), subject: UInt64(index), value: lost, name: event.topic, payload: event.payload)
  }

  static func topicReady(_ topic: UInt64) -> HostEvent { HostEvent(kind: UInt32(JF_EVENT_TOPIC_READY), subject: topic) }

  static func configuration(_ json: [UInt8]) -> HostEvent {
    HostEvent(kind: UInt32(JF_EVENT_CONFIG), payload: Payload(bytes: json))
  }

  static let ping = HostEvent(kind: UInt32(JF_EVENT_PING))

  /// The event in a record.
  var description: String {
    let value = Int64(bitPattern: value)
    let status = PluginFailure.Status(rawValue: Int32(truncatingIfNeeded: value))
    switch Int(kind) {
    case JF_EVENT_CANCEL: return "cancel call \(call) \(status)"
    case JF_EVENT_CREDIT: return "credit call \(call) \(value)"
    case JF_EVENT_CHUNK: return "chunk call \(call) \(payload.shown)"
    case JF_EVENT_PROGRESS: return "progress call \(call) \(value) '\(name)'"
    case JF_EVENT_DONE: return "done call \(call) \(status) \(payload.shown)"
    case JF_EVENT_TOPIC: return "topic \(subject) '\(name)' \(payload.shown)" + (value == 0 ? "" : " lost \(value)")
    case JF_EVENT_TOPIC_READY: return "topic_ready topic \(subject)"
    case JF_EVENT_CONFIG: return "config \(payload.shown)"
    case JF_EVENT_PING: return "ping"
    default: return "kind \(kind)"
    }
  }
}

extension Payload {
  /// The bytes as a record shows them: JSON as text, long or other content by its length.
  var shown: String {
    content == .json && bytes.count <= 200 ? text : "(\(bytes.count) bytes)"
  }
}
