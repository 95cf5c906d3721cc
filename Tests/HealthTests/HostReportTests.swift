// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import Health

/// What is made of what the host and its plugins tell.
@Suite struct HostReportTests {
  private func harness(
    plugins: JSONValue = [["id": "store", "state": "active", "crashes": 0]], verify: JSONValue = ["ok": true], calls: JSONValue = 2,
    configuration: String = #"{"host":{"diskWarningBytes":0,"diskFailedBytes":0}}"#
  ) async throws -> HealthHarness {
    let harness = try await HealthHarness(configuration: configuration)
    harness.train()
    harness.host.answer("host.status") { _ in JSONValue.object(["state": "ready", "openCalls": calls]).serialized() }
    harness.host.answer("host.plugins") { _ in JSONValue.object(["plugins": plugins]).serialized() }
    harness.host.answer("store.status") { _ in #"{"runs":3,"queue":{"events":0,"bytes":0},"trouble":null}"# }
    harness.host.answer("store.verify") { _ in verify.serialized() }
    return harness
  }

  private func item(_ name: String, in report: JSONValue) -> JSONValue? {
    report["items"]?.arrayValue?.first { $0["item"]?.stringValue == name }
  }

  @Test func aHostThatIsWell() async throws {
    let harness = try await harness()
    let report = try await harness.ask("health.host")
    #expect(report["verdict"] == "ok")
    #expect(report["sentence"] == "All is well with the host.")
    let names = (report["items"]?.arrayValue ?? []).compactMap { $0["item"]?.stringValue }
    #expect(names == ["calls", "plugin store", "queues", "store", "database", "ports", "disk data", "disk state"])
    #expect(item("ports", in: report)?["sentence"] == "Trainers connect to 127.0.0.1:47621; 1 session is connected.")
    #expect(item("calls", in: report)?["sentence"] == "2 calls wait for an answer.")
    #expect(item("database", in: report)?["sentence"] == "The database passes its integrity check.")
    #expect((item("disk data", in: report)?["fields"]?["freeBytes"]?.intValue ?? 0) > 0)
    await harness.host.close()
  }

  @Test(arguments: [
    (#"{"state":"quarantined","reason":"three crashes"}"#, "failed", "Plugin 'x' is quarantined: three crashes."),
    (#"{"state":"refused","reason":null}"#, "failed", "Plugin 'x' is refused."),
    (#"{"state":"restarting"}"#, "warning", "Plugin 'x' is being started again."),
    (#"{"state":"disabled"}"#, "ok", "Plugin 'x' is switched off."),
    (#"{"state":"ready"}"#, "ok", "Plugin 'x' is ready and starts when it is needed."),
    (
      #"{"state":"active","crashes":2}"#, "warning",
      "Plugin 'x' runs, but has crashed 2 times since the host started; see 'jackfield plugins info x'."
    ),
    (
      #"{"state":"active","health":{"level":"warning","message":"a subscriber is slow"}}"#, "warning",
      "Plugin 'x' says of itself: a subscriber is slow."
    ),
    (#"{"state":"active","health":{"level":"failing"}}"#, "failed", "Plugin 'x' says of itself: no reason."),
  ])
  func plugins(_ text: String, _ verdict: String, _ sentence: String) async throws {
    var row = try JSONValue(parsing: text)
    row["id"] = "x"
    let harness = try await harness(plugins: [row])
    let found = try await item("plugin x", in: harness.ask("health.host"))
    #expect(found?["verdict"]?.stringValue == verdict)
    #expect(found?["sentence"]?.stringValue == sentence)
    await harness.host.close()
  }

  @Test func queuesThatLoseOrFillUp() async throws {
    func row(_ queued: JSONValue, _ dropped: JSONValue) -> JSONValue {
      ["id": "store", "state": "active", "subscriptions": [["topic": "trainer.*", "queued": queued, "capacity": 100, "dropped": dropped]]]
    }
    let losing = try await harness(plugins: [row(0, 3)])
    #expect(
      try await item("queues", in: losing.ask("health.host"))?["sentence"]
        == "The queue of plugin 'store' for 'trainer.*' has lost 3 events: it reads more slowly than they come.")
    await losing.host.close()
    let full = try await harness(plugins: [row(60, 0)])
    #expect(
      try await item("queues", in: full.ask("health.host"))?["sentence"]
        == "The queue of plugin 'store' for 'trainer.*' has 60 of at most 100 events waiting.")
    await full.host.close()
  }

  @Test func aDatabaseThatIsNotWhole() async throws {
    let harness = try await harness(verify: [
      "ok": false, "findings": [["kind": "damage", "sentence": "row 7 is missing from index runs_by_time", "cure": "restore"]],
    ])
    let report = try await harness.ask("health.host")
    #expect(report["verdict"] == "failed")
    #expect(
      report["sentence"]
        == "The database does not pass its integrity check: row 7 is missing from index runs_by_time.")
    await harness.host.close()
  }

  @Test func aDiskThatIsNearlyFull() async throws {
    let harness = try await harness(configuration: #"{"host":{"diskWarningBytes":1152921504606846976,"diskFailedBytes":0}}"#)
    let report = try await harness.ask("health.host")
    #expect(item("disk data", in: report)?["verdict"] == "warning")
    #expect(item("disk data", in: report)?["sentence"]?.stringValue?.hasSuffix("; make room, or recording stops.") == true)
    await harness.host.close()
  }

  @Test func partsThatDoNotAnswerAreErrorsAndTheOthersAreTold() async throws {
    let harness = try await HealthHarness()
    harness.host.answer("host.status") { _ in "3" }
    harness.host.answer("host.plugins") { _ in throw PluginFailure("gone away", status: .gone) }
    let report = try await harness.ask("health.host")
    #expect(report["verdict"] == "error")
    #expect(item("plugins", in: report)?["sentence"] == "Not known: 'host.plugins' did not answer: gone away")
    #expect(item("calls", in: report)?["verdict"] == "ok")
    #expect(item("database", in: report)?["verdict"] == "error")
    #expect(item("ports", in: report)?["verdict"] == "error")
    await harness.host.close()
  }
}
