// SPDX-License-Identifier: Apache-2.0
// The host's functions for an instance that is recorded: each does what the plain one does and writes it down.
import JSON
import PluginAPI

/// The same table as `HostTable`, with a line for each call.
enum RecordingTable {
  // Written once here, and only read afterwards.
  nonisolated(unsafe) static let shared: UnsafePointer<jf_host> = {
    let table = UnsafeMutablePointer<jf_host>.allocate(capacity: 1)
    unsafe table.initialize(
      to: jf_host(
        size: UInt32(MemoryLayout<jf_host>.size), abi_major: UInt16(JF_ABI_MAJOR), abi_minor: UInt16(JF_ABI_MINOR),
        extension: recordedExtension, call_emit: recordedCallEmit, call_progress: recordedCallProgress,
        call_finish: recordedCallFinish, call_state: recordedCallState, call_grant: recordedCallGrant, call_start: recordedCallStart,
        call_cancel: recordedCallCancel, topic_open: recordedTopicOpen, publish: recordedPublish,
        subscription_resume: recordedSubscriptionResume))
    return unsafe UnsafePointer(table)
  }()
}

private func record(_ pointer: OpaquePointer) -> CrossingRecord? { unsafe InstanceHandle.instance(pointer)?.record }

/// What is lent, as far as it can be shown.
private func shown(_ bytes: jf_bytes) -> JSONValue {
  guard let buffer = unsafe bytes.buffer else { return "no data" }
  return unsafe CrossingRecord.text(buffer)
}

private func shown(_ text: jf_text) -> JSONValue { unsafe text.string(limit: 8_192).map { .string($0) } ?? "no text" }

private func recordedExtension(_ pointer: OpaquePointer, _ id: UnsafePointer<CChar>) -> UnsafeRawPointer? {
  let table = unsafe HostTable.shared.pointee.extension(pointer, id)
  unsafe record(pointer)?.write(.toHost, "extension", ["id": .string(String(cString: id)), "present": .bool(table != nil)])
  return unsafe table
}

private func recordedCallEmit(_ pointer: OpaquePointer, _ id: jf_call, _ content: UInt32, _ chunk: jf_bytes) -> jf_status {
  let status = unsafe HostTable.shared.pointee.call_emit(pointer, id, content, chunk)
  unsafe record(pointer)?.write(.toHost, "call_emit", call: id, ["chunk": shown(chunk)], status: status)
  return status
}

private func recordedCallProgress(_ pointer: OpaquePointer, _ id: jf_call, _ partsPerMillion: UInt32, _ note: jf_text) -> jf_status {
  let status = unsafe HostTable.shared.pointee.call_progress(pointer, id, partsPerMillion, note)
  unsafe record(pointer)?.write(
    .toHost, "call_progress", call: id, ["partsPerMillion": .integer(Int64(partsPerMillion)), "note": shown(note)], status: status)
  return status
}

private func recordedCallFinish(
  _ pointer: OpaquePointer, _ id: jf_call, _ ended: jf_status, _ content: UInt32, _ result: jf_bytes
) -> jf_status {
  let status = unsafe HostTable.shared.pointee.call_finish(pointer, id, ended, content, result)
  unsafe record(pointer)?.write(
    .toHost, "call_finish", call: id, ["ended": .integer(Int64(ended)), "result": shown(result)], status: status)
  return status
}

private func recordedCallState(_ pointer: OpaquePointer, _ id: jf_call) -> jf_status {
  let status = unsafe HostTable.shared.pointee.call_state(pointer, id)
  unsafe record(pointer)?.write(.toHost, "call_state", call: id, status: status)
  return status
}

private func recordedCallGrant(_ pointer: OpaquePointer, _ id: jf_call, _ chunks: UInt64) -> jf_status {
  let status = unsafe HostTable.shared.pointee.call_grant(pointer, id, chunks)
  unsafe record(pointer)?.write(.toHost, "call_grant", call: id, ["chunks": .integer(Int64(clamping: chunks))], status: status)
  return status
}

private func recordedCallStart(
  _ pointer: OpaquePointer, _ request: UnsafePointer<jf_request>, _ id: UnsafeMutablePointer<jf_call>
) -> jf_status {
  let status = unsafe HostTable.shared.pointee.call_start(pointer, request, id)
  unsafe record(pointer)?.write(
    .toHost, "call_start", call: status >= 0 ? id.pointee : nil,
    ["command": shown(request.pointee.command), "payload": shown(request.pointee.payload)], status: status)
  return status
}

private func recordedCallCancel(_ pointer: OpaquePointer, _ id: jf_call) -> jf_status {
  let status = unsafe HostTable.shared.pointee.call_cancel(pointer, id)
  unsafe record(pointer)?.write(.toHost, "call_cancel", call: id, status: status)
  return status
}

private func recordedTopicOpen(_ pointer: OpaquePointer, _ name: jf_text, _ topic: UnsafeMutablePointer<jf_topic>) -> jf_status {
  let status = unsafe HostTable.shared.pointee.topic_open(pointer, name, topic)
  unsafe record(pointer)?.write(
    .toHost, "topic_open", topic: status >= 0 ? topic.pointee : nil, ["name": shown(name)], status: status)
  return status
}

private func recordedPublish(_ pointer: OpaquePointer, _ id: jf_topic, _ content: UInt32, _ payload: jf_bytes) -> jf_status {
  let status = unsafe HostTable.shared.pointee.publish(pointer, id, content, payload)
  unsafe record(pointer)?.write(.toHost, "publish", topic: id, ["payload": shown(payload)], status: status)
  return status
}

private func recordedSubscriptionResume(_ pointer: OpaquePointer, _ subscription: UInt64) -> jf_status {
  let status = unsafe HostTable.shared.pointee.subscription_resume(pointer, subscription)
  unsafe record(pointer)?.write(
    .toHost, "subscription_resume", ["subscription": .integer(Int64(clamping: subscription))], status: status)
  return status
}
