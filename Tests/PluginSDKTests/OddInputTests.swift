// SPDX-License-Identifier: Apache-2.0
// What only a broken host would send, straight through the C table.

import Glibc
import PluginAPI
import PluginSDK
import Testing

@testable import PluginTestKit

@Suite struct OddInputTests {
  /// A second instance on a test host, entered by hand.
  private func withInstance(_ body: (UnsafePointer<jf_plugin>, UnsafeMutableRawPointer) throws -> Void) async throws {
    let host = try await TestHost(plugin: HelloPlugin.self, starting: false)
    let table = exportPlugin(HelloPlugin.self)
    var instance: UnsafeMutableRawPointer?
    // The name is registered by the first instance; so this one gets a host without a memory of it.
    host.state.change { state in
      state.registered = []
      state.phase = .new
    }
    let opaque = try #require(OpaquePointer(bitPattern: host.number))
    #expect(table.pointee.create(hostTable, opaque, jf_bytes(data: nil, length: 0), &instance) == JF_OK)
    let made = try #require(instance)
    try body(table, made)
    #expect(table.pointee.stop(made, 0) == JF_OK)
    #expect(table.pointee.stop(made, 0) == JF_OK)
    table.pointee.destroy(made)
    await host.close()
  }

  private let nothing = jf_bytes(data: nil, length: 0)
  private let noText = jf_text(data: nil, length: 0)

  private func event(kind: Int) -> jf_event {
    jf_event(
      size: UInt32(MemoryLayout<jf_event>.size), kind: UInt32(kind), call: 0, subject: 0, value: 0, content: 0, flags: 0, name: noText,
      payload: nothing)
  }

  @Test func emptyPointersAndBadTextAreSurvived() async throws {
    try await withInstance { table, instance in
      #expect(table.pointee.start(instance) == JF_OK)
      for kind in 0...12 {
        var event = event(kind: kind)
        #expect(table.pointee.event(instance, &event) == JF_OK)
        event.payload.length = .max
        #expect(table.pointee.event(instance, &event) == JF_OK)
        event.payload.length = 0
        [CChar](arrayLiteral: -1, -2).withUnsafeBufferPointer { name in
          event.name = jf_text(data: name.baseAddress, length: 2)
          #expect(table.pointee.event(instance, &event) == JF_OK)
        }
      }
      var request = jf_request(
        size: UInt32(MemoryLayout<jf_request>.size), content: 77, call: 5, parent: 0, deadline_ns: 1, credit: 0, command: noText,
        payload: nothing)
      #expect(table.pointee.invoke(instance, &request) == JF_OK)
    }
  }

  @Test func structsOfAnOlderSizeAreRefused() async throws {
    try await withInstance { table, instance in
      #expect(table.pointee.start(instance) == JF_OK)
      var event = event(kind: JF_EVENT_PING)
      event.size = 8
      #expect(table.pointee.event(instance, &event) == JF_E_INVALID)
      var request = jf_request()
      #expect(table.pointee.invoke(instance, &request) == JF_E_INVALID)
    }
  }

  @Test func structsOfANewerSizeAreFine() async throws {
    try await withInstance { table, instance in
      #expect(table.pointee.start(instance) == JF_OK)
      #expect(table.pointee.start(instance) == JF_E_INVALID)
      var event = event(kind: JF_EVENT_PING)
      event.size = 4096
      #expect(table.pointee.event(instance, &event) == JF_OK)
    }
  }

  @Test func missingInstanceIsRefused() {
    let table = exportPlugin(HelloPlugin.self)
    var event = event(kind: JF_EVENT_PING)
    #expect(table.pointee.start(nil) == JF_E_INVALID)
    #expect(table.pointee.event(nil, &event) == JF_E_INVALID)
    #expect(table.pointee.stop(nil, 0) == JF_E_INVALID)
    table.pointee.destroy(nil)
  }

  @Test func hostOfAnotherMajorIsRefused() async throws {
    var other = hostTable.pointee
    other.abi_major = 2
    var instance: UnsafeMutableRawPointer?
    let opaque = try #require(OpaquePointer(bitPattern: 16))
    #expect(exportPlugin(HelloPlugin.self).pointee.create(&other, opaque, nothing, &instance) == JF_E_UNSUPPORTED)
    other = hostTable.pointee
    other.size = 16
    #expect(exportPlugin(HelloPlugin.self).pointee.create(&other, opaque, nothing, &instance) == JF_E_UNSUPPORTED)
    #expect(instance == nil)
  }

  @Test func tableIsTheSameEachTime() {
    let table = exportPlugin(HelloPlugin.self)
    #expect(table == exportPlugin(HelloPlugin.self))
    #expect(table != exportPlugin(ProbePlugin.self))
    #expect(String(cString: table.pointee.id.data!) == "hello")
  }
}
