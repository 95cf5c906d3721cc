// SPDX-License-Identifier: Apache-2.0
// The captured conversation of a real trainer through the store; the numbers were read from the capture with another program.

import JSON
import PluginSDK
import PluginTestKit
import Testing

@Suite struct StoreCaptureTests {
  private let first = "sess-5e5ba77af470"
  private let second = "sess-7c4db8d5ddef"

  private func replayed() async throws -> StoreHarness {
    let store = try await StoreHarness()
    for event in try capturedEvents() { store.publish(event) }
    try await store.committed(second, 9)
    return store
  }

  @Test func runsAreListedWithWhatTheirEventsTold() async throws {
    let store = try await replayed()
    let runs = try #require(try await store.ask("runs.list")["runs"]?.arrayValue)
    let byID = Dictionary(uniqueKeysWithValues: runs.map { ($0["id"]?.stringValue ?? "", $0) })
    #expect(byID.count == 13)
    #expect(byID["baseline"]?["project"] == "demo")
    #expect(byID["baseline"]?["state"] == "finished")
    #expect(byID["baseline"]?["steps"] == 30)
    #expect(byID["baseline"]?["last_step"] == 30)
    #expect(byID["baseline"]?["last_loss"] == 0.6342501640319824)
    #expect(byID["fork1"]?["steps"] == 10)
    #expect(byID["fork1"]?["last_loss"] == 0.6171715259552002)
    #expect(byID["My-fork-1"]?["name"] == "My fork/ü 1")
    #expect(byID["blend"]?["state"] == "paused")
    #expect(byID["baseline#2"]?["state"] == "stopped")
    #expect(byID["ghost"]?["state"] == "new")
    await store.host.close()
  }

  @Test func nullStaysMissing() async throws {
    let store = try await replayed()
    let answer = try await store.ask("runs.series", ["run": "baseline", "metrics": ["loss", "val_loss"]])
    let loss = answer["series"]?[0]
    #expect(loss?["steps"]?.arrayValue?.count == 30)
    #expect(loss?["values"]?[0] == 0.7120630741119385)
    #expect(loss?["values"]?[29] == 0.6342501640319824)
    let validation = answer["series"]?[1]
    #expect(validation?["steps"]?.arrayValue?.count == 20)
    #expect(validation?["steps"]?[0] == 11)
    #expect(validation?["values"]?[0] == 0.6485122293233871)
    let error = await #expect(throws: PluginFailure.self) {
      try await store.ask("runs.series", ["run": "baseline", "metric": "gpu_util"])
    }
    #expect(error?.status == .notFound)
    #expect(
      error?.message == """
        the run 'baseline' has no metric 'gpu_util'; it has accuracy, activation_zero_frac, grad_norm, loss, lr, mem_vram, throughput, \
        val_loss, weight_norm
        """)
    await store.host.close()
  }

  @Test func aRunIsShownWithItsFamilyAndItsExtremes() async throws {
    let store = try await replayed()
    let run = try await store.ask("runs.show", ["run": "merge1"])
    #expect(run["parents"]?.arrayValue.map(Set.init) == ["baseline", "fork1"])
    #expect(run["children"] == [])
    let fork = try await store.ask("runs.show", ["run": "fork1"])
    let loss = fork["metrics"]?.arrayValue?.first { $0["name"] == "loss" }
    #expect(loss?["count"] == 10)
    #expect(loss?["min"] == 0.5917202830314636)
    #expect(loss?["max"] == 0.742551326751709)
    #expect(loss?["last"] == 0.6171715259552002)
    #expect(loss?["last_step"] == 10)
    #expect(fork["sessions"]?[0]?["id"] == .string(first))
    #expect(fork["sessions"]?[0]?["project"] == "demo")
    #expect(fork["sessions"]?[0]?["events"] == 163)
    #expect(fork["epochs"]?[0]?["val_loss"] == 0.553049623966217)
    #expect(fork["meta"]?["kind"] == "fork")
    await store.host.close()
  }

  @Test func anEventWithoutEnvelopeIsALogLineOfNobody() async throws {
    let store = try await replayed()
    let logs = try await store.ask("runs.logs", ["level": "error"])
    #expect(logs["logs"]?.arrayValue?.count == 1)
    #expect(logs["logs"]?[0]?["text"] == "Unknown cmd: no_such_command")
    #expect(logs["logs"]?[0]?["session"] == .null)
    #expect(logs["logs"]?[0]?["run"] == .null)
    #expect(try await store.ask("runs.logs", ["session": .string(first)])["logs"]?.arrayValue?.count == 43)
    await store.host.close()
  }

  @Test func aSecondReplayAddsNothing() async throws {
    let store = try await replayed()
    let events = try capturedEvents().filter { $0["session_id"] != nil }
    let before = try await store.ask("store.status")
    let shown = try await store.ask("runs.show", ["run": "baseline"])
    for event in events.reversed() { store.publish(event) }
    // One new event behind the repeated ones shows that they were all read.
    store.publish(step(1, seq: 1, run: "witness", session: "witness"))
    try await store.committed("witness", 1)
    let after = try await store.ask("store.status")
    #expect(before["events"] == 168)
    #expect(after["events"] == 169)
    #expect(after["since_start"]?["duplicates"] == 167)
    #expect(try await store.ask("runs.show", ["run": "baseline"]) == shown)
    await store.host.close()
  }
}
