// SPDX-License-Identifier: Apache-2.0
// Each typed command: what is sent, what is answered, what is recorded, and what is refused.

import FoundationEssentials
import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import Trainer

@Suite(.timeLimit(.minutes(1))) struct TypedCommandTests {
  private let here = FileManager.default.currentDirectoryPath

  @Test(
    arguments: [
      ("trainer.info", [:], "server_info", [:]),
      ("trainer.save", [:], "save_ckpt", [:]),
      ("trainer.load", ["path": "/x.pt"], "load_ckpt", ["path": "/x.pt"]),
      ("trainer.test", ["label": "lunch"], "test", ["label": "lunch", "source": "manual"]),
      ("trainer.test", ["now": true], "test_now", ["label": "final"]),
      ("trainer.reset", ["reason": "again"], "reset_session", ["reason": "again"]),
      (
        "trainer.export_subset", ["run": "r", "format": "csv", "path": "/t.csv", "indices": [3]], "export_subset",
        ["run_id": "r", "format": "csv", "out_path": "/t.csv", "subset_indices": [3]]
      ),
      ("trainer.prepare_export", ["dir": "/d"], "prepare_export", ["dir": "/d", "latest_only": true]),
      ("trainer.spill_all", ["dir": "/d"], "spill_all", ["dir": "/d"]),
      ("trainer.propose_subsets", [:], "propose_subsets", [:]),
      ("trainer.seeds", ["fork": 3], "set_counter_seeds", ["fork_counter_init": 3, "merge_counter_init": 0]),
      ("trainer.clean_disk", ["confirm": "clean_disk"], "clean_disk", [:]),
      ("trainer.enforce_version", ["confirm": "enforce_version", "message": "too old"], "enforce_version", ["message": "too old"]),
      ("trainer.pause", ["reason": "lunch"], "pause", ["reason": "lunch"]),
      ("trainer.resume", [:], "resume", [:]),
      ("trainer.stop", [:], "stop", [:]),
    ] as [(String, JSONValue, String, JSONValue)])
  func commandIsSentAsTheTrainerWantsIt(command: String, input: JSONValue, wire: String, payload: JSONValue) async throws {
    let bench = try await PluginBench()
    let trainer = try await bench.trainer()
    #expect(try await bench.ask(command, input)["session"] == "sess-a")
    #expect(trainer.commands == [wire] && trainer.payload(of: wire) == payload)
    await bench.host.close()
  }

  @Test(
    arguments: [
      ("trainer.load", [:], "cannot do 'trainer.load': give the checkpoint's file as 'path'"),
      (
        "trainer.export_subset", ["format": "xls"],
        "cannot read the input of 'trainer.export_subset': 'format' must be one of 'parquet', 'csv', 'feather'"
      ),
      (
        "trainer.export_subset", ["indices": [-1]],
        "cannot read the input of 'trainer.export_subset': 'indices' must be an array of whole numbers that are not negative"
      ),
      (
        "trainer.export_subset", ["indices": []],
        "cannot do 'trainer.export_subset': 'indices' is empty; leave it out to export the run's own samples"
      ),
      ("trainer.switch", [:], "cannot do 'trainer.switch': name the run as 'run'"),
      (
        "trainer.clean_disk", [:],
        "'clean_disk' deletes every file in the trainer's save folder, also those it did not write; if that is what you want, repeat it with "
          + "'confirm' set to 'clean_disk'"
      ),
      (
        "trainer.enforce_version", ["confirm": "clean_disk"],
        "'enforce_version' ends the training with an error in the user's script; if that is what you want, repeat it with 'confirm' set to "
          + "'enforce_version'"
      ),
      ("trainer.report", ["subset_on": 5], "cannot read the input of 'trainer.report': 'subset_on' must be one of 'train', 'val'"),
      ("trainer.fork", ["session": "nobody"], "there is no session 'nobody'; 'trainer.list' shows all that are known"),
    ] as [(String, JSONValue, String)])
  func inputThatMeansNothingIsExplainedAndNotSent(command: String, input: JSONValue, message: String) async throws {
    let bench = try await PluginBench()
    let trainer = try await bench.trainer()
    #expect(try await bench.refusal(command, input)?.message == message)
    #expect(trainer.commands.isEmpty)
    await bench.host.close()
  }

  // MARK: - Paths

  @Test func pathsInAnswersAreAbsoluteAndKeptAsGiven() async throws {
    let bench = try await PluginBench()
    _ = try await bench.trainer()
    let answer = try await bench.ask("trainer.pause")
    #expect(answer["data"]?["ckpt"] == .string(here + "/checkpoints/demo__baseline__step5.pt"))
    #expect(answer["asGiven"] == ["ckpt": "checkpoints/demo__baseline__step5.pt"])
    await bench.host.close()
  }

  @Test func relativePathBeginsInTheTrainersDirectory() async throws {
    let bench = try await PluginBench()
    let trainer = try await bench.trainer()
    _ = try await bench.ask("trainer.load", ["path": "checkpoints/x.pt"])
    #expect(trainer.payload(of: "load_ckpt") == ["path": .string(here + "/checkpoints/x.pt")])
    #expect(throws: PluginFailure.self) { try TrainerPaths.toSend("x", "path", in: nil) }
    await bench.host.close()
  }

  @Test(
    arguments: [
      ("pause", ["ckpt": "./a/./b.pt"], ["ckpt": "/d/a/b.pt"]), ("pause", ["ckpt": nil], ["ckpt": nil]),
      ("prepare_export", ["ckpt": ["path": "x", "step": 1]], ["ckpt": ["path": "/d/x", "step": 1]]),
      ("merge", ["paths": ["x", "/y"]], ["paths": ["/d/x", "/y"]]), ("fork", ["ckpt": "x"], ["ckpt": "x"]), ("pause", [1], [1]),
    ] as [(String, JSONValue, JSONValue)])
  func pathsAreFoundWhereTheyAre(command: String, data: JSONValue, expected: JSONValue) {
    #expect(TrainerPaths.absolute(data, of: command, in: "/d").data == expected)
    #expect(TrainerPaths.absolute(data, of: command, in: nil).data == data)
  }

  // MARK: - Replies that are recorded

  @Test func replyThatLeavesSomethingBehindIsPublishedAsItCame() async throws {
    let bench = try await PluginBench()
    let trainer = try await bench.trainer()
    _ = try await bench.ask("trainer.pause", ["reason": "é"])
    var reply = try await bench.event("trainer.reply") { $0["cmd"] == "pause" }
    #expect(try #require(reply["ts"]?.doubleValue) > 1_700_000_000)
    reply["ts"] = nil
    #expect(
      reply == [
        "type": "reply", "key": .string(try #require(trainer.id(of: "pause"))), "id": .string(try #require(trainer.id(of: "pause"))),
        "ok": true, "cmd": "pause", "session_id": "sess-a", "run_id": "baseline", "payload": ["reason": "é"], "cwd": .string(here),
        "data": ["status": "paused", "step": 5, "ckpt": "checkpoints/demo__baseline__step5.pt"],
      ])
    _ = try await bench.ask("trainer.info")
    #expect(bench.host.allPublished("trainer.reply").count == 1)
    await bench.host.close()
  }

  @Test func refusedCommandLeavesNothing() async throws {
    let bench = try await PluginBench()
    _ = try await bench.trainer { command, _ in command == "test" ? ["ok": false, "error": "no loader"] : ["refused": "no"] }
    #expect(try await bench.refusal("trainer.pause") != nil)
    #expect(try await bench.refusal("trainer.test") != nil)
    #expect(bench.host.allPublished("trainer.reply").isEmpty)
    await bench.host.close()
  }

  @Test func lateReplyReachesNobodyButIsRecorded() async throws {
    let bench = try await PluginBench()
    let trainer = try await bench.trainer { _, _ in nil }
    #expect(try await bench.refusal("trainer.request", ["cmd": "fork", "timeoutMs": 20])?.code == "timed_out")
    let id = try #require(trainer.id(of: "fork"))
    #expect(try await bench.refusal("trainer.fork", ["timeoutMs": 20])?.code == "in_flight", "it may still be carried out")
    trainer.trainer.send(#"{"id":"\#(id)","ok":true,"data":{"new_run":"fork1","subset_indices":[1]}}"#)
    #expect(try await bench.event("trainer.reply") { $0["cmd"] == "fork" }["data"]?["new_run"] == "fork1")
    trainer.trainer.send(#"{"id":"\#(id)","ok":true,"data":{"new_run":"again"}}"#, step(2, seq: 2))
    try await bench.event("trainer.step") { $0["step"] == 2 }
    #expect(bench.host.allPublished("trainer.reply").count == 1)
    #expect(trainer.commands == ["fork"], "a timeout sends nothing")
    await bench.host.close()
  }

  // MARK: - Reports

  @Test func reportIsSummarisedAndRecordedWhole() async throws {
    let bench = try await PluginBench()
    let trainer = try await bench.trainer()
    var answer = try await bench.ask("trainer.report")
    #expect(trainer.commands == ["pause", "generate_report", "resume"])
    #expect(trainer.payload(of: "generate_report") == ["subset_on": "train"])
    #expect(answer["key"] == trainer.id(of: "generate_report").map { .string($0) })
    answer["key"] = nil
    answer["milliseconds"] = nil
    #expect(
      answer == [
        "session": "sess-a", "run": "baseline", "subset_on": "train", "samples": 4, "nulls": 1, "mean": 0.8333333333333334, "min": 0.25,
        "max": 1.5, "median": 0.75, "at_step": 5, "at_epoch": 1, "subset_count": 0, "trainerNote": "train split",
        "checkpoint": .string(here + "/checkpoints/r.pt"), "resumed": true,
        "note": "the losses and their samples are recorded: 'runs.report' gives them, page by page",
      ])
    #expect(try await bench.event("trainer.reply") { $0["cmd"] == "generate_report" }["data"]?["losses"] == [0.25, nil, 1.5, 0.75])
    await bench.host.close()
  }

  @Test func reportOfSeventeenMegabytesIsOneRecordAndAShortAnswer() async throws {
    let bench = try await PluginBench()
    let losses = JSONValue.array(Array(repeating: .number(0.693147182464599), count: 600_000))
    _ = try await bench.trainer { command, payload in
      command == "generate_report"
        ? ["losses": losses, "sample_indices": .array((0..<600_000).map { .integer($0) }), "meta": ["note": "big"]]
        : ObedientTrainer.usual(command, payload)
    }
    let answer = try await bench.ask("trainer.report", ["timeoutMs": 60_000])
    #expect(answer["samples"] == 600_000 && answer.serialized().utf8.count < 1_000)
    let record = bench.host.allPublished("trainer.reply").first { $0.text.contains(#""cmd":"generate_report""#) }
    #expect(try #require(record).text.utf8.count > 14 << 20)
    await bench.host.close()
  }

  // MARK: - Resets

  @Test func resetGoesOnAsAnotherSessionThatIsPaused() async throws {
    let bench = try await PluginBench()
    let trainer = try await bench.trainer()
    #expect(try await bench.ask("trainer.reset")["data"]?["session_id"] == "sess-reset")
    let sessions = try #require(try await bench.ask("trainer.list")["sessions"]?.arrayValue)
    #expect(sessions.map { $0["session"] } == ["sess-reset", "sess-a"])
    #expect(sessions.map { $0["state"] } == ["paused", "ended"] && sessions[0]["run"] == "baseline#2")
    #expect(sessions[1]["reason"] == "its trainer went on to another session")
    #expect(try await bench.ask("trainer.resume")["session"] == "sess-reset")
    trainer.trainer.send(
      #"{"type": "resumed", "step": 0, "run_id": "baseline#2", "ts": \#(WallClock.now), "session_id": "sess-reset", "event_seq": 1}"#)
    try await bench.status { $0["session_id"] == "sess-reset" && $0["state"] == "running" }
    await bench.host.close()
  }

  // MARK: - Twice at once

  @Test(arguments: [
    ("trainer.test", "test"), ("trainer.report", "generate_report"), ("trainer.reset", "reset_session"), ("trainer.fork", "fork"),
  ])
  func secondOneWhileTheFirstIsOnItsWayIsRefused(command: String, wire: String) async throws {
    let bench = try await PluginBench()
    let trainer = try await bench.trainer { $0 == wire ? nil : ObedientTrainer.usual($0, $1) }
    let first = bench.host.begin(command, json: "{}")
    try await trainer.received(wire)
    let refusal = try #require(try await bench.refusal(command))
    #expect(refusal.code == "in_flight" && refusal.status == .busy && refusal.retryable)
    #expect(
      refusal.message
        == "'\(wire)' of session 'sess-a' was asked for and is not over yet; wait for it, 'trainer.list' shows when the session is no longer busy"
    )
    #expect(try await bench.refusal("trainer.request", ["cmd": .string(wire)])?.code == "in_flight")
    let id = try #require(trainer.id(of: wire))
    trainer.trainer.send(#"{"id":"\#(id)","ok":true,"data":{"new_run":"fork1","losses":[]}}"#)
    #expect(try await first.answer().failure == nil)
    #expect(trainer.commands.filter { $0 == wire }.count == 1)
    await bench.host.close()
  }

  /// An answer may be here before the sending of its command has returned.
  @Test func oneAfterTheOtherIsNeverRefused() async throws {
    let bench = try await PluginBench()
    let trainer = try await bench.trainer()
    for _ in 0..<300 { #expect(try await bench.ask("trainer.test")["data"]?["status"] == "ok") }
    #expect(trainer.commands.count == 300)
    await bench.host.close()
  }

  @Test(arguments: ["pause", "resume"]) func twoPausesAreOne(wire: String) async throws {
    let bench = try await PluginBench()
    let trainer = try await bench.trainer { _, _ in nil }
    let calls = (1...3).map { _ in bench.host.begin("trainer.\(wire)", json: "{}") }
    try await trainer.received(wire)
    // The others wait for the first one's answer, or find it gone and ask themselves: either way each is answered.
    let answering = Task {
      var count = 0
      while true {
        try await trainer.received(count: count + 1)
        for id in trainer.unanswered {
          trainer.trainer.send(#"{"id":"\#(id)","ok":true,"data":{"step":9}}"#)
          count += 1
        }
      }
    }
    for call in calls { #expect(try JSONValue(parsing: try await call.answer().text)["data"]?["step"] == 9) }
    answering.cancel()
    await bench.host.close()
  }

  // MARK: - Lightning

  @Test func testInTheMiddleOfATrainingUnderLightningMustBeConfirmed() async throws {
    let bench = try await PluginBench()
    let trainer = try await bench.trainer()
    trainer.trainer.send(
      #"{"type":"log","level":"info","text":"[fit_driver] begins","run_id":"baseline","ts":1700000009,"session_id":"sess-a","event_seq":2}"#
    )
    try await bench.status { $0["lightning"] == true }
    let message =
      "'test' in the middle of a training under Lightning ends the training with an error at the next resume; if that is what you want, repeat "
      + "it with 'confirm' set to 'test'"
    #expect(try await bench.refusal("trainer.test")?.message == message)
    #expect(try await bench.refusal("trainer.request", ["cmd": "test_now", "confirm": "test"])?.code == "not_confirmed")
    #expect(trainer.commands.isEmpty)
    _ = try await bench.ask("trainer.test", ["confirm": "test"])
    let fork = try await bench.ask("trainer.fork", ["indices": [1]])
    #expect(
      fork["warnings"]?[0]
        == "under Lightning the chosen samples do not reach the loader that was given to 'fit': the fork trains on all of them")
    await bench.host.close()
  }
}
