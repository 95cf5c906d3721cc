// SPDX-License-Identifier: Apache-2.0

import PluginTestKit
import Testing

@testable import Kernel

@Suite struct KernelConformanceTests {
  @Test func keepsTheRulesOfTheContract() async {
    let package = String(#filePath.dropLast("/Tests/KernelTests/KernelConformanceTests.swift".count))
    let findings = await Conformance.check(
      KernelPlugin.self, manifest: "\(package)/Plugins/Kernel/plugin.json", configuration: #"{"outliveHost": false}"#)
    #expect(findings.isEmpty, "\(findings)")
  }
}
