// SPDX-License-Identifier: Apache-2.0
import PluginAPI

/// Anything but a topic's event that a plugin is told through `event`; owned, ready to be lent.
package struct InstanceEvent: Sendable {
  package var kind: UInt32
  package var call: CallID = 0
  package var subject: UInt64 = 0
  package var value: UInt64 = 0
  package var content = Content.json
  package var name = ""
  package var payload: [UInt8] = []

  package init(
    kind: UInt32, call: CallID = 0, subject: UInt64 = 0, value: UInt64 = 0, content: Content = .json, name: String = "",
    payload: [UInt8] = []
  ) {
    self.kind = kind
    self.call = call
    self.subject = subject
    self.value = value
    self.content = content
    self.name = name
    self.payload = payload
  }

  package static func cancel(_ call: CallID, _ status: CallStatus) -> InstanceEvent {
    InstanceEvent(kind: UInt32(JF_EVENT_CANCEL), call: call, value: UInt64(bitPattern: Int64(status.rawValue)))
  }

  package static func credit(_ call: CallID, _ chunks: UInt64) -> InstanceEvent {
    InstanceEvent(kind: UInt32(JF_EVENT_CREDIT), call: call, value: chunks)
  }

  package static func chunk(_ call: CallID, _ content: Content, _ payload: [UInt8]) -> InstanceEvent {
    InstanceEvent(kind: UInt32(JF_EVENT_CHUNK), call: call, content: content, payload: payload)
  }

  package static func progress(_ call: CallID, _ partsPerMillion: UInt32, _ note: String) -> InstanceEvent {
    InstanceEvent(kind: UInt32(JF_EVENT_PROGRESS), call: call, value: UInt64(partsPerMillion), name: note)
  }

  package static func done(_ call: CallID, _ status: CallStatus, _ content: Content, _ payload: [UInt8]) -> InstanceEvent {
    InstanceEvent(
      kind: UInt32(JF_EVENT_DONE), call: call, value: UInt64(bitPattern: Int64(status.rawValue)), content: content,
      payload: payload)
  }

  package static func topicReady(_ topic: UInt64) -> InstanceEvent {
    InstanceEvent(kind: UInt32(JF_EVENT_TOPIC_READY), subject: topic)
  }

  package static func configuration(_ json: [UInt8]) -> InstanceEvent {
    InstanceEvent(kind: UInt32(JF_EVENT_CONFIG), payload: json)
  }

  package static let ping = InstanceEvent(kind: UInt32(JF_EVENT_PING))
}
