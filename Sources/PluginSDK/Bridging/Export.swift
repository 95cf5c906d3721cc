// SPDX-License-Identifier: Apache-2.0
// The C side of a plugin: its table and the functions in it.

public import PluginAPI
internal import Synchronization

/// Makes the table a library's one exported function returns.
///
/// The table lives for ever. Asked again for the same type, it is the same table.
public func exportPlugin<P: Plugin>(_ type: P.Type) -> UnsafePointer<jf_plugin> {
  unsafe exports.withLock { unsafe $0.table(for: type) }
}

/// The plugin types of this library and their tables. A library has one; a test bundle has some.
/// Sendable, because: the tables are written before anybody sees them and never again.
@safe private struct Exports: @unchecked Sendable {
  var types: [any Plugin.Type] = []
  var tables: [UnsafePointer<jf_plugin>] = unsafe []

  mutating func table(for type: any Plugin.Type) -> UnsafePointer<jf_plugin> {
    if let index = types.firstIndex(where: { $0 == type }) { return unsafe tables[index] }
    let slot = types.count
    precondition(unsafe slot < creators.count, "one library exports at most 32 plugin types; put some into another library")
    let table = UnsafeMutablePointer<jf_plugin>.allocate(capacity: 1)
    unsafe table.initialize(
      to: jf_plugin(
        size: UInt32(MemoryLayout<jf_plugin>.size), abi_major: UInt16(JF_ABI_MAJOR), abi_minor: UInt16(JF_ABI_MINOR), flags: 0, reserved: 0,
        id: eternal(type.id), version: eternal(type.version), create: creators[slot], start: start, invoke: invoke, event: event,
        stop: stop, destroy: destroy, extension: nil))
    types.append(type)
    unsafe tables.append(UnsafePointer(table))
    return unsafe UnsafePointer(table)
  }
}

private let exports = Mutex(Exports())

/// Text that is never freed: a table lives as long as the process.
private func eternal(_ text: String) -> jf_text {
  let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: text.utf8.count + 1)
  _ = unsafe copy.initialize(from: text.utf8.map { CChar(bitPattern: $0) } + [0])
  return unsafe jf_text(data: copy.baseAddress, length: UInt64(text.utf8.count))
}

/// The topics an instance of ours wants, for hosts in tests that have no manifest.
package func subscribedTopics(of instance: UnsafeMutableRawPointer) -> [String] {
  unsafe plugin(instance)?.runtime.subscribedTopics ?? []
}

// MARK: - The functions of the table

/// Makes an instance of the type with a number.
func create(
  _ slot: Int, _ host: UnsafePointer<jf_host>, _ instance: OpaquePointer, _ config: jf_bytes,
  _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>
) -> jf_status {
  guard unsafe host.pointee.size >= MemoryLayout<jf_host>.size, unsafe host.pointee.abi_major == JF_ABI_MAJOR else {
    return PluginFailure.Status.unsupported.rawValue
  }
  let type = exports.withLock { $0.types[slot] }
  let runtime = unsafe PluginRuntime(
    id: type.id, connection: HostConnection(host: host, instance: instance), configuration: [UInt8](config))
  do {
    let plugin = try PluginInstance(type, runtime)
    unsafe result.pointee = Unmanaged.passRetained(plugin).toOpaque()
    return PluginFailure.Status.ok.rawValue
  } catch {
    PluginLog(connection: runtime.connection).error("the plugin refused to be made", ["reason": "\(error)"])
    runtime.connection.close()
    let status = (error as? PluginFailure)?.status ?? .failed
    return (status.isFailure ? status : .failed).rawValue
  }
}

private func start(_ context: UnsafeMutableRawPointer?) -> jf_status {
  (unsafe plugin(context)?.start() ?? .invalid).rawValue
}

private func invoke(_ context: UnsafeMutableRawPointer?, _ request: UnsafePointer<jf_request>) -> jf_status {
  guard let plugin = unsafe plugin(context), unsafe request.pointee.size >= MemoryLayout<jf_request>.size else {
    return PluginFailure.Status.invalid.rawValue
  }
  let call = unsafe IncomingCall(
    id: request.pointee.call, command: String(request.pointee.command), deadline: request.pointee.deadline_ns,
    connection: plugin.runtime.connection)
  let input = unsafe UnsafeBufferPointer(request.pointee.payload)
  return unsafe plugin.invoke(call, Content(rawValue: request.pointee.content), input.span).rawValue
}

private func event(_ context: UnsafeMutableRawPointer?, _ event: UnsafePointer<jf_event>) -> jf_status {
  guard let plugin = unsafe plugin(context), unsafe event.pointee.size >= MemoryLayout<jf_event>.size else {
    return PluginFailure.Status.invalid.rawValue
  }
  return unsafe plugin.take(event.pointee).rawValue
}

private func stop(_ context: UnsafeMutableRawPointer?, _ deadline: UInt64) -> jf_status {
  (unsafe plugin(context)?.stop(deadline) ?? .invalid).rawValue
}

private func destroy(_ context: UnsafeMutableRawPointer?) {
  guard let context = unsafe context else { return }
  let plugin = unsafe Unmanaged<PluginInstance>.fromOpaque(context).takeRetainedValue()
  _ = plugin.stop(MonotonicClock.after(.seconds(1)))  // Does nothing after an orderly stop.
}

private func plugin(_ context: UnsafeMutableRawPointer?) -> PluginInstance? {
  guard let context = unsafe context else { return nil }
  return unsafe Unmanaged<PluginInstance>.fromOpaque(context).takeUnretainedValue()
}
