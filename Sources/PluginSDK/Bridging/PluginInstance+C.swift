// SPDX-License-Identifier: Apache-2.0

internal import PluginAPI

extension PluginInstance {
  /// Takes an event of any kind; one it does not know is fine.
  func take(_ event: borrowing jf_event) -> PluginFailure.Status {
    switch unsafe Int(event.kind) {
    case JF_EVENT_CANCEL: unsafe cancel(event.call, status(in: event))
    case JF_EVENT_CREDIT: unsafe addCredit(to: event.call)
    case JF_EVENT_CHUNK: unsafe runtime.outgoing.deliver(.chunk(payload(of: event)), to: event.call)
    case JF_EVENT_PROGRESS:
      let fraction = unsafe Double(min(event.value, 1_000_000)) / 1_000_000
      unsafe runtime.outgoing.deliver(.progress(fraction, String(event.name)), to: event.call)
    case JF_EVENT_DONE: unsafe runtime.outgoing.deliver(.done(status(in: event), payload(of: event)), to: event.call)
    case JF_EVENT_TOPIC:
      let reply = unsafe take(BorrowedEvent(event), of: event.subject)
      return reply == .later ? .again : .ok
    case JF_EVENT_TOPIC_READY: unsafe runtime.topicReady(event.subject)
    case JF_EVENT_CONFIG: unsafe configurationChanged(to: PluginContext.Configuration(bytes: [UInt8](event.payload)))
    default: break  // A ping wants only the answer; what is newer than this SDK wants nothing of it.
    }
    return .ok
  }
}

/// The status an event carries in `value`; a number out of range counts as failed.
private func status(in event: borrowing jf_event) -> PluginFailure.Status {
  let value = unsafe Int64(bitPattern: event.value)
  return Int32(exactly: value).map(PluginFailure.Status.init) ?? .failed
}

private func payload(of event: borrowing jf_event) -> Payload {
  unsafe Payload(bytes: [UInt8](event.payload), content: Content(rawValue: event.content))
}
