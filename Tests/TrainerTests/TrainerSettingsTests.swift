// SPDX-License-Identifier: Apache-2.0

import PluginSDK
import Testing

@testable import Trainer

@Suite struct TrainerSettingsTests {
  @Test(
    arguments: [
      (nil, nil, "127.0.0.1:47621"), (nil, "5000", "127.0.0.1:5000"), (6_000, "5000", "127.0.0.1:6000"), (0, nil, "127.0.0.1:0"),
    ] as [(UInt16?, String?, String)])
  func portIsTheConfiguredOneOrTheEnvironmentsOrTheStandard(port: UInt16?, variable: String?, expected: String) throws {
    #expect(try TrainerSettings(.init(port: port), environment: { _ in variable }).address.description == expected)
  }

  @Test(arguments: [("127.1.2.3", "127.1.2.3:1"), ("localhost", "127.0.0.1:1")])
  func hostIsOfTheLoopback(host: String, expected: String) throws {
    #expect(try TrainerSettings(.init(host: host, port: 1)).address.description == expected)
  }

  @Test(arguments: ["0.0.0.0", "192.168.1.2", "example.org", "::1", ""])
  func otherHostsAreRefused(host: String) {
    #expect(
      throws: PluginFailure(
        "cannot listen for trainers on '\(host)': they are not authenticated, so 'host' must be an address of 127.0.0.0/8 or 'localhost'",
        status: .invalid)
    ) { try TrainerSettings(.init(host: host, port: 1)) }
  }

  @Test(arguments: ["0", "99999", "port"])
  func variableThatIsNoPortIsRefused(variable: String) {
    #expect(
      throws: PluginFailure(
        "cannot use ONTHEFLY_DASHBOARD_PORT='\(variable)' as the port for trainers: it must be a number from 1 to 65535; correct or unset it",
        status: .invalid)
    ) { try TrainerSettings(environment: { _ in variable }) }
  }
}
