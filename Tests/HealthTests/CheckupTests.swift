// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import Health

/// Checks from the command to the trainer and back.
@Suite struct CheckupTests {
  @Test func aRunningTrainingIsPausedCheckedAndResumed() async throws {
    let harness = try await HealthHarness()
    harness.train()
    harness.store()
    let answer = try await harness.ask("health.check", ["check": "numerics"])
    #expect(harness.conversation == ["pause s1", "numerics_health s1", "resume s1"])
    #expect(answer["verdict"] == "ok")
    #expect(answer["run"] == "r")
    #expect(answer["session"] == "s1")
    #expect(answer["step"] == 5)
    #expect(answer["paused"] == true)
    #expect(answer["resumed"] == true)
    #expect(answer["recorded"] == true)
    #expect(answer["id"] == 7)
    #expect(answer["fields"]?["sample_layers"] == 25)
    let news = try JSONValue(parsing: try await harness.host.published("health.result").text)
    #expect(news["verdict"] == "ok")
    #expect(news["key"] == answer["key"])
    #expect(news["text"] == nil)
    let row = try #require(harness.stored.first)
    #expect(row["run"] == "r")
    #expect(row["text"]?.stringValue?.hasPrefix("Run: baseline\nStep: 5") == true)
    await harness.host.close()
  }

  @Test func whatIsPausedStaysPaused() async throws {
    let harness = try await HealthHarness()
    harness.train([session("s1", run: "r", state: "paused")])
    harness.store()
    let answer = try await harness.ask("health.check", ["check": "dist"])
    #expect(harness.conversation == ["dist_health s1"])
    #expect(answer["paused"] == false)
    #expect(answer["resumed"] == false)
    await harness.host.close()
  }

  @Test func aCheckThatFailsDoesNotStopTheOthers() async throws {
    let harness = try await HealthHarness()
    harness.train { command, session in
      if command == "throughput_health" {
        throw PluginFailure(
          "'throughput_health' was not answered within 45.0 seconds", code: "timed_out", retryable: true, status: .deadline)
      }
      return ["session": .string(session), "data": captured("plain", command), "milliseconds": 1]
    }
    harness.store()
    let call = harness.host.begin("health.run")
    let answer = try await call.answer()
    let result = try JSONValue(parsing: answer.text)
    #expect(result["results"]?.arrayValue?.map { $0["verdict"]?.stringValue } == ["ok", "error", "ok", "ok", "ok"])
    #expect(
      result["results"]?[1]?["sentence"]
        == "The check could not be made: 'throughput_health' was not answered within 45.0 seconds.")
    #expect(result["verdict"] == "error")
    #expect(result["sentence"] == "1 check of 5 found something.")
    #expect(answer.chunks.count == 5)
    #expect(!answer.progress.isEmpty)
    #expect(harness.conversation.first == "pause s1")
    #expect(harness.conversation.last == "resume s1")
    #expect(harness.stored.count == 5)
    await harness.host.close()
  }

  @Test func aCancelledCheckLetsTheTrainingGoOn() async throws {
    let harness = try await HealthHarness()
    let (reached, inlet) = AsyncStream<Void>.makeStream()
    harness.train { _, _ in
      inlet.yield()
      try await Task.sleep(for: .seconds(3_600))
      return .null
    }
    harness.store()
    let call = harness.host.begin("health.check", json: #"{"check":"dist"}"#)
    var waiting = reached.makeAsyncIterator()
    await waiting.next()
    call.cancel()
    #expect(try await call.answer().status == .cancelled)
    try await harness.lastHeard("resume s1")
    await harness.host.close()
  }

  @Test func aPauseThatTimesOutIsTakenBack() async throws {
    let harness = try await HealthHarness()
    harness.train(
      refusingPause: PluginFailure("'pause' was not answered within 30.0 seconds", code: "timed_out", retryable: true, status: .deadline))
    let failure = await #expect(throws: PluginFailure.self) { try await harness.ask("health.check", ["check": "dist"]) }
    #expect(
      failure?.message
        == "cannot check the health of session 's1': it could not be paused: 'pause' was not answered within 30.0 seconds")
    #expect(harness.conversation == ["pause s1", "resume s1"])
    await harness.host.close()
  }

  @Test func aDoorThatIsBusyIsAskedAgainToResume() async throws {
    let harness = try await HealthHarness()
    harness.train()
    harness.store()
    harness.host.answer("trainer.resume") { _ in
      harness.host.answer("trainer.resume") { _ in "{}" }
      throw PluginFailure("a pause is under way", retryable: true, status: .busy)
    }
    let answer = try await harness.ask("health.check", ["check": "dist"])
    #expect(answer["resumed"] == true)
    await harness.host.close()
  }

  @Test func aTrainingThatCannotBeResumedIsTold() async throws {
    let harness = try await HealthHarness()
    harness.train()
    harness.store()
    harness.host.answer("trainer.resume") { _ in throw PluginFailure("session 's1' lost its connection", status: .gone) }
    let answer = try await harness.ask("health.run", ["checks": ["dist"]])
    #expect(answer["resumed"] == false)
    #expect(
      answer["trouble"]
        == "the training could not be resumed after the checks: session 's1' lost its connection; 'trainer.resume' lets it go on")
    #expect(answer["sentence"]?.stringValue?.hasPrefix("All is well in 1 check. But the training could not be resumed") == true)
    await harness.host.close()
  }

  @Test func aCallThatRunsOutOfTimeLetsTheTrainingGoOn() async throws {
    let harness = try await HealthHarness()
    harness.train { _, _ in
      try await Task.sleep(for: .seconds(3_600))
      return .null
    }
    harness.store()
    let answer = try await harness.host.call("health.check", #"{"check":"dist"}"#, deadline: .milliseconds(300))
    #expect(answer.status == .deadline)
    _ = try await harness.host.called("trainer.resume")
    #expect(harness.conversation.first == "pause s1")
    await harness.host.close()
  }

  @Test func aCallerThatTakesNoChunksDoesNotKeepTheTrainingPaused() async throws {
    let harness = try await HealthHarness()
    harness.train()
    harness.store()
    let call = harness.host.begin("health.run", json: #"{"checks":["dist","numerics"]}"#, credit: 0)
    _ = try await harness.host.called("trainer.resume")
    call.grant(2)
    #expect(try await call.answer().chunks.count == 2)
    await harness.host.close()
  }

  @Test func aSecondCheckOfTheSameSessionIsRefused() async throws {
    let harness = try await HealthHarness()
    let (reached, inlet) = AsyncStream<Void>.makeStream()
    let (release, latch) = AsyncStream<Void>.makeStream()
    harness.train { command, session in
      inlet.yield()
      for await _ in release { break }
      return ["session": .string(session), "data": captured("plain", command), "milliseconds": 1]
    }
    harness.store()
    let first = harness.host.begin("health.check", json: #"{"check":"dist"}"#)
    var waiting = reached.makeAsyncIterator()
    await waiting.next()
    let failure = await #expect(throws: PluginFailure.self) { try await harness.ask("health.check", ["check": "dist"]) }
    #expect(failure?.message == "session 's1' is being checked already; try again when that is done")
    #expect(failure?.retryable == true)
    latch.yield()
    #expect(try await first.answer().status == .ok)
    await harness.host.close()
  }

  @Test func ranksAnswerTogether() async throws {
    let harness = try await HealthHarness()
    harness.train([session("s0", run: "r"), session("s1", run: "r"), session("other", run: "q")]) { command, session in
      guard command == "dist_health" else { return ["session": .string(session), "data": captured("plain", command)] }
      return ["session": .string(session), "data": captured("ranks", "dist_health", rank: session == "s0" ? 0 : 1)]
    }
    harness.store()
    let answer = try await harness.ask("health.run", ["checks": ["dist", "throughput"], "run": "r"])
    #expect(answer["results"]?[0]?["sentence"] == "All 2 ranks (gloo) have the same parameter names, shapes and types.")
    #expect(answer["results"]?[1]?["verdict"] == "ok")
    #expect(
      harness.conversation.sorted() == [
        "dist_health s0", "dist_health s1", "pause s0", "resume s0", "throughput_health s0", "throughput_health s1",
      ])
    await harness.host.close()
  }

  /// Two people may call their runs the same.
  @Test func runsOfOneNameInTwoProjectsAreNoRanks() async throws {
    let harness = try await HealthHarness()
    var (first, second) = (session("s1", run: "r"), session("s2", run: "r"))
    first["project"] = "a"
    second["project"] = "b"
    harness.train([first, second])
    harness.store()
    let failure = await #expect(throws: PluginFailure.self) { try await harness.ask("health.check", ["check": "dist", "run": "r"]) }
    #expect(
      failure?.message
        == "cannot tell which run to check: 2 sessions are connected: 's1' (r), 's2' (r); name one as 'session' or 'run'")
    _ = try await harness.ask("health.check", ["check": "dist", "session": "s2"])
    #expect(harness.conversation == ["pause s2", "dist_health s2", "resume s2"])
    await harness.host.close()
  }

  @Test func ranksThatDisagreeHaveFailed() async throws {
    let harness = try await HealthHarness()
    harness.train([session("s0", run: "r"), session("s1", run: "r")]) { _, session in
      [
        "session": .string(session), "milliseconds": 1,
        "data": ["ok": false, "is_distributed": true, "world_size": 2, "notes": ["State metadata differ"]],
      ]
    }
    harness.store()
    let answer = try await harness.ask("health.check", ["check": "dist"])
    #expect(answer["verdict"] == "failed")
    #expect(answer["sentence"] == "The ranks do not agree: State metadata differ.")
    await harness.host.close()
  }

  @Test func aStoreThatIsBusyGetsTheRowLater() async throws {
    let harness = try await HealthHarness()
    harness.train()
    harness.host.answer("runs.health") { _ in #"{"results":[]}"# }
    harness.host.answer("store.record_health") { _ in throw PluginFailure("the store is busy", retryable: true, status: .busy) }
    let answer = try await harness.ask("health.check", ["check": "dist"])
    #expect(answer["recorded"] == false)
    #expect(answer["notRecorded"] == "the store is busy")
    let (rows, inlet) = AsyncStream<String>.makeStream()
    harness.host.answer("store.record_health") { call in
      inlet.yield(String(decoding: call.input.bytes, as: UTF8.self))
      return #"{"id":1}"#
    }
    var waiting = rows.makeAsyncIterator()
    #expect(try JSONValue(parsing: await waiting.next() ?? "")["key"] == answer["key"])
    await harness.host.close()
  }

  @Test func aStoreThatIsBehindGetsTheRowWhenItKnowsTheRun() async throws {
    let harness = try await HealthHarness()
    harness.train()
    harness.host.answer("store.record_health") { _ in
      harness.store()
      throw PluginFailure("there is no run 'r'", code: "run_not_found", status: .notFound)
    }
    #expect(try await harness.ask("health.check", ["check": "dist"])["recorded"] == false)
    try await harness.stored(1)
    #expect(harness.stored[0]["run"] == "r")
    await harness.host.close()
  }

  @Test func withoutAStoreAResultIsStillAnswered() async throws {
    let harness = try await HealthHarness()
    harness.train()
    let answer = try await harness.ask("health.check", ["check": "throughput"])
    #expect(answer["verdict"] == "ok")
    #expect(answer["recorded"] == false)
    await harness.host.close()
  }

  @Test func throughputIsComparedWithTheLastResultThatHasIt() async throws {
    let harness = try await HealthHarness()
    harness.train()
    harness.store(history: [
      "results": [["verdict": "error", "fields": [:]], ["verdict": "ok", "step": 3, "fields": ["forward_only_ms_per_sample_med": 0.01]]]
    ])
    let answer = try await harness.ask("health.check", ["check": "throughput"])
    #expect(answer["verdict"] == "warning")
    #expect(answer["sentence"]?.stringValue?.contains("56 % fewer samples a second than last time (0.01 ms at step 3)") == true)
    await harness.host.close()
  }

  @Test(arguments: [
    (#"{}"#, "cannot read the input of 'health.check': 'check' must be given"),
    (#"{"check":"heart"}"#, "there is no check 'heart'; there are: dist, throughput, activations, numerics, determinism"),
    (#"{"check":3}"#, "cannot read the input of 'health.check': 'check' must be a text that is not empty"),
    (
      #"{"check":"dist","options":{"topk":3}}"#,
      "cannot check 'dist': it has no option 'topk'; there are: require_all_ranks, sample_weights"
    ),
    (#"{"check":"determinism","options":{"a":3}}"#, "cannot check 'determinism': it has no option 'a' and takes none"),
    (
      #"{"check":"activations","options":{"eps":0.7}}"#,
      "cannot check 'activations': its option 'eps' must be a number above 0 and below 0.5"
    ),
    (
      #"{"check":"throughput","options":{"budget_steps":0}}"#,
      "cannot check 'throughput': its option 'budget_steps' must be a whole number from 1 to 10000"
    ),
    (
      #"{"check":"dist","run":"nobody"}"#,
      "cannot check the health of 'nobody': no connected trainer trains it; 'trainer.list' shows those that are there"
    ),
    (
      #"{"check":"dist"}"#,
      "cannot tell which run to check: 2 sessions are connected: 's1' (r), 's2' (q); name one as 'session' or 'run'"
    ),
    (#"[1]"#, "cannot read the input of 'health.check': it is no object"),
  ])
  func wrongInput(_ input: String, _ sentence: String) async throws {
    let harness = try await HealthHarness()
    harness.train([session("s1", run: "r"), session("s2", run: "q")])
    #expect(try await harness.host.call("health.check", input).failure?.message == sentence)
    #expect(harness.conversation.isEmpty)
    await harness.host.close()
  }

  @Test func nobodyTrains() async throws {
    let harness = try await HealthHarness()
    harness.train([session("s1", run: "r", state: "lost", connected: false)])
    let failure = await #expect(throws: PluginFailure.self) { try await harness.ask("health.run") }
    #expect(
      failure?.message
        == "cannot check the health of a run: no trainer is connected; start a training script, or see 'trainer.list'")
    await harness.host.close()
  }

  @Test func optionsReachTheTrainer() async throws {
    let harness = try await HealthHarness()
    harness.train()
    harness.store()
    _ = try await harness.ask("health.run", ["checks": ["activations"], "options": ["activations": ["topk": 3]], "timeoutMs": 900])
    let input = try JSONValue(parsing: try await harness.host.called("trainer.request").input.bytes)
    #expect(input["payload"] == ["budget_steps": 2, "topk": 3, "eps": 0.001])
    #expect(input["timeoutMs"] == 900)
    await harness.host.close()
  }

  // MARK: - History

  @Test func theReportComparesWithTheResultBefore() async throws {
    let harness = try await HealthHarness()
    harness.host.answer("runs.health") { call in
      switch try JSONValue(parsing: call.input.bytes)["check"]?.stringValue {
      case "numerics":
        return #"{"results":[{"verdict":"failed","fields":{"a":1,"b":2}},{"verdict":"ok","fields":{"a":1,"c":3}}]}"#
      case "throughput":
        let name = ThroughputResult.measure
        return #"{"results":[{"verdict":"ok","fields":{"\#(name)":1}},{"verdict":"ok","fields":{"\#(name)":2}}]}"#
      case "dist": return #"{"results":[{"verdict":"ok","fields":{}}]}"#
      default: return #"{"results":[]}"#
      }
    }
    let report = try await harness.ask("health.report", ["run": "r"])
    let checks = report["checks"]?.arrayValue ?? []
    #expect(checks.map { $0["check"]?.stringValue } == ["dist", "throughput", "activations", "numerics", "determinism"])
    #expect(checks[1]["trend"] == "better")
    #expect(checks[2]["latest"] == .null)
    #expect(checks[3]["trend"] == "worse")
    #expect(checks[3]["changed"] == ["b": ["before": .null, "now": 2], "c": ["before": 3, "now": .null]])
    #expect(report["verdict"] == "failed")
    #expect(report["sentence"] == "1 check of 3 found something; 2 checks were never made.")
    await harness.host.close()
  }

  @Test func listsPassToTheStore() async throws {
    let harness = try await HealthHarness()
    harness.store(history: ["results": [["id": 1]]], alerts: ["alerts": [["id": 2]]])
    #expect(try await harness.ask("health.list", ["run": "r", "check": "dist"]) == ["results": [["id": 1]]])
    let asked = try await harness.host.called("runs.health").input.bytes
    #expect(try JSONValue(parsing: asked) == ["run": "r", "check": "dist", "limit": 20])
    #expect(try await harness.ask("health.alerts", ["open": true]) == ["alerts": [["id": 2]]])
    let failure = await #expect(throws: PluginFailure.self) { try await harness.ask("health.list", ["limit": 1000]) }
    #expect(failure?.message == "cannot read the input of 'health.list': 'limit' must be a whole number from 1 to 200")
    await harness.host.close()
  }
}
