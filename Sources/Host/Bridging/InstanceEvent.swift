// SPDX-License-Identifier: Apache-2.0
import PluginAPI

/// Anything but a topic's event that a plugin is told through `event`; owned, ready to be lent.
struct InstanceEvent: Sendable {
  var kind: UInt32
  var call: CallID = 0
  var subject: UInt64 = 0
  var value: UInt64 = 0
  var content = Content.json
  var name = ""
  var payload: [UInt8] = []

  static func cancel(_ call: CallID, _ status: CallStatus) -> InstanceEvent {
    InstanceEvent(kind: UInt32(JF_EVENT_CANCEL), call: call, value: UInt64(bitPattern: Int64(status.rawValue)))
  }

  static func credit(_ call: CallID, _ chunks: UInt64) -> InstanceEvent {
    InstanceEvent(kind: UInt32(JF_EVENT_CREDIT), call: call, value: chunks)
  }

  static func chunk(_ call: CallID, _ content: Content, _ payload: [UInt8]) -> InstanceEvent {
    InstanceEvent(kind: UInt32(JF_EVENT_CHUNK), call: call, content: content, payload: payload)
  }

  static func progress(_ call: CallID, _ partsPerMillion: UInt32, _ note: String) -> InstanceEvent {
    InstanceEvent(kind: UInt32(JF_EVENT_PROGRESS), call: call, value: UInt64(partsPerMillion), name: note)
  }

  static func done(_ call: CallID, _ status: CallStatus, _ content: Content, _ payload: [UInt8]) -> InstanceEvent {
    InstanceEvent(
      kind: UInt32(JF_EVENT_DONE), call: call, value: UInt64(bitPattern: Int64(status.rawValue)), content: content,
      payload: payload)
  }

  static func topicReady(_ topic: UInt64) -> InstanceEvent {
    InstanceEvent(kind: UInt32(JF_EVENT_TOPIC_READY), subject: topic)
  }

  static func configuration(_ json: [UInt8]) -> InstanceEvent {
    InstanceEvent(kind: UInt32(JF_EVENT_CONFIG), payload: json)
  }
}
