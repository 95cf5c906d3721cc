// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import JSON
import PluginSDK
import PluginTestKit
import SQLite
import Testing

@testable import Store

@Suite struct StorePluginTests {
  @Test func aStepMakesItsRunBeforeAnybodyAnnouncesIt() async throws {
    let store = try await StoreHarness()
    store.publish(step(1, seq: 8))
    try await store.committed("s", 8)
    store.publish(["type": "session_started", "project": "p", "run_name": "r", "run_id": "r", "session_id": "s", "event_seq": 1])
    store.publish(step(2, seq: 9))
    try await store.committed("s", 9)
    let run = try await store.ask("runs.show", ["run": "r"])
    #expect(run["project"] == "p")
    #expect(run["state"] == "running")
    #expect(run["steps"] == 2)
    await store.host.close()
  }

  @Test func pointsComeInOrderWhateverTheOrderOfArrival() async throws {
    let store = try await StoreHarness()
    for number in [5, 1, 4, 2, 3, 3, 1] { store.publish(step(number, seq: number, values: ["loss": .number(Double(number) / 2)])) }
    store.publish(step(6, seq: 6))
    try await store.committed("s", 6)
    let series = try await store.ask("runs.series", ["run": "r", "metric": "loss"])["series"]?[0]
    #expect(series?["steps"] == [1, 2, 3, 4, 5, 6])
    #expect(series?["values"] == [0.5, 1.0, 1.5, 2.0, 2.5, 0.5])
    #expect(series?["next"] == .null)
    await store.host.close()
  }

  @Test func aSeriesGoesOnFromNext() async throws {
    let store = try await StoreHarness()
    for number in 1...10 { store.publish(step(number, seq: number)) }
    // A second session took step 4 again: both points of a step stay in one answer.
    store.publish(step(4, seq: 1, session: "t"))
    store.publish(step(11, seq: 11))
    try await store.committed("s", 11)
    let first = try await store.ask("runs.series", ["run": "r", "metric": "loss", "limit": 4, "to": 10])["series"]?[0]
    #expect(first?["steps"] == [1, 2, 3, 4, 4])
    #expect(first?["next"] == 5)
    let second = try await store.ask("runs.series", ["run": "r", "metric": "loss", "from": 5, "to": 10])["series"]?[0]
    #expect(second?["steps"] == [5, 6, 7, 8, 9, 10])
    let one = try await store.ask("runs.series", ["run": "r", "metric": "loss", "session": "t"])["series"]?[0]
    #expect(one?["steps"] == [4])
    await store.host.close()
  }

  @Test func anyNumberIsAMetricAndNothingElseIs() async throws {
    let store = try await StoreHarness()
    store.publish(
      step(1, seq: 1, values: ["läuft/🧪": 1, "whole": 7, "text": "x", "truth": true, "none": .null, "list": [1], "": 2.5]))
    try await store.committed("s", 1)
    let metrics = try await store.ask("runs.show", ["run": "r"])["metrics"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
    #expect(metrics == ["", "läuft/🧪", "whole"])
    await store.host.close()
  }

  @Test(arguments: [
    "a/b\\c", "'; DROP TABLE runs; --", "ünïcödé 🧪", String(repeating: "long", count: 2_500), "tab\tand\nline", "nul\0inside", "%_*",
  ])
  func hostileNamesAreOnlyNames(_ name: String) async throws {
    let store = try await StoreHarness()
    store.publish(step(1, seq: 1, run: name, session: name, values: [name: 0.25]))
    try await store.committed(name, 1)
    #expect(try await store.ask("runs.show", ["run": .string(name)])["id"] == .string(name))
    let series = try await store.ask("runs.series", ["run": .string(name), "metric": .string(name), "session": .string(name)])
    #expect(series["series"]?[0]?["values"] == [0.25])
    await store.host.close()
  }

  @Test func anUnknownRunIsNotFoundWithAHint() async throws {
    let store = try await StoreHarness()
    store.publish(step(1, seq: 1, run: "baseline"))
    try await store.committed("s", 1)
    let near = await #expect(throws: PluginFailure.self) { try await store.ask("runs.show", ["run": "basline"]) }
    #expect(near?.status == .notFound)
    #expect(near?.code == "run_not_found")
    #expect(near?.message == "there is no run 'basline'; did you mean 'baseline'?; see 'jackfield call runs.list'")
    let far = await #expect(throws: PluginFailure.self) { try await store.ask("runs.series", ["run": "zzz", "metric": "loss"]) }
    #expect(far?.message == "there is no run 'zzz'; see 'jackfield call runs.list'")
    await store.host.close()
  }

  @Test func pauseAndItsEndFollowTheSequenceAndNotTheArrival() async throws {
    let store = try await StoreHarness()
    func state() async throws -> JSONValue? { try await store.ask("runs.show", ["run": "r"])["state"] }
    func event(_ type: String, _ seq: Int, _ extra: [String: JSONValue] = [:]) -> JSONValue {
      .object(["type": .string(type), "run_id": "r", "session_id": "s", "event_seq": .integer(Int64(seq))].merging(extra) { $1 })
    }
    store.publish(event("resumed", 20))
    store.publish(event("paused", 10, ["step": 4]))
    try await store.committed("s", 20)
    store.publish(step(9, seq: 21))
    try await store.committed("s", 21)
    #expect(try await state() == "running")
    store.publish(event("paused", 30, ["step": 9]))
    store.publish(step(10, seq: 31))
    try await store.committed("s", 31)
    #expect(try await state() == "paused")
    store.publish(event("trainingFinished", 32, ["status": "completed"]))
    try await store.committed("s", 32)
    #expect(try await state() == "finished")
    await store.host.close()
  }

  @Test func numbersAtTheEndOfTheirRangeAreOnlyNumbers() async throws {
    let store = try await StoreHarness()
    let (least, most) = (JSONValue.integer(.min), JSONValue.integer(.max))
    store.publish(["type": "paused", "step": most, "run_id": "r", "session_id": "s", "event_seq": 1])
    store.publish(["type": "trainStep", "step": most, "run_id": "r", "session_id": "s", "event_seq": least, "loss": 1.0e308])
    store.publish(["type": "trainStep", "step": least, "run_id": "r", "session_id": "s", "event_seq": 2, "loss": -1.0e308, "ts": 1.0e308])
    store.publish(["type": "trainStep", "step": 1.0e300, "run_id": "r", "session_id": "s", "event_seq": most, "loss": 1])
    try await store.committed("s", .max)
    let series = try await store.ask("runs.series", ["run": "r", "metric": "loss"])["series"]?[0]
    #expect(series?["steps"] == [least, most])
    #expect(series?["values"] == [-1.0e308, 1.0e308])
    await store.host.close()
  }

  @Test(arguments: ["run_id", "session_id"])
  func anEventWithHalfAnEnvelopeIsKept(_ missing: String) async throws {
    let store = try await StoreHarness()
    var event = step(1, seq: 1)
    event[missing] = nil
    store.publish(event)
    store.publish(step(1, seq: 1, run: "witness", session: "witness"))
    try await store.committed("witness", 1)
    #expect(try await store.ask("store.status")["events"] == 2)
    if missing == "session_id" { #expect(try await store.ask("runs.show", ["run": "r"])["steps"] == 1) }
    await store.host.close()
  }

  @Test(
    arguments: [
      ["connection": 1, "session_id": "s"], ["connection": 1, "sessions": ["x", "s"]],
    ] as [JSONValue])
  func aRunWhoseTrainerLeftIsLostUntilItsNextStep(_ news: JSONValue) async throws {
    let store = try await StoreHarness()
    store.publish(step(1, seq: 1))
    store.publish(news, topic: "trainer.disconnected")
    store.publish(step(1, seq: 1, run: "other", session: "t"))
    try await store.committed("t", 1)
    #expect(try await store.ask("runs.show", ["run": "r"])["state"] == "lost")
    #expect(try await store.ask("runs.show", ["run": "other"])["state"] == "running")
    store.publish(step(2, seq: 2))
    try await store.committed("s", 2)
    #expect(try await store.ask("runs.show", ["run": "r"])["state"] == "running")
    await store.host.close()
  }

  @Test func repeatedEventsAreConfirmedAgain() async throws {
    let store = try await StoreHarness()
    for number in 1...3 { store.publish(step(number, seq: number)) }
    try await store.committed("s", 3)
    // As a client does that lost its connection before it was told: everything again, nothing new.
    for number in 1...3 { store.publish(step(number, seq: number)) }
    try await store.committed("s", 3)
    #expect(try await store.ask("store.status")["since_start"]?["duplicates"] == 3)
    await store.host.close()
  }

  @Test func aRunWhoseTrainerIsConnectedASecondTimeIsNotLost() async throws {
    let store = try await StoreHarness()
    store.publish(step(1, seq: 1))
    store.publish(["connection": 1, "session_id": "s", "stillConnected": true], topic: "trainer.disconnected")
    store.publish(step(1, seq: 1, run: "other", session: "t"))
    try await store.committed("t", 1)
    #expect(try await store.ask("runs.show", ["run": "r"])["state"] == "running")
    await store.host.close()
  }

  @Test func whatIsNoEventIsCountedAndHarmless() async throws {
    let store = try await StoreHarness()
    store.host.publish("trainer.other", Payload(bytes: Array("{\"type\": ".utf8), content: .bytes))
    store.host.publish("trainer.other", "[1, 2]")
    store.publish(["type": "trainStep", "step": "one", "run_id": 5, "session_id": "s", "event_seq": 1, "loss": 1.0])
    store.publish(step(2, seq: 2))
    try await store.committed("s", 2)
    let status = try await store.ask("store.status")
    #expect(status["since_start"]?["rejected"] == 2)
    #expect(status["since_start"]?["events"] == 2)
    #expect(status["runs"] == 1)
    await store.host.close()
  }

  @Test func metricsBeyondTheLimitAreCounted() async throws {
    let store = try await StoreHarness(configuration: #"{"metricNamesPerRun": 3}"#)
    store.publish(step(1, seq: 1, values: ["a": 1, "b": 2]))
    store.publish(step(2, seq: 2, values: ["c": 3]))
    store.publish(step(3, seq: 3, values: ["a": 4, "d": 5, "e": 6]))
    try await store.committed("s", 3)
    let run = try await store.ask("runs.show", ["run": "r"])
    #expect(run["metrics"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["a", "b", "c"])
    #expect(run["metrics"]?[0]?["count"] == 2)
    #expect(try await store.ask("store.status")["since_start"]?["refused_metrics"] == 2)
    await store.host.close()
  }

  @Test func manyEventsShareACommit() async throws {
    let store = try await StoreHarness(starting: false)
    for number in 1...2_000 { store.publish(step(number, seq: number)) }
    try await store.host.start()
    try await store.host.allTaken()
    try await store.committed("s", 2_000)
    let status = try await store.ask("store.status")
    #expect(status["since_start"]?["rows"] == 4_000)
    // 2 000 events in a handful of transactions; the exact number depends on the threads.
    #expect(try #require(status["since_start"]?["commits"]?.intValue) < 200)
    await store.host.close()
  }

  @Test func changedRunsAreAnnounced() async throws {
    let store = try await StoreHarness()
    store.publish(step(1, seq: 1, run: "a"))
    let event = try JSONValue(parsing: try await store.host.published("runs.changed").text)
    #expect(event["runs"] == ["a"])
    await store.host.close()
  }

  @Test func aLockedDatabaseHoldsTheHostBackAndLosesNothing() async throws {
    let store = try await StoreHarness(configuration: #"{"queueBytes": 2000}"#)
    store.publish(step(1, seq: 1))
    try await store.committed("s", 1)
    let path = try #require(try await store.ask("store.status")["path"]?.stringValue)
    let intruder = try Database(path: path)
    try intruder.begin()
    for number in 2...100 { store.publish(step(number, seq: number)) }
    try await store.host.heldBack("trainer.*")
    // The writer's busy time-out is 5 s; then it says so.
    _ = try await store.host.logged(within: .seconds(30)) { $0.message == "events not written" }
    #expect(store.host.health?.value == .warning)
    #expect(try await store.ask("store.status")["trouble"]?.stringValue?.contains("database is locked") == true)
    intruder.rollback()
    try await store.committed("s", 100)
    let series = try await store.ask("runs.series", ["run": "r", "metric": "loss"])["series"]?[0]
    #expect(series?["steps"]?.arrayValue == (1...100).map { .integer(Int64($0)) })
    _ = try await store.host.logged { $0.message == "events written again" }
    #expect(store.host.health?.value == .ok)
    await store.host.close()
  }

  @Test func aStopWritesWhatWaitsAndMovesTheLogIntoTheFile() async throws {
    let store = try await StoreHarness()
    let path = try #require(try await store.ask("store.status")["path"]?.stringValue)
    for number in 1...1_000 { store.publish(step(number, seq: number)) }
    try await store.host.allTaken()
    #expect(await store.host.stop() == .ok)
    var status = stat()
    #expect(stat(path + "-wal", &status) != 0 || status.st_size == 0)
    #expect(try Database(path: path, access: .readOnly).integer("SELECT steps FROM runs") == 1_000)
    #expect(store.host.crossingsAfterStop.isEmpty)
    await store.host.close()
  }

  @Test func aStopInTroubleDoesNotSayThatAllIsWell() async throws {
    let store = try await StoreHarness()
    store.publish(step(1, seq: 1))
    try await store.committed("s", 1)
    let path = try #require(try await store.ask("store.status")["path"]?.stringValue)
    try Database(path: path).execute("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no room'); END")
    store.publish(step(2, seq: 2))
    _ = try await store.host.logged { $0.message == "events not written" }
    #expect(await store.host.stop() == .ok)
    #expect(store.host.log.contains { $0.message == "stopped with events not in the database; the next start writes them" })
    #expect(!store.host.log.contains { $0.message == "events written again" })
    await store.host.close()
  }

  /// What the bridge publishes of a script that it keeps is found in the log, by the run's id.
  @Test func linesOfAKeptScriptAreInTheLog() async throws {
    let store = try await StoreHarness()
    func own(_ type: String, seq: Int, _ members: [String: JSONValue]) -> JSONValue {
      var event: [String: JSONValue] = [
        "type": .string(type), "session_id": "run-7", "run_id": "run-7", "event_seq": .integer(Int64(seq)), "ts": 1_700_000_000,
      ]
      event.merge(members) { $1 }
      return .object(event)
    }
    store.publish(own("process_started", seq: 1, ["name": "sweep", "command": ["./x"], "pid": 41, "cwd": "/w"]), topic: "bridge.process")
    store.publish(own("log", seq: 2, ["level": "info", "phase": "stdout", "text": "hello"]), topic: "bridge.log")
    store.publish(["run": "run-7", "state": "started"], topic: "bridge.run")  // not ours
    store.publish(own("process_ended", seq: 3, ["exit_status": 0]), topic: "bridge.process")
    try await store.committed("run-7", 3)
    let logs = try await store.ask("runs.logs", ["run": "run-7"])["logs"]?.arrayValue ?? []
    #expect(logs.map { $0["text"] } == ["hello"] && logs[0]["phase"] == "stdout")
    let run = try await store.ask("runs.list")["runs"]?[0]
    #expect(run?["id"] == "run-7" && run?["name"] == "sweep" && run?["state"] == "finished")
    await store.host.close()
  }
}
