// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import Health

/// Alerts from an event on the bus to the store.
@Suite struct AlertTests {
  @Test func anEpisodeIsPublishedAndStoredAtItsBeginningAndItsEnd() async throws {
    let harness = try await HealthHarness(
      configuration: #"{"watches":{"lossNotFinite":{"recoverySteps":2}}}"#, starting: false)
    harness.store()
    try await harness.host.start()
    harness.steps([0.5, .null, .null, 0.5, 0.5])
    let began = try await harness.alert()
    #expect(began["key"] == "s1/r/loss_not_finite/2")
    #expect(began["kind"] == "loss_not_finite")
    #expect(began["severity"] == "error")
    #expect(began["run"] == "r")
    #expect(began["step"] == 2)
    #expect(began["ended"] == nil)
    let ended = try await harness.alert()
    #expect(ended["key"] == began["key"])
    #expect(ended["ended"]?.doubleValue != nil)
    #expect(ended["sentence"]?.stringValue?.hasSuffix(" The loss was finite again for 2 steps.") == true)
    _ = try await harness.host.called("store.record_alert")
    try await harness.stored(2)
    #expect(harness.stored == [began, ended])
    await harness.host.close()
  }

  @Test func aBusyStoreGetsAlertsLater() async throws {
    let harness = try await HealthHarness(starting: false)
    harness.host.answer("runs.alerts") { _ in #"{"alerts":[]}"# }
    let (rows, inlet) = AsyncStream<String>.makeStream()
    let (refused, latch) = AsyncStream<Void>.makeStream()
    harness.host.answer("store.record_alert") { _ in
      latch.yield()
      throw PluginFailure("busy", retryable: true, status: .busy)
    }
    try await harness.host.start()
    harness.steps([.null])
    let alert = try await harness.alert()
    var first = refused.makeAsyncIterator()
    await first.next()
    harness.host.answer("store.record_alert") { call in
      inlet.yield(String(decoding: call.input.bytes, as: UTF8.self))
      return #"{"id":1}"#
    }
    var waiting = rows.makeAsyncIterator()
    #expect(try JSONValue(parsing: await waiting.next() ?? "") == alert)
    await harness.host.close()
  }

  @Test func anOpenEpisodeOfAnEarlierLifeIsNotRaisedAgain() async throws {
    let harness = try await HealthHarness(configuration: #"{"watches":{"lossNotFinite":{"recoverySteps":2}}}"#, starting: false)
    let left: JSONValue = [
      "id": 3, "key": "s1/r/loss_not_finite/2", "run": "r", "session": "s1", "kind": "loss_not_finite", "severity": "error",
      "sentence": "The loss is not finite since step 2.", "fields": .null, "step": 2, "ts": 5.5, "ended": .null,
    ]
    harness.store(alerts: ["alerts": [left, ["key": 3], "nonsense"]])
    try await harness.host.start()
    _ = try await harness.host.called("runs.alerts")
    harness.steps([.null, .null, 0.5, 0.5], from: 90)
    let ended = try await harness.alert()
    #expect(ended["key"] == "s1/r/loss_not_finite/2")
    #expect(ended["ts"] == 5.5)
    #expect(ended["ended"]?.doubleValue != nil)
    #expect(harness.host.allPublished("health.alert").count == 1)
    await harness.host.close()
  }

  @Test func aStoreThatIsNotThereStopsNothing() async throws {
    let harness = try await HealthHarness()
    harness.steps([.null])
    #expect(try await harness.alert()["kind"] == "loss_not_finite")
    _ = try await harness.host.logged { $0.message == "health row not stored" }
    await harness.host.close()
  }

  @Test(arguments: [
    (#"{"sessions":[{"session":"s1","state":"running","connected":true}]}"#, false), (#"{}"#, false),
    (#"{"sessions":[{"session":"s1","state":"running","connected":true,"busy":"generate_report"}]}"#, true),
    (#"{"sessions":[{"session":"s1","state":"paused","connected":true}]}"#, true),
    (#"{"sessions":[{"session":"s1","state":"running","connected":false}]}"#, true),
    (#"{"spool":{"memoryBytes":0,"fileBytes":70},"sessions":[{"session":"s1","state":"running","connected":true}]}"#, true),
  ])
  func theDoorForTrainersMayKnowWhyNothingIsHeard(_ list: String, _ isExplained: Bool) async throws {
    let harness = try await HealthHarness(configuration: #"{"watches":{"silent":{"seconds":1}}}"#, starting: false)
    harness.store()
    harness.host.answer("trainer.list") { _ in list }
    try await harness.host.start()
    harness.steps([1])
    if isExplained {
      _ = try await harness.host.called("trainer.list")
      #expect(harness.host.allPublished("health.alert").isEmpty)
    } else {
      #expect(try await harness.alert()["kind"] == "silent")
    }
    await harness.host.close()
  }

  @Test func aWatchCanBeSwitchedOff() async throws {
    let harness = try await HealthHarness(configuration: #"{"watches":{"lossNotFinite":{"on":false},"diverging":{"on":false}}}"#)
    harness.steps([.null, 1])
    harness.steps([.null], run: "q", session: "s2")
    try await harness.host.allTaken()
    #expect(harness.host.allPublished("health.alert").isEmpty)
    await harness.host.close()
  }
}
