// SPDX-License-Identifier: Apache-2.0

internal import PluginAPI
internal import PluginSDK

/// A plugin's table and one instance made by it, in Swift values.
/// Sendable, because: a table never changes; the host takes care of who calls when.
@safe struct PluginTable: @unchecked Sendable {
  private let table: UnsafePointer<jf_plugin>

  init(_ table: UnsafePointer<jf_plugin>) { unsafe self.table = table }

  var id: String { unsafe String(text: table.pointee.id) }
  var version: String { unsafe String(text: table.pointee.version) }
  var size: Int { Int(unsafe table.pointee.size) }
  var major: Int { Int(unsafe table.pointee.abi_major) }

  /// What `create` wrote.
  /// Sendable, because: owned by the plugin; for us it is a number.
  @safe struct Instance: @unchecked Sendable {
    fileprivate let pointer: UnsafeMutableRawPointer?
    /// The topics the instance wants; known only of one made by this very SDK.
    func subscribedTopics() -> [String] {
      guard let pointer = unsafe pointer else { return [] }
      return unsafe PluginSDK.subscribedTopics(of: pointer)
    }
  }

  func create(host: UInt, configuration: [UInt8]) -> (status: Int32, instance: Instance) {
    var pointer: UnsafeMutableRawPointer?
    guard let opaque = unsafe OpaquePointer(bitPattern: host) else { return unsafe (Int32(JF_E_INVALID), Instance(pointer: nil)) }
    let status = unsafe configuration.withBytes { unsafe table.pointee.create(hostTable, opaque, $0, &pointer) }
    return unsafe (status, Instance(pointer: pointer))
  }

  func start(_ instance: Instance) -> Int32 { unsafe table.pointee.start(instance.pointer) }

  func stop(_ instance: Instance, deadline: UInt64) -> Int32 { unsafe table.pointee.stop(instance.pointer, deadline) }

  func destroy(_ instance: Instance) { unsafe table.pointee.destroy(instance.pointer) }

  func invoke(_ instance: Instance, _ request: HostRequest) -> Int32 {
    unsafe request.command.withText { command in
      unsafe request.payload.bytes.withBytes { bytes in
        var raw = unsafe jf_request(
          size: UInt32(MemoryLayout<jf_request>.size), content: request.payload.content.rawValue, call: request.call, parent: 0,
          deadline_ns: request.deadline, credit: request.credit, command: command, payload: bytes)
        return unsafe table.pointee.invoke(instance.pointer, &raw)
      }
    }
  }

  func event(_ instance: Instance, _ event: HostEvent) -> Int32 {
    unsafe event.name.withText { name in
      unsafe event.payload.bytes.withBytes { bytes in
        var raw = unsafe jf_event(
          size: UInt32(MemoryLayout<jf_event>.size), kind: event.kind, call: event.call, subject: event.subject, value: event.value,
          content: event.payload.content.rawValue, flags: 0, name: name, payload: bytes)
        return unsafe table.pointee.event(instance.pointer, &raw)
      }
    }
  }
}

/// A command as the host asks for it.
struct HostRequest: Sendable {
  var call: UInt64
  var command: String
  var payload: Payload
  var deadline: UInt64
  var credit: UInt64
}

extension [UInt8] {
  func withBytes<Result>(_ body: (jf_bytes) -> Result) -> Result {
    unsafe withUnsafeBufferPointer { unsafe body(jf_bytes(data: $0.baseAddress, length: UInt64($0.count))) }
  }

  /// Copies what a plugin lent.
  init(bytes: jf_bytes) {
    guard let data = unsafe bytes.data, let length = unsafe Int(exactly: bytes.length) else {
      self = []
      return
    }
    self = unsafe Array(UnsafeBufferPointer(start: data, count: length))
  }
}

extension String {
  func withText<Result>(_ body: (jf_text) -> Result) -> Result {
    unsafe Array(utf8).withUnsafeBytes { buffer in
      unsafe body(jf_text(data: buffer.bindMemory(to: CChar.self).baseAddress, length: UInt64(buffer.count)))
    }
  }

  /// Copies what a plugin lent.
  init(text: jf_text) {
    guard let data = unsafe text.data, let length = unsafe Int(exactly: text.length) else {
      self = ""
      return
    }
    self = unsafe String(decoding: UnsafeRawBufferPointer(start: data, count: length), as: UTF8.self)
  }
}
