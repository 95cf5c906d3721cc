// SPDX-License-Identifier: Apache-2.0

import PluginTestKit
import Testing

@testable import Export

@Suite struct ExportConformanceTests {
  @Test func keepsTheRulesOfTheContract() async {
    let package = String(#filePath.dropLast("/Tests/ExportTests/ExportConformanceTests.swift".count))
    let findings = await Conformance.check(ExportPlugin.self, manifest: "\(package)/Plugins/Export/plugin.json")
    #expect(findings.isEmpty, "\(findings)")
  }
}
