// SPDX-License-Identifier: Apache-2.0
// The headers as Swift sees them: this file compiling in Swift 6 mode is half of the test.

import PluginAPI
import Testing

@Suite struct ImportTests {
  /// Sizes on 64-bit systems, counted by hand from the headers.
  @Test func structsHaveTheirSizes() {
    #expect(MemoryLayout<jf_bytes>.size == 16)
    #expect(MemoryLayout<jf_text>.size == 16)
    #expect(MemoryLayout<jf_request>.size == 72)
    #expect(MemoryLayout<jf_event>.size == 72)
    #expect(MemoryLayout<jf_host>.size == 8 + 11 * 8)
    #expect(MemoryLayout<jf_plugin>.size == 16 + 32 + 7 * 8)
  }

  @Test func optionalsAreWhereNullIsLegal() {
    let bytes = jf_bytes(data: nil, length: 0)
    #expect(bytes.data == nil)
    let extensionOfHost: KeyPath<jf_host, @convention(c) (OpaquePointer, UnsafePointer<CChar>) -> UnsafeRawPointer?> = \.extension
    let extensionOfPlugin: KeyPath<jf_plugin, (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>) -> UnsafeRawPointer?)?> =
      \.extension
    #expect(extensionOfHost != extensionOfPlugin as AnyKeyPath)
  }

  @Test func namesAreThere() {
    #expect([JF_LOG_1, JF_HEALTH_1, JF_PATHS_1, JF_REGISTER_1] == ["jf.log/1", "jf.health/1", "jf.paths/1", "jf.register/1"])
    #expect(JF_ENTRY_SYMBOL == "jf_plugin_entry_1")
    #expect(JF_OK == 0 && JF_PENDING == 1 && JF_E_BUSY == -13)
    #expect(JF_EVENT_PING == 9)
    #expect(JF_ABI_MAJOR == 1 && JF_ABI_MINOR == 0)
  }
}
