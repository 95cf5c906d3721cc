// SPDX-License-Identifier: Apache-2.0

package import PluginAPI
internal import PluginSDK

/// A plugin's table and one instance made by it, in Swift values.
/// Sendable, because: a table never changes; the host takes care of who calls when.
@safe package struct PluginTable: @unchecked Sendable {
  private let table: UnsafePointer<jf_plugin>
  private let lending: Lending

  package init(_ table: UnsafePointer<jf_plugin>, lending: Lending = .plain) {
    unsafe self.table = table
    self.lending = lending
  }

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
    let status = unsafe lending.lend(configuration) { unsafe table.pointee.create(hostTable, opaque, $0, &pointer) }
    return unsafe (status, Instance(pointer: pointer))
  }

  func start(_ instance: Instance) -> Int32 { unsafe table.pointee.start(instance.pointer) }

  func stop(_ instance: Instance, deadline: UInt64) -> Int32 { unsafe table.pointee.stop(instance.pointer, deadline) }

  func destroy(_ instance: Instance) { unsafe table.pointee.destroy(instance.pointer) }

  func invoke(_ instance: Instance, _ request: HostRequest) -> Int32 {
    unsafe lending.lend(request.command) { command in
      unsafe lending.lend(request.payload.bytes) { bytes in
        let raw = unsafe jf_request(
          size: request.size ?? UInt32(MemoryLayout<jf_request>.size), content: request.payload.content.rawValue, call: request.call,
          parent: 0, deadline_ns: request.deadline, credit: request.credit, command: command, payload: bytes)
        return unsafe lending.value(raw) { unsafe table.pointee.invoke(instance.pointer, $0) }
      }
    }
  }

  func event(_ instance: Instance, _ event: HostEvent) -> Int32 {
    unsafe lending.lend(event.name) { name in
      unsafe lending.lend(event.payload.bytes) { bytes in
        let raw = unsafe jf_event(
          size: event.size ?? UInt32(MemoryLayout<jf_event>.size), kind: event.kind, call: event.call, subject: event.subject,
          value: event.value, content: event.payload.content.rawValue, flags: 0, name: name, payload: bytes)
        return unsafe lending.value(raw) { unsafe table.pointee.event(instance.pointer, $0) }
      }
    }
  }

  /// Asks for a capability.
  ///
  /// - Returns: Whether the plugin has it.
  func hasExtension(_ instance: Instance, _ id: String) -> Bool {
    guard let function = unsafe table.pointee.extension else { return false }
    return unsafe lending.bytes(Array(id.utf8) + [0]) { bytes in
      guard let bytes = unsafe bytes else { return false }
      return unsafe UnsafeRawPointer(bytes).withMemoryRebound(to: CChar.self, capacity: id.utf8.count + 1) {
        unsafe function(instance.pointer, $0) != nil
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
  /// What `size` says; nil is the truth.
  var size: UInt32?
}

extension Lending {
  fileprivate func lend<Result>(_ bytes: [UInt8], _ body: (jf_bytes) -> Result) -> Result {
    unsafe self.bytes(bytes) { unsafe body(jf_bytes(data: $0, length: UInt64(bytes.count))) }
  }

  fileprivate func lend<Result>(_ text: String, _ body: (jf_text) -> Result) -> Result {
    unsafe bytes(Array(text.utf8)) { start in
      let data = unsafe UnsafeRawPointer(start)?.assumingMemoryBound(to: CChar.self)
      return unsafe body(jf_text(data: data, length: UInt64(text.utf8.count)))
    }
  }
}

extension [UInt8] {
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
  /// Copies what a plugin lent.
  init(text: jf_text) {
    guard let data = unsafe text.data, let length = unsafe Int(exactly: text.length) else {
      self = ""
      return
    }
    self = unsafe String(decoding: UnsafeRawBufferPointer(start: data, count: length), as: UTF8.self)
  }
}
