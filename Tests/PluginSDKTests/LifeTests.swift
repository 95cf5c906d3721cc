// SPDX-License-Identifier: Apache-2.0

import PluginSDK
import PluginTestKit
import Testing

@Suite struct LifeTests {
  @Test func refusedConfigurationIsLoggedWithItsReason() async throws {
    await #expect(
      throws: TestHostError(
        #"create answered 'invalid': the plugin refused to be made {"reason":"cannot read the configuration: 'bench' is missing; add it"}"#
      )
    ) { try await TestHost(plugin: ProbePlugin.self) }
  }

  @Test func failedStartIsLoggedWithItsReason() async throws {
    let bench = Bench("startFails")
    await #expect(throws: TestHostError(#"start answered 'busy': the plugin did not start {"reason":"no port is free"}"#)) {
      try await TestHost(plugin: ProbePlugin.self, configuration: bench.configuration)
    }
    #expect(!bench.events.contains("stop"))
  }

  @Test func stopEndsWaitsAndCallsAndNothingComesAfterIt() async throws {
    let (host, bench) = try await probe()
    host.setRoom(0, in: "probe.out")
    let publishing = host.begin("probe.publish", json: #"{"count":1}"#)
    let emitting = host.begin("probe.count", json: #"{"count":1}"#, credit: 0)
    host.answer("other.add") { call in
      try await call.ended()
      return "0"
    }
    let calling = host.begin("probe.add")
    let waiting = host.begin("probe.wait")
    try await host.refused("probe.out")
    try await emitting.outOfCredit()
    _ = try await host.called("other.add")
    try await bench.noted("waiting")

    #expect(await host.stop(within: .milliseconds(200)) == .ok)

    #expect(try await publishing.answer().failure?.message == "gave up publishing on 'probe.out': the plugin is stopping")
    #expect(try await emitting.answer().failure?.message == "gave up 'probe.count': the plugin is stopping")
    #expect(try await calling.answer().failure?.message == "gave up calling 'other.add': the plugin is stopping")
    #expect(try await waiting.answer().failure?.message == "gave up 'probe.wait': it was cancelled")
    #expect(bench.events.contains("stop"))
    await host.close()
    #expect(host.crossingsAfterStop.isEmpty)
  }

  @Test func codeThatDoesNotEndIsLeftBehindAndCannotReachTheHost() async throws {
    let (host, bench) = try await probe()
    let call = host.begin("probe.block")
    try await bench.noted("blocking")
    #expect(await host.stop(within: .milliseconds(50)) == .deadline)
    #expect(
      try await call.answer().failure?.message == "gave up: the plugin 'probe' stopped before the command had ended")
    await host.destroy()
    bench.open()
    #expect(host.crossingsAfterStop.isEmpty)
    #expect(!host.log.contains { $0.message == "unblocked" })
    await host.close()
  }

  @Test func callsAfterTheStopAreRefused() async throws {
    let (host, bench) = try await probe()
    let context = try #require(bench.context)
    await host.stop()
    await #expect(throws: PluginFailure("gave up calling 'other.add': the plugin is stopping", status: .stopping)) {
      try await context.call("other.add", bytes: [])
    }
    context.log.error("nobody hears this")
    context.run { bench.note("never") }
    await host.close()
    #expect(host.log.isEmpty)
    #expect(!bench.events.contains("never"))
  }

  @Test func newInstanceBeginsAfresh() async throws {
    for _ in 0..<3 {
      let host = try await TestHost(plugin: HelloPlugin.self)
      #expect(try await host.call("hello.greet", #"{"name":"B"}"#).status == .ok)
      await host.close()
    }
  }

  @Test func manyInstancesLiveSideBySideAndStopAtOnce() async throws {
    var hosts: [TestHost] = []
    for _ in 0..<40 { hosts.append(try await TestHost(plugin: HelloPlugin.self)) }
    for host in hosts { #expect(try await host.call("hello.greet", #"{"name":"C"}"#).status == .ok) }
    let begin = ContinuousClock.now
    for host in hosts { await host.close() }
    // Each once could wait a second for threads that had ended; all together take milliseconds.
    #expect(begin.duration(to: .now) < .seconds(8))
  }

  @Test func stopWhileManyCallsRunAnswersEachOnce() async throws {
    let (host, _) = try await probe()
    let calls = (0..<2000).map { _ in host.begin("probe.empty") }
    await host.stop()
    for call in calls {
      let status = try await call.answer().status
      #expect(status == .ok || status == .stopping || status == .gone)
    }
    await host.close()
    #expect(host.crossingsAfterStop.isEmpty)
  }

  @Test func configurationIsToldAndARefusalLogged() async throws {
    let (host, bench) = try await probe()
    await host.configure(#"{"bench":"other"}"#)
    try await bench.noted("configuration other")
    #expect(try bench.context?.configuration(ProbePlugin.Configuration.self).bench == "other")
    await host.configure(#"{"bench":"bad"}"#)
    let line = try await host.logged { $0.level == .error }
    #expect(line.description == #"error new configuration not taken {"reason":"there is no bench 'bad'"}"#)
    await host.close()
  }

  @Test func oddEventsAreTolerated() async throws {
    let (host, _) = try await probe()
    #expect(await host.ping() == .ok)
    for kind: UInt32 in [0, 10, 4_000_000_000] { #expect(await host.sendRaw(kind: kind, value: .max) == .ok) }
    for kind: UInt32 in 1...8 where kind != 8 {
      #expect(await host.sendRaw(kind: kind, call: 99, subject: .max, value: .max) == .ok)
    }
    #expect(try await host.call("probe.empty").status == .ok)
    await host.close()
  }
}
