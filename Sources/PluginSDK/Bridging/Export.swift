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
@safe private struct Exports: @unchecked Sendable {  // The tables are written before anybody sees them and never again.
  var types: [any Plugin.Type] = []
  var tables: [UnsafePointer<jf_plugin>] = unsafe []

  mutating func table(for type: any Plugin.Type) -> UnsafePointer<jf_plugin> {
    if let index = types.firstIndex(where: { $0 == type }) { return unsafe tables[index] }
    let slot = types.count
    precondition(slot < mostTypes, "one library exports at most \(mostTypes) plugin types; put some into another library")
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

private func create(
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

// MARK: - Which type to make

/// `create` is given nothing that tells whose it is, and a C function carries no context: so each exported type has one of its own.
private typealias Creator =
  @convention(c) (
    UnsafePointer<jf_host>, OpaquePointer, jf_bytes, UnsafeMutablePointer<UnsafeMutableRawPointer?>
  ) -> jf_status

private typealias Made = UnsafeMutablePointer<UnsafeMutableRawPointer?>

private func create0(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(0, h, i, c, s)
}
private func create1(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(1, h, i, c, s)
}
private func create2(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(2, h, i, c, s)
}
private func create3(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(3, h, i, c, s)
}
private func create4(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(4, h, i, c, s)
}
private func create5(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(5, h, i, c, s)
}
private func create6(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(6, h, i, c, s)
}
private func create7(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(7, h, i, c, s)
}
private func create8(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(8, h, i, c, s)
}
private func create9(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(9, h, i, c, s)
}
private func create10(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(10, h, i, c, s)
}
private func create11(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(11, h, i, c, s)
}
private func create12(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(12, h, i, c, s)
}
private func create13(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(13, h, i, c, s)
}
private func create14(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(14, h, i, c, s)
}
private func create15(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(15, h, i, c, s)
}
private func create16(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(16, h, i, c, s)
}
private func create17(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(17, h, i, c, s)
}
private func create18(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(18, h, i, c, s)
}
private func create19(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(19, h, i, c, s)
}
private func create20(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(20, h, i, c, s)
}
private func create21(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(21, h, i, c, s)
}
private func create22(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(22, h, i, c, s)
}
private func create23(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(23, h, i, c, s)
}
private func create24(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(24, h, i, c, s)
}
private func create25(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(25, h, i, c, s)
}
private func create26(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(26, h, i, c, s)
}
private func create27(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(27, h, i, c, s)
}
private func create28(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(28, h, i, c, s)
}
private func create29(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(29, h, i, c, s)
}
private func create30(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(30, h, i, c, s)
}
private func create31(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status {
  unsafe create(31, h, i, c, s)
}

private let mostTypes = 32
private let creators: [Creator] = unsafe [
  create0, create1, create2, create3, create4, create5, create6, create7, create8, create9, create10, create11, create12, create13,
  create14, create15, create16, create17, create18, create19, create20, create21, create22, create23, create24, create25, create26,
  create27, create28, create29, create30, create31,
]
