// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import Health

/// Troubles of plugins, from what the host tells of them to alerts.
@Suite struct PluginEpisodesTests {
  private let well: JSONValue = ["id": "store", "state": "active"]
  private let full: JSONValue = [
    "id": "store", "state": "active", "health": ["level": "warning", "message": "cannot write the database: disk full"],
  ]

  @Test func aTroubleThatTwoLooksSeeIsToldOnceAndWhenItIsOver() {
    var episodes = PluginEpisodes([])
    let told = [[well], [full], [full], [full], [well], [well]].enumerated().map { episodes.look($1, at: Double($0)) }
    #expect(told.map(\.count) == [0, 0, 1, 0, 1, 0])
    let began = told[2].first?.description
    #expect(began?["key"] == "plugin/store/plugin_trouble/2000")
    #expect(began?["severity"] == "warning" && began?["fields"]?["plugin"] == "store" && began?["run"] == nil)
    #expect(began?["sentence"] == "Plugin 'store' says of itself: cannot write the database: disk full.")
    let ended = told[4].first?.description
    #expect(ended?["key"] == began?["key"] && ended?["ended"] == 4.0)
  }

  @Test func aMomentsTroubleIsToldToNobody() {
    var episodes = PluginEpisodes([])
    for (time, plugins) in [[full], [well], [full], [well]].enumerated() {
      #expect(episodes.look(plugins, at: Double(time)).isEmpty)
    }
  }

  @Test(arguments: ["failed", "quarantined", "refused"]) func whatTheHostSaysIsAnError(state: String) {
    var episodes = PluginEpisodes([])
    let row: JSONValue = ["id": "odd", "state": .string(state), "reason": "it crashed"]
    _ = episodes.look([row], at: 1)
    let told = episodes.look([row, ["state": "failed"], 5], at: 2)
    #expect(told.map(\.severity) == ["error"] && told.first?.plugin == "odd")
  }

  @Test func crashesThatAreOverAreNoTrouble() {
    #expect(PluginItems.trouble(["id": "a", "state": "active", "crashes": 3]) == nil)
    #expect(PluginItems.trouble(["id": "a", "state": "disabled"]) == nil)
  }

  @Test func anEpisodeOfAnEarlierLifeEndsWithoutBeingRaisedAgain() async throws {
    let harness = try await HealthHarness(configuration: #"{"watches":{"plugins":{"seconds":0.01}}}"#, starting: false)
    let left: JSONValue = [
      "id": 3, "key": "plugin/store/plugin_trouble/5", "run": .null, "session": .null, "kind": "plugin_trouble", "severity": "warning",
      "sentence": "Plugin 'store' says of itself: full.", "fields": ["plugin": "store"], "step": .null, "ts": 5, "ended": .null,
    ]
    harness.store(alerts: ["alerts": [left]])
    harness.host.answer("host.plugins") { _ in #"{"plugins":[{"id":"store","state":"active"}]}"# }
    try await harness.host.start()
    let alert = try await harness.alert()
    #expect(alert["key"] == "plugin/store/plugin_trouble/5" && alert["ended"]?.doubleValue != nil)
    #expect(alert["sentence"] == "Plugin 'store' says of itself: full. It is over.")
    try await harness.stored(1)
    #expect(harness.stored == [alert])
    await harness.host.close()
  }
}
