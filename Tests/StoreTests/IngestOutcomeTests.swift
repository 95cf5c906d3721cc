// SPDX-License-Identifier: Apache-2.0

import JSON
import SQLite
import Testing

@testable import Store

@Suite struct IngestOutcomeTests {
  private let ingest: IngestHarness

  init() throws { ingest = try IngestHarness() }

  /// What comes twice is there once: the table is asked after both.
  private func taken(_ event: JSONValue, from origin: EventBatch.Origin = .trainer, _ sql: String) throws -> [String] {
    try ingest.take(event, from: origin)
    try ingest.commit()
    let once = try ingest.rows(sql)
    try ingest.take(event, from: origin)
    try ingest.commit()
    try ingest.restart()
    try ingest.take(event, from: origin)
    try ingest.commit()
    #expect(try ingest.rows(sql) == once)
    return once
  }

  // MARK: Tests

  @Test func aTestAtTheEndIsOneRowThoughItIsToldTwice() throws {
    let test: [String: JSONValue] = [
      "status": "ok", "avg_loss": 0.5, "step": 12, "label": "final", "ckpt_path": "/ck/p__r__step12.pt", "source": "auto",
    ]
    try ingest.take(event("test_complete", seq: 5, test), event("auto_test_complete", seq: 6, test))
    // In the other order, in another session.
    try ingest.take(event("auto_test_complete", seq: 6, session: "t", test), event("test_complete", seq: 5, session: "t", test))
    // Another test at the same step is another test.
    try ingest.take(event("test_complete", seq: 9, test.merging(["label": "probe", "source": "manual", "avg_loss": .null]) { $1 }))
    try ingest.commit()
    #expect(
      try ingest.rows("SELECT session, seq, label, source, step, avg_loss, checkpoint, ts FROM tests ORDER BY id") == [
        "1|5|final|auto|12|0.5|/ck/p__r__step12.pt|1005.0", "2|6|final|auto|12|0.5|/ck/p__r__step12.pt|1006.0",
        "1|9|probe|manual|12|-|/ck/p__r__step12.pt|1009.0",
      ])
    #expect(try ingest.rows("SELECT run, step, path, kind FROM checkpoints") == ["1|12|/ck/p__r__step12.pt|test"])
  }

  @Test func aTestStepWithoutALossHasNone() throws {
    try ingest.take(event("testStep", seq: 1, ["step": 1, "loss": 0.25]), event("testStep", seq: 2, ["step": 2, "loss": .null]))
    #expect(
      try taken(event("testStep", seq: 3, ["step": 3, "loss": "much"]), "SELECT step, loss FROM test_steps ORDER BY seq")
        == ["1|0.25", "2|-", "3|-"])
    #expect(try ingest.rows("SELECT count(*) FROM metrics") == ["0"])
  }

  // MARK: Checkpoints

  @Test(
    arguments: [
      (event("checkpoint_saved", seq: 1, ["path": "/c/a.pt", "step": 4]), "4|/c/a.pt|save"),
      (event("paused", seq: 1, ["ckpt": "/c/a.pt", "step": 4]), "4|/c/a.pt|pause"),
      (event("checkpoint_saved", seq: 1, ["path": "/c/p__r__step7.pt"]), "7|/c/p__r__step7.pt|save"),
      (event("checkpoint_saved", seq: 1, ["path": .null, "step": 4]), nil),
      (event("checkpoint_saved", seq: 1, ["path": "", "step": 4]), nil),
      (event("checkpoint_saved", seq: 1, ["path": 5, "step": 4]), nil), (event("checkpoint_saved", seq: 1, ["path": "/no/step.pt"]), nil),
      (event("checkpoint_loaded", seq: 1, ["path": "/c/a.pt", "step": 4]), nil), (event("paused", seq: 1, ["step": 4]), nil),
    ] as [(JSONValue, String?)])
  func anEventsCheckpointIsWrittenDown(event: JSONValue, row: String?) throws {
    #expect(try taken(event, "SELECT step, path, kind FROM checkpoints") == [row].compactMap { $0 })
  }

  @Test func aForkBeginsFromItsParentsCheckpoint() throws {
    let meta: JSONValue = ["kind": "fork", "from": "base", "at_step": 31, "init_from": "/c/p__base__step30.pt"]
    let sql = "SELECT name, step, path, kind FROM checkpoints JOIN runs ON runs.id = run"
    #expect(
      try taken(event("newRun", seq: 1, run: "fork1", ["parents": ["base"], "meta": meta]), sql) == ["base|30|/c/p__base__step30.pt|fork"])
    #expect(
      try ingest.rows("SELECT c.name, p.name FROM run_edges JOIN runs c ON c.id = child JOIN runs p ON p.id = parent") == ["fork1|base"])
  }

  @Test(
    arguments: [
      ("pause", ["status": "paused", "step": 3, "ckpt": "/c/a.pt"], "r|3|/c/a.pt|pause"),
      ("save_ckpt", ["path": "/c/a.pt", "step": 3], "r|3|/c/a.pt|save"), ("save_ckpt", ["path": .null, "step": 3], nil),
      ("test_now", ["ckpt_path": "/c/a.pt", "step": 3, "run_id": "other"], "other|3|/c/a.pt|test"),
      ("test", ["ckpt_path": "/c/a.pt", "step": 3], "r|3|/c/a.pt|test"),
      ("prepare_export", ["ckpt": ["path": "/c/a.pt", "run": "other", "step": 3], "snapshots": []], "other|3|/c/a.pt|export"),
      ("prepare_export", ["ckpt": ["path": .null, "run": "other", "step": 3]], nil), ("prepare_export", ["ckpt": .null], nil),
      ("load_ckpt", ["path": "/c/a.pt", "step": 3], nil),
    ] as [(String, JSONValue, String?)])
  func anAnswersCheckpointIsWrittenDown(command: String, data: JSONValue, row: String?) throws {
    let sql = "SELECT name, step, path, kind FROM checkpoints JOIN runs ON runs.id = run"
    #expect(try taken(reply(command, data), from: .reply, sql) == [row].compactMap { $0 })
  }

  @Test func relativePathsBelongToTheTrainersDirectory() throws {
    func saved(_ seq: Int, _ path: String) -> JSONValue {
      event("checkpoint_saved", seq: seq, ["path": .string(path), "step": .integer(Int64(seq))])
    }
    try ingest.take(saved(1, "./checkpoints/a.pt"))
    try ingest.take(["type": "status", "session_id": "s", "state": "running", "cwd": "/home/ada", "pid": 7], from: .status)
    try ingest.take(saved(2, "./checkpoints/a.pt"), saved(3, "checkpoints/a.pt"), saved(4, "/c/a.pt"), saved(5, "../a.pt"))
    try ingest.take(event("artifact_created", seq: 6, ["path": "out.csv", "rows": 3]))
    try ingest.take(reply("save_ckpt", cwd: "/srv/", ["path": ".//a.pt", "step": 7]), from: .reply)
    try ingest.commit()
    #expect(
      try ingest.rows("SELECT path FROM checkpoints ORDER BY step") == [
        "/home/ada/checkpoints/a.pt", "/home/ada/checkpoints/a.pt", "/home/ada/checkpoints/a.pt", "/c/a.pt", "/home/ada/../a.pt",
        "/srv/a.pt",
      ])
    #expect(try ingest.rows("SELECT path, rows FROM artifacts") == ["/home/ada/out.csv|3"])
    #expect(try ingest.rows("SELECT pid, cwd FROM sessions") == ["7|/home/ada"])
  }

  @Test func pathsFromBeforeTheDirectoryWasKnownAreSettled() throws {
    try ingest.take(
      event("checkpoint_saved", seq: 1, ["path": "ckpt/a.pt", "step": 1]),
      event("checkpoint_saved", seq: 2, ["path": "ckpt/b.pt", "step": 2]),
      event("test_complete", seq: 3, ["label": "final", "step": 3, "ckpt_path": "./t.pt"]),
      event("artifact_created", seq: 4, ["path": "out.csv"]),
      event("checkpoint_saved", seq: 1, session: "other", ["path": "ckpt/a.pt", "step": 9]))
    // The same file again, by an answer that brings the directory.
    try ingest.take(reply("save_ckpt", cwd: "/home/ada", ["path": "ckpt/b.pt", "step": 2]), from: .reply)
    try ingest.take(
      reply("generate_report", key: "p", ["losses": [], "sample_indices": [], "meta": ["owner_ckpt_path": "ckpt/a.pt"]]), from: .reply)
    try ingest.commit()
    try ingest.database.execute(
      "INSERT INTO checkpoints(run, session, step, path, kind) SELECT run, session, 50, 'bundle:x.pt', kind FROM checkpoints WHERE step = 1"
    )
    // Without a directory, or with one that is none, all stays as it is.
    try ingest.take(["type": "status", "session_id": "s", "pid": 7], ["type": "status", "session_id": "s", "cwd": 3], from: .status)
    try ingest.commit()
    #expect(try ingest.rows("SELECT count(*) FROM checkpoints WHERE path GLOB 'ckpt/*'") == ["3"])
    try ingest.restart()
    try ingest.take(["type": "status", "session_id": "s", "cwd": "/home/ada"], from: .status)
    let changed = try ingest.inserter.ledger.flush().runs.map(\.name)
    #expect(changed == ["r"])
    try ingest.commit()
    #expect(
      try ingest.rows("SELECT s.name, step, path FROM checkpoints JOIN sessions s ON s.id = session ORDER BY s.name, step") == [
        "other|9|ckpt/a.pt", "s|1|/home/ada/ckpt/a.pt", "s|2|/home/ada/ckpt/b.pt", "s|3|/home/ada/t.pt", "s|50|bundle:x.pt",
      ])
    #expect(try ingest.rows("SELECT checkpoint FROM tests") == ["/home/ada/t.pt"])
    #expect(try ingest.rows("SELECT path FROM artifacts") == ["/home/ada/out.csv"])
    #expect(try ingest.rows("SELECT checkpoint FROM reports") == ["/home/ada/ckpt/a.pt"])
  }

  // MARK: Answers

  @Test func aForksSubsetAndParentAreKept() throws {
    let answer = reply("fork", ["new_run": "fork1", "subset_indices": [3, 258, 9_007_199_254_740_993]])
    #expect(
      try taken(answer, from: .reply, "SELECT name, count, hex(indices), ts FROM subsets JOIN runs ON runs.id = run")
        == ["fork1|3|030000000000000002010000000000000100000000002000|2000.0"])
    #expect(try ingest.rows("SELECT c.name, p.name FROM run_edges JOIN runs c ON c.id = child JOIN runs p ON p.id = parent") == ["fork1|r"])
    // The same name again, later: the younger one counts. And an older answer that comes late does not.
    try ingest.take(reply("fork", key: "l", ts: 2_500, ["new_run": "fork1", "subset_indices": [1]]), answer, from: .reply)
    try ingest.take(reply("fork", key: "m", ["new_run": "fork2", "subset_indices": []]), from: .reply)
    try ingest.take(reply("fork", key: "n", ["new_run": .null, "subset_indices": []]), from: .reply)
    try ingest.commit()
    #expect(try ingest.rows("SELECT name, count FROM subsets JOIN runs ON runs.id = run") == ["fork1|1"])
    #expect(try ingest.rows("SELECT name FROM runs ORDER BY name") == ["fork1", "fork2", "r"])
  }

  @Test func allParentsOfAMergeAreKept() throws {
    let sql = "SELECT p.name FROM run_edges JOIN runs p ON p.id = parent ORDER BY 1"
    let answer = reply("merge", ["new_run": "merge1", "parents": ["a", "b", "c"], "paths": []])
    #expect(try taken(answer, from: .reply, sql) == ["a", "b", "c"])
    try ingest.take(event("newRun", seq: 1, run: "merge1", ["parents": ["a", "b", "c", "merge1", 5]]))
    try ingest.commit()
    #expect(try ingest.rows(sql) == ["a", "b", "c"])
  }

  @Test func aResetMakesTheRunThatNobodyAnnounces() throws {
    try ingest.take(["type": "status", "session_id": "s", "run_id": "r", "state": "running", "cwd": "/home/ada", "pid": 7], from: .status)
    let answer = reply(
      "reset_session", ["ok": true, "run_id": "r#2", "display_name": "r again", "project": "demo", "session_id": "sess-2"])
    #expect(
      try taken(answer, from: .reply, "SELECT name, display_name, project, state FROM runs WHERE name = 'r#2'")
        == ["r#2|r again|demo|paused"])
    #expect(try ingest.rows("SELECT name, project, pid, cwd FROM sessions ORDER BY id") == ["s|-|7|/home/ada", "sess-2|demo|7|/home/ada"])
    // It goes on; the answer once more is no pause.
    try ingest.take(step(1, seq: 5, run: "r#2", session: "sess-2"))
    try ingest.take(answer, from: .reply)
    try ingest.commit()
    #expect(try ingest.rows("SELECT state, steps FROM runs WHERE name = 'r#2'") == ["running|1"])
  }

  @Test func aReportKeepsItsLossesAndTheirSamples() throws {
    let meta: JSONValue = [
      "note": "n", "samples": 3, "subset_on": "train", "at_step": 30, "at_epoch": 2, "owner_ckpt_path": "ck/a.pt",
    ]
    let data: JSONValue = ["losses": [0.5, .null, 2], "sample_indices": [7, 0, 3], "owner_run_id": "r", "meta": meta]
    #expect(
      try taken(
        reply("generate_report", cwd: "/home/ada", data), from: .reply,
        "SELECT key, subset_on, note, step, epoch, checkpoint, samples, ts, hex(indices) FROM reports")
        == ["k|train|n|30|2|/home/ada/ck/a.pt|3|2000.0|070000000000000000000000000000000300000000000000"])
    // 0.5, the one "not a number" that every program knows, 2.
    #expect(try ingest.rows("SELECT hex(losses) FROM reports") == ["000000000000E03F000000000000F87F0000000000000040"])
    try ingest.take(reply("generate_report", key: "l", ["losses": [], "sample_indices": []]), from: .reply)
    try ingest.commit()
    #expect(try ingest.rows("SELECT key, samples, subset_on, step FROM reports WHERE key = 'l'") == ["l|0|val|-"])
  }

  @Test func aReportOfAMillionSamplesIsOneRow() throws {
    let count = 1_000_000
    var line =
      #"{"type":"reply","key":"big","cmd":"generate_report","session_id":"s","run_id":"r","ts":1.5,"payload":{},"data":{"losses":["#
    line += (0..<count).map { "0.\($0 % 997)1234567890" }.joined(separator: ",")
    line += #"],"sample_indices":["# + (0..<count).map(String.init).joined(separator: ",") + "]}}"
    #expect(line.utf8.count > 17 << 20)
    try ingest.take(text: line, from: .reply)
    try ingest.commit()
    #expect(try ingest.rows("SELECT samples, length(losses), length(indices) FROM reports") == ["1000000|8000000|8000000"])
    let (losses, indices) = ("hex(substr(losses, 8 * 998 - 7, 8))", "hex(substr(indices, 7999993))")
    #expect(try ingest.rows("SELECT \(losses), \(indices) FROM reports") == ["\(hex(0.01234567890.bitPattern))|\(hex(999_999))"])
    #expect(ingest.inserter.counts.rejected == 0)
  }

  private func hex(_ word: UInt64) -> String {
    stride(from: UInt64(0), to: 64, by: 8).map { shift in
      let digits = String(UInt8(truncatingIfNeeded: word >> shift), radix: 16, uppercase: true)
      return digits.count == 2 ? digits : "0" + digits
    }.joined()
  }

  /// Counted, told, and no harm to what comes with it.
  @Test(
    arguments: [
      ("generate_report", ["losses": [1, 2], "sample_indices": [1]]), ("generate_report", ["losses": [1]]),
      ("generate_report", ["sample_indices": [1]]), ("generate_report", [:]), ("generate_report", ["losses": 5, "sample_indices": 5]),
      ("generate_report", ["losses": ["1"], "sample_indices": [1]]), ("generate_report", ["losses": [[1]], "sample_indices": [1]]),
      ("generate_report", ["losses": [1], "sample_indices": [-1]]), ("generate_report", ["losses": [1], "sample_indices": [1.5]]),
      ("generate_report", ["losses": [1], "sample_indices": [.null]]), ("generate_report", ["losses": [1], "sample_indices": [1e300]]),
      ("fork", ["new_run": "f", "subset_indices": [-1]]), ("fork", ["new_run": "f", "subset_indices": "all"]), ("fork", "f"),
      ("fork", .null),
      ("reset_session", ["ok": true]), ("reset_session", ["run_id": 5]), ("pause", [1]),
    ] as [(String, JSONValue)])
  func aHostileAnswerIsPassedOver(command: String, data: JSONValue) throws {
    try ingest.take(step(1, seq: 1))
    try ingest.take(reply(command, data), from: .reply)
    try ingest.take(step(2, seq: 2))
    #expect(ingest.inserter.counts.rejected == 1)
    #expect(ingest.inserter.takeRefusals().count == 1)
    try ingest.commit()
    #expect(
      try ingest.rows("SELECT (SELECT count(*) FROM reports), (SELECT count(*) FROM subsets), steps FROM runs WHERE name = 'r'") == [
        "0|0|2"
      ])
  }

  @Test func strangeAnswersStatusesAndProcessesDoNoHarm() throws {
    for origin in [EventBatch.Origin.reply, .status, .process, .disconnection, .trainer] {
      for text in ["", "null", "[]", "{", "{}", #"{"cmd":5,"key":[],"data":{}}"#, #"{"type":{},"session_id":7,"run_id":{},"state":"up"}"#] {
        try ingest.take(text: text, from: origin)
      }
    }
    let long = String(repeating: "ñ/", count: 5_000)
    try ingest.take(reply("fork", run: long, session: long, ["new_run": .string(long), "subset_indices": [1]]), from: .reply)
    try ingest.take(reply("generate_report", key: "l", run: nil, session: nil, ["losses": [1], "sample_indices": [1]]), from: .reply)
    try ingest.take(reply("pause", key: "m", run: nil, ["ckpt": "/a.pt", "step": 1]), from: .reply)
    try ingest.take(["session_id": .string(long), "run_id": .string(long), "state": "testing", "pid": -1.5, "cwd": []], from: .status)
    try ingest.take(event("process_started", seq: 1, session: "proc-1", ["command": "x", "pid": "y", "cwd": 3]), from: .process)
    try ingest.take(event("process_ended", seq: 2, session: "proc-1", ["exit_status": "bad", "exit_signal": .null]), from: .process)
    try ingest.commit()
    #expect(try ingest.rows("SELECT count(*) FROM subsets") == ["1"])
    #expect(try ingest.rows("SELECT command, pid, cwd, exit_status FROM sessions WHERE name = 'proc-1'") == ["[]|-|-|-"])
    #expect(try ingest.database.text("PRAGMA integrity_check") == "ok")
  }

  @Test func refusalsOfAFloodAreTellableAndFew() throws {
    for _ in 0..<1_000 { try ingest.take(text: "no JSON") }
    #expect(ingest.inserter.counts.rejected == 1_000)
    #expect(ingest.inserter.takeRefusals() == Array(repeating: "a line that is no JSON object", count: 8))
  }

  // MARK: Statuses

  private func status(_ state: String, session: String = "s") -> JSONValue {
    ["type": "status", "session_id": .string(session), "run_id": "r", "state": .string(state), "ts": 5]
  }

  private func state(after events: [(JSONValue, EventBatch.Origin)]) throws -> String {
    for (event, origin) in events { try ingest.take(event, from: origin) }
    try ingest.commit()
    return try ingest.rows("SELECT state FROM runs WHERE name = 'r'").first ?? "none"
  }

  @Test func aStatusTellsOfATestAndOfItsEnd() throws {
    #expect(try state(after: [(step(1, seq: 1), .trainer), (status("testing"), .status)]) == "testing")
    #expect(try state(after: [(step(2, seq: 2), .trainer)]) == "testing")
    #expect(try state(after: [(status("running"), .status)]) == "running")
    #expect(try state(after: [(status("testing"), .status), (status("paused"), .status)]) == "paused")
  }

  /// `switch_run` pauses without an event; the batch in flight still ends.
  @Test func aStatusTellsOfAPauseThatNoEventTells() throws {
    #expect(try state(after: [(step(50, seq: 1), .trainer), (status("paused"), .status), (step(51, seq: 2), .trainer)]) == "paused")
    #expect(try state(after: [(status("running"), .status)]) == "running")
    #expect(try state(after: [(status("lost", session: "other"), .status)]) == "running")
    #expect(try state(after: [(status("lost"), .status)]) == "lost")
  }

  @Test func anEndedSessionsRunIsFinishedUnlessAnEventSaidMore() throws {
    #expect(try state(after: [(step(1, seq: 1), .trainer), (status("ended"), .status)]) == "finished")
    let stopped = event("trainingFinished", seq: 3, ["status": "stopped"])
    #expect(try state(after: [(step(2, seq: 2, session: "t"), .trainer), (step(3, seq: 2), .trainer), (stopped, .trainer)]) == "stopped")
    #expect(try state(after: [(status("ended"), .status)]) == "stopped")
  }

  // MARK: Processes

  @Test func aProcessAndItsLinesFindTheirRun() throws {
    let started = event(
      "process_started", seq: 1, run: nil, session: "proc-1",
      ["name": "train", "command": ["python3", "a b.py"], "pid": 41, "cwd": "/home/ada"])
    func line(_ seq: Int, run: String? = nil) -> JSONValue {
      event("log", seq: seq, run: run, session: "proc-1", ["level": "info", "phase": "stdout", "text": .string("line \(seq)")])
    }
    let joined = event("process_joined", seq: 4, session: "proc-1", ["trainer_session": "s"])
    let ended = event("process_ended", seq: 7, session: "proc-1", ["exit_signal": 9])
    for _ in 1...2 {
      try ingest.take(started, from: .process)
      try ingest.take(line(2), line(3), step(1, seq: 1))
      try ingest.commit()
      try ingest.take(joined, from: .process)
      try ingest.take(line(5, run: "r"))
      try ingest.commit()
      try ingest.restart()
      try ingest.take(line(6))
      try ingest.take(ended, from: .process)
      try ingest.commit()
    }
    #expect(
      try ingest.rows("SELECT text, name FROM logs LEFT JOIN runs ON runs.id = run ORDER BY seq")
        == ["line 2|r", "line 3|r", "line 5|r", "line 6|r"])
    #expect(
      try ingest.rows("SELECT run_name, pid, cwd, command, exit_status, exit_signal, ended FROM sessions WHERE name = 'proc-1'")
        == [#"train|41|/home/ada|["python3","a b.py"]|-|9|1007.0"#])
    #expect(
      try ingest.rows("SELECT p.name FROM sessions t JOIN sessions p ON p.id = t.process WHERE t.name = 's'") == ["proc-1"])
    #expect(try ingest.rows("SELECT kind FROM events WHERE seq IN (1, 4, 7) AND session = 1 ORDER BY seq") == ["18", "19", "20"])
  }

  /// A script whose output is kept is a run under its own name.
  @Test(arguments: [("exit_status", 3, "finished", "3|-"), ("exit_signal", 9, "stopped", "-|9"), ("nothing", 0, "lost", "-|-")])
  func aKeptScriptIsARun(member: String, value: Int64, state: String, ending: String) throws {
    func own(_ type: String, seq: Int, _ members: [String: JSONValue]) -> JSONValue {
      event(type, seq: seq, run: "run-1", session: "run-1", members)
    }
    let line = { (seq: Int) in own("log", seq: seq, ["level": "error", "phase": "stderr", "text": .string("line \(seq)")]) }
    try ingest.take(own("process_started", seq: 1, ["name": "sweep", "command": ["./x"], "pid": 41, "cwd": "/w"]), from: .process)
    try ingest.take(line(2))
    try ingest.commit()
    #expect(try ingest.rows("SELECT name, display_name, state FROM runs") == ["run-1|sweep|running"])
    // The store begins anew, and takes it for lost until it is heard of.
    try ingest.database.execute("UPDATE runs SET state = 'lost'")
    try ingest.restart()
    try ingest.take(line(3))
    try ingest.commit()
    #expect(try ingest.rows("SELECT state FROM runs") == ["running"])
    try ingest.take(own("process_ended", seq: 4, [member: .integer(value)]), from: .process)
    try ingest.commit()
    #expect(try ingest.rows("SELECT state FROM runs") == [state])
    #expect(
      try ingest.rows("SELECT text, level, phase, name FROM logs JOIN runs ON runs.id = run ORDER BY seq") == [
        "line 2|error|stderr|run-1", "line 3|error|stderr|run-1",
      ])
    #expect(try ingest.rows("SELECT exit_status, exit_signal FROM sessions WHERE name = 'run-1'") == [ending])
  }

  @Test func aTrainerCannotSpeakForTheDoor() throws {
    try ingest.take(event("process_ended", seq: 1, ["exit_status": 1]), reply("fork", ["new_run": "f", "subset_indices": [1]]))
    try ingest.take(["type": "status", "session_id": "s", "run_id": "r", "state": "lost", "event_seq": 3])
    try ingest.commit()
    #expect(try ingest.rows("SELECT exit_status, ended FROM sessions WHERE name = 's'") == ["-|-"])
    #expect(try ingest.rows("SELECT name, state FROM runs") == ["r|new"])
  }
}
