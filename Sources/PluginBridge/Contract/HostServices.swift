// SPDX-License-Identifier: Apache-2.0
// The services of the host that a plugin asks for by id.
import JSON
import PluginAPI

/// The tables behind `extension`, in memory that lives as long as the process.
package enum HostServices {
  package static let ids = [JF_REGISTER_1, JF_LOG_1, JF_HEALTH_1, JF_PATHS_1]

  static func table(_ id: String) -> UnsafeRawPointer? {
    switch id {
    case JF_REGISTER_1: unsafe UnsafeRawPointer(register)
    case JF_LOG_1: unsafe UnsafeRawPointer(log)
    case JF_HEALTH_1: unsafe UnsafeRawPointer(health)
    case JF_PATHS_1: unsafe UnsafeRawPointer(paths)
    default: nil
    }
  }

  // Each written once, and only read afterwards.
  private nonisolated(unsafe) static let register = unsafe allocated(
    jf_register_1(size: UInt32(MemoryLayout<jf_register_1>.size), reserved: 0, command: registerCommand))
  // As above.
  private nonisolated(unsafe) static let log = unsafe allocated(
    jf_log_1(size: UInt32(MemoryLayout<jf_log_1>.size), reserved: 0, write: logWrite))
  // As above.
  private nonisolated(unsafe) static let health = unsafe allocated(
    jf_health_1(size: UInt32(MemoryLayout<jf_health_1>.size), reserved: 0, report: healthReport))
  // As above.
  private nonisolated(unsafe) static let paths = unsafe allocated(
    jf_paths_1(size: UInt32(MemoryLayout<jf_paths_1>.size), reserved: 0, directory: pathsDirectory))

  private static func allocated<T>(_ table: T) -> UnsafePointer<T> {
    let pointer = UnsafeMutablePointer<T>.allocate(capacity: 1)
    unsafe pointer.initialize(to: table)
    return unsafe UnsafePointer(pointer)
  }
}

private func registerCommand(_ pointer: OpaquePointer, _ name: jf_text) -> jf_status {
  guard let instance = unsafe InstanceHandle.instance(pointer) else { return jf_status(.gone) }
  guard let name = unsafe name.string(limit: 200) else { return instance.refuse(.invalid) }
  let status = instance.register(name)
  return status == .ok ? jf_status(.ok) : instance.refuse(status)
}

private func logWrite(_ pointer: OpaquePointer, _ level: UInt32, _ message: jf_text, _ values: jf_bytes) -> jf_status {
  guard let instance = unsafe InstanceHandle.instance(pointer) else { return jf_status(.gone) }
  guard let message = unsafe message.string(limit: 8 << 10) else { return instance.refuse(.invalid) }
  let (buffer, judged) = unsafe judgePayload(values, content: Content.json.rawValue, limit: 64 << 10)
  guard judged == .ok else { return instance.refuse(judged) }
  guard let values = unsafe flatValues(buffer) else { return instance.refuse(.invalid) }
  return jf_status(instance.log(LogLevel(rawValue: Int(level)) ?? .info, message, values))
}

/// The members of a flat JSON object as text, by name; nil when it is not one.
private func flatValues(_ buffer: UnsafeRawBufferPointer) -> [(String, String)]? {
  guard unsafe !buffer.isEmpty else { return [] }
  guard let object = (try? JSONValue(parsing: unsafe [UInt8](buffer)))?.objectValue else { return nil }
  return object.sorted { $0.key < $1.key }.map { ($0.key, $0.value.stringValue ?? $0.value.serialized()) }
}

private func healthReport(_ pointer: OpaquePointer, _ level: UInt32, _ message: jf_text) -> jf_status {
  guard let instance = unsafe InstanceHandle.instance(pointer) else { return jf_status(.gone) }
  guard let message = unsafe message.string(limit: 4_096), let level = PluginHealth.Level(rawValue: level) else {
    return instance.refuse(.invalid)
  }
  instance.report(level, message)
  return jf_status(.ok)
}

private func pathsDirectory(_ pointer: OpaquePointer, _ kind: UInt32, _ path: UnsafeMutablePointer<jf_text>) -> jf_status {
  guard let instance = unsafe InstanceHandle.instance(pointer) else { return jf_status(.gone) }
  guard let text = unsafe instance.paths.text(kind) else { return jf_status(.notFound) }
  unsafe path.pointee = text
  return jf_status(.ok)
}
