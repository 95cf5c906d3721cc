// SPDX-License-Identifier: Apache-2.0
// The host's side of the contract: one table of C functions for all instances. Each function finds its instance, turns what was lent
// into values, and asks the switchboard.
import PluginAPI
import Synchronization

extension jf_status {
  init(_ status: CallStatus) { self = status.rawValue }
}

/// The core table, in memory that lives as long as the process.
enum HostTable {
  // Written once here, and only read afterwards.
  nonisolated(unsafe) static let shared: UnsafePointer<jf_host> = {
    let table = UnsafeMutablePointer<jf_host>.allocate(capacity: 1)
    unsafe table.initialize(
      to: jf_host(
        size: UInt32(MemoryLayout<jf_host>.size), abi_major: UInt16(JF_ABI_MAJOR), abi_minor: UInt16(JF_ABI_MINOR),
        extension: hostExtension, call_emit: hostCallEmit, call_progress: hostCallProgress, call_finish: hostCallFinish,
        call_state: hostCallState, call_grant: hostCallGrant, call_start: hostCallStart, call_cancel: hostCallCancel,
        topic_open: hostTopicOpen, publish: hostPublish, subscription_resume: hostSubscriptionResume))
    return unsafe UnsafePointer(table)
  }()
}

private func hostExtension(_ pointer: OpaquePointer, _ id: UnsafePointer<CChar>) -> UnsafeRawPointer? {
  unsafe HostServices.table(String(cString: id))
}

private func hostCallEmit(_ pointer: OpaquePointer, _ id: jf_call, _ content: UInt32, _ chunk: jf_bytes) -> jf_status {
  guard let instance = unsafe InstanceHandle.instance(pointer) else { return jf_status(.gone) }
  let (buffer, judged) = unsafe judgePayload(chunk, content: content, limit: instance.terms.limits.payloadBytes)
  guard judged == .ok else {
    return instance.port.status(of: id) == .gone ? jf_status(.gone) : instance.refuse(judged)
  }
  let status = unsafe instance.port.emit(id, content: Content(rawValue: content), chunk: buffer)
  if status == .again { instance.counters.emitsWithoutCredit.wrappingAdd(1, ordering: .relaxed) }
  return jf_status(status)
}

private func hostCallProgress(_ pointer: OpaquePointer, _ id: jf_call, _ partsPerMillion: UInt32, _ note: jf_text) -> jf_status {
  guard let instance = unsafe InstanceHandle.instance(pointer) else { return jf_status(.gone) }
  guard let note = unsafe note.string(limit: 4_096) else {
    return instance.port.status(of: id) == .gone ? jf_status(.gone) : instance.refuse(.invalid)
  }
  return jf_status(instance.port.progress(id, partsPerMillion: partsPerMillion, note: note))
}

private func hostCallFinish(
  _ pointer: OpaquePointer, _ id: jf_call, _ status: jf_status, _ content: UInt32, _ result: jf_bytes
) -> jf_status {
  guard let instance = unsafe InstanceHandle.instance(pointer) else { return jf_status(.gone) }
  return unsafe jf_status(instance.finish(id, CallStatus(rawValue: status), content, result))
}

private func hostCallState(_ pointer: OpaquePointer, _ id: jf_call) -> jf_status {
  guard let instance = unsafe InstanceHandle.instance(pointer) else { return jf_status(.gone) }
  return jf_status(instance.port.status(of: id))
}

private func hostCallGrant(_ pointer: OpaquePointer, _ id: jf_call, _ chunks: UInt64) -> jf_status {
  guard let instance = unsafe InstanceHandle.instance(pointer) else { return jf_status(.gone) }
  return jf_status(instance.port.grant(id, chunks: chunks))
}

private func hostCallStart(
  _ pointer: OpaquePointer, _ request: UnsafePointer<jf_request>, _ id: UnsafeMutablePointer<jf_call>
) -> jf_status {
  guard let instance = unsafe InstanceHandle.instance(pointer) else { return jf_status(.gone) }
  guard let request = unsafe instance.owned(request.pointee) else { return instance.refuse(.invalid) }
  instance.port.start(request) { unsafe id.pointee = $0 }
  return jf_status(.ok)
}

private func hostCallCancel(_ pointer: OpaquePointer, _ id: jf_call) -> jf_status {
  guard let instance = unsafe InstanceHandle.instance(pointer) else { return jf_status(.gone) }
  return jf_status(instance.port.cancel(id))
}

private func hostTopicOpen(_ pointer: OpaquePointer, _ name: jf_text, _ topic: UnsafeMutablePointer<jf_topic>) -> jf_status {
  guard let instance = unsafe InstanceHandle.instance(pointer) else { return jf_status(.gone) }
  guard let name = unsafe name.string(limit: 200), TopicPattern.isTopic(name) else { return instance.refuse(.invalid) }
  guard let id = instance.openTopic(name) else { return instance.refuse(.denied) }
  unsafe topic.pointee = id
  return jf_status(.ok)
}

private func hostPublish(_ pointer: OpaquePointer, _ id: jf_topic, _ content: UInt32, _ payload: jf_bytes) -> jf_status {
  guard let instance = unsafe InstanceHandle.instance(pointer) else { return jf_status(.gone) }
  let (buffer, judged) = unsafe judgePayload(payload, content: content, limit: instance.terms.limits.eventBytes)
  guard judged == .ok else { return instance.refuse(judged) }
  let status = unsafe instance.port.publish(id, content: Content(rawValue: content), payload: buffer)
  switch status {
  case .ok: instance.counters.published.wrappingAdd(1, ordering: .relaxed)
  case .again: instance.counters.publishRefused.wrappingAdd(1, ordering: .relaxed)
  case .notFound: return instance.refuse(.notFound)
  default: break
  }
  return jf_status(status)
}

private func hostSubscriptionResume(_ pointer: OpaquePointer, _ subscription: UInt64) -> jf_status {
  guard let instance = unsafe InstanceHandle.instance(pointer) else { return jf_status(.gone) }
  guard let index = Int(exactly: subscription), instance.resume(index) else { return jf_status(.notFound) }
  return jf_status(.ok)
}
