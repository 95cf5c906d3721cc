// SPDX-License-Identifier: Apache-2.0
import PluginTestKit
import Testing

@testable import Store

@Suite struct StoreConformanceTests {
  @Test func keepsTheRulesOfTheContract() async {
    let package = String(#filePath.dropLast("/Tests/StoreTests/StoreConformanceTests.swift".count))
    let findings = await Conformance.check(StorePlugin.self, manifest: "\(package)/Plugins/Store/plugin.json")
    #expect(findings.isEmpty, "\(findings)")
  }
}
