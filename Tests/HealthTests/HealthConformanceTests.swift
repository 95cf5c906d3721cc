// SPDX-License-Identifier: Apache-2.0

import PluginTestKit
import Testing

@testable import Health

@Suite struct HealthConformanceTests {
  @Test func keepsTheRulesOfTheContract() async {
    let findings = await Conformance.check(HealthPlugin.self, manifest: repository("Plugins/Health/plugin.json"))
    #expect(findings.isEmpty, "\(findings)")
  }
}
