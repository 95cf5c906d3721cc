// SPDX-License-Identifier: Apache-2.0
// A plugin written against the C table alone, that breaks the one rule its configuration names.

import Glibc
import PluginAPI
import Synchronization

/// The ways to be bad.
enum Fault: String, CaseIterable {
  case none, refusesWithoutReason, registersNothing, neverFinishes, finishesTwice, badResult, failureWithoutMessage, okWithoutFinish
  case unknownEventFails, lateEventFails, pingFails, ignoresCredit, speaksAfterStop, stopFails
  case ignoresSize, answersAnything, badUTF8, tooLarge, noData, floodsTheLog, callsInCreate, registersLate
}

private struct Rogue: @unchecked Sendable {
  var fault = Fault.none
  var host: UnsafePointer<jf_host>?
  var instance: OpaquePointer?
}

private let rogue = Mutex(Rogue())

private func text<Result>(_ string: StaticString, _ body: (jf_text) -> Result) -> Result {
  string.withUTF8Buffer { buffer in
    buffer.withMemoryRebound(to: CChar.self) { body(jf_text(data: $0.baseAddress, length: UInt64($0.count))) }
  }
}

private func bytes<Result>(_ string: StaticString, _ body: (jf_bytes) -> Result) -> Result {
  string.withUTF8Buffer { body(jf_bytes(data: $0.baseAddress, length: UInt64($0.count))) }
}

private func create(
  _ host: UnsafePointer<jf_host>, _ instance: OpaquePointer, _ config: jf_bytes, _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>
) -> jf_status {
  let text = String(decoding: UnsafeBufferPointer(start: config.data, count: Int(config.length)), as: UTF8.self)
  let fault = Fault(rawValue: text.filter { $0 != "\"" })
  rogue.withLock { $0 = Rogue(fault: fault ?? .none, host: host, instance: instance) }
  if fault == .refusesWithoutReason { return jf_status(JF_E_INVALID) }
  guard fault != .registersNothing else { return jf_status(JF_OK) }
  if fault == .callsInCreate {
    var call: jf_call = 0
    var request = jf_request()
    request.size = UInt32(MemoryLayout<jf_request>.size)
    _ = host.pointee.call_start(instance, &request, &call)
  }
  return register("rogue.go", host, instance)
}

private func register(_ name: StaticString, _ host: UnsafePointer<jf_host>, _ instance: OpaquePointer) -> jf_status {
  let register = host.pointee.extension(instance, JF_REGISTER_1)!.assumingMemoryBound(to: jf_register_1.self)
  return text(name) { register.pointee.command(instance, $0) }
}

private func start(_ context: UnsafeMutableRawPointer?) -> jf_status {
  let rogue = rogue.withLock { $0 }
  if rogue.fault == .registersLate { _ = register("rogue.late", rogue.host!, rogue.instance!) }
  return jf_status(JF_OK)
}

private func logManyLines(_ host: jf_host, _ instance: OpaquePointer) {
  let log = host.extension(instance, JF_LOG_1)!.assumingMemoryBound(to: jf_log_1.self)
  // More than two thousand, so that one second has too many also when the second turns in between.
  for _ in 0..<2_500 { _ = text("chatter") { log.pointee.write(instance, UInt32(JF_LOG_INFO), $0, jf_bytes()) } }
}

private func invoke(_ context: UnsafeMutableRawPointer?, _ request: UnsafePointer<jf_request>) -> jf_status {
  let rogue = rogue.withLock { $0 }
  if rogue.fault != .ignoresSize, request.pointee.size < MemoryLayout<jf_request>.size { return jf_status(JF_E_INVALID) }
  if rogue.fault != .answersAnything, request.pointee.command.length != "rogue.go".utf8.count { return jf_status(JF_E_NOT_FOUND) }
  let host = rogue.host!.pointee
  let instance = rogue.instance!
  let call = request.pointee.call
  func finish(_ status: Int, _ result: StaticString) {
    _ = bytes(result) { host.call_finish(instance, call, jf_status(status), UInt32(JF_CONTENT_JSON), $0) }
  }
  func finishRaw(_ result: StaticString?, _ length: UInt64) {
    let raw = jf_bytes(data: result?.utf8Start, length: length)
    _ = host.call_finish(instance, call, jf_status(JF_OK), UInt32(JF_CONTENT_JSON), raw)
  }
  switch rogue.fault {
  case .neverFinishes: return jf_status(JF_PENDING)
  case .okWithoutFinish: return jf_status(JF_OK)
  case .finishesTwice:
    finish(JF_OK, "1")
    finish(JF_OK, "2")
  case .badResult: finish(JF_OK, "{")
  case .badUTF8: finishRaw("\"é\"", 2)  // ends within the é
  case .tooLarge: finishRaw("1", 1 << 30)
  case .noData: finishRaw(nil, 5)
  case .floodsTheLog:
    logManyLines(host, instance)
    finish(JF_OK, "1")
  case .failureWithoutMessage: finish(JF_E_FAILED, "\"oh\"")
  case .ignoresCredit:
    for _ in 0..<10 { _ = bytes("1") { host.call_emit(instance, call, UInt32(JF_CONTENT_JSON), $0) } }
    finish(JF_OK, "1")
  default: finish(JF_OK, "1")
  }
  return jf_status(JF_OK)
}

private func event(_ context: UnsafeMutableRawPointer?, _ event: UnsafePointer<jf_event>) -> jf_status {
  let isKnown = (1...9).contains(event.pointee.kind)
  let fault = rogue.withLock { $0.fault }
  if fault != .ignoresSize, event.pointee.size < MemoryLayout<jf_event>.size { return jf_status(JF_E_INVALID) }
  switch fault {
  case .unknownEventFails where !isKnown: return jf_status(JF_E_UNSUPPORTED)
  case .lateEventFails where event.pointee.call == .max: return jf_status(JF_E_NOT_FOUND)
  case .pingFails where event.pointee.kind == JF_EVENT_PING: return jf_status(JF_E_BUSY)
  default: return jf_status(JF_OK)
  }
}

private func stop(_ context: UnsafeMutableRawPointer?, _ deadline: UInt64) -> jf_status {
  jf_status(rogue.withLock { $0.fault } == .stopFails ? JF_E_DEADLINE : JF_OK)
}

private func destroy(_ context: UnsafeMutableRawPointer?) {
  let rogue = rogue.withLock { $0 }
  if rogue.fault == .speaksAfterStop { _ = rogue.host!.pointee.call_state(rogue.instance!, 1) }
}

/// The table; made once, for ever.
nonisolated(unsafe) let rogueTable: UnsafePointer<jf_plugin> = {
  let table = UnsafeMutablePointer<jf_plugin>.allocate(capacity: 1)
  let (id, version) = (strdup("rogue")!, strdup("1.0.0")!)
  table.initialize(
    to: jf_plugin(
      size: UInt32(MemoryLayout<jf_plugin>.size), abi_major: UInt16(JF_ABI_MAJOR), abi_minor: UInt16(JF_ABI_MINOR), flags: 0, reserved: 0,
      id: jf_text(data: id, length: 5), version: jf_text(data: version, length: 5), create: create, start: start, invoke: invoke,
      event: event, stop: stop, destroy: destroy, extension: nil))
  return UnsafePointer(table)
}()
