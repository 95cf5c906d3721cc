// SPDX-License-Identifier: Apache-2.0
// States with their reasons, and what is told of them.

import FoundationEssentials
import Glibc
import JSON
import PluginSDK
import PluginTestKit
import Processes
import Synchronization
import Testing

@testable import Trainer

@Suite(.timeLimit(.minutes(1))) struct SessionStateTests {
  private func session(_ events: [EventHead], connected: Bool = true) -> Session {
    var session = Session(id: "s")
    session.connections = [1]
    for event in events { session.learn(event) }
    if !connected { session.lost(1) }
    return session
  }

  private static func head(_ type: String, _ sequence: Int64, _ change: (inout EventHead) -> Void = { _ in }) -> EventHead {
    var head = EventHead(type: type, sessionID: "s", sequence: sequence, time: 1_000, runID: "r")
    change(&head)
    return head
  }

  private static let oneStep = head("trainStep", 1) { $0.step = 4 }
  private static let nan = head("log", 2) { $0.remark = .nonFiniteLoss }

  @Test(
    arguments: [
      ([], true, .connecting, "connected; training has not begun"),
      ([oneStep], true, .running, "training"),
      ([head("paused", 2) { ($0.action, $0.pauseReason) = ("pause", "lunch") }], true, .paused, "paused by 'pause': lunch"),
      ([head("paused", 2) { $0.action = "fork" }, head("paused", 3)], true, .paused, "paused by 'fork'"),
      ([head("paused", 2)], true, .paused, "paused"),
      (
        [head("paused", 2) { $0.action = "auto_test_pause" }], true, .paused,
        "paused after the automatic test at the end: 'resume' trains on without a limit, 'stop' ends the script's training"
      ),
      ([oneStep, head("testStep", 2)], true, .testing, "a test is running; commands are carried out when it is over"),
      ([oneStep, head("testStep", 2), head("test_complete", 3)], true, .running, "training"),
      ([oneStep, head("test_complete", 3), head("testStep", 2)], true, .running, "training"),
      ([oneStep, head("stopping", 2)], true, .running, "told to stop; the batch in flight is the last"),
      ([oneStep, head("stopping", 2)], false, .ended, "its connection ended after it was told to stop"),
      ([oneStep, head("trainingFinished", 2) { $0.status = "completed" }], true, .ended, "the training is over: completed"),
      (
        [oneStep], false, .lost, "its connection ended without a word of an end; if its process lives, it connects again by itself"
      ),
      ([oneStep, nan, nan], true, .running, "training"),
      (
        [oneStep, nan, nan, nan], true, .running,
        "no batch since step 4 has a finite loss: the weights are no numbers any more; load a checkpoint ('trainer.load') or end it "
          + "('trainer.stop')"
      ),
      ([oneStep, nan, nan, nan, head("trainStep", 9) { $0.step = 5 }], true, .running, "training"),
    ] as [([EventHead], Bool, Session.State, String)])
  func stateHasItsReason(events: [EventHead], connected: Bool, state: Session.State, reason: String) {
    let session = session(events, connected: connected)
    #expect(session.state == state && session.reason == reason)
  }

  @Test func endOfTheProcessIsTheEnd() {
    var session = session([Self.oneStep], connected: false)
    session.learn(PeerProcess(getpid())!)
    #expect(session.state == .lost)
    #expect(session.reason == "its connection ended, but its process \(getpid()) lives; it connects again by itself")
    session.processHasEnded()
    #expect(session.state == .ended)
    #expect(session.reason == "its process \(getpid()) has ended; its last events, the one of its end among them, may not have come")
  }

  @Test func logsTellWhatNoEventDoes() throws {
    let reader = WireReader()
    func remark(_ text: String) -> LogRemark? {
      let line = Array(JSONValue.object(["type": "log", "text": .string(text), "session_id": "s"]).bytes())
      guard case .event(let head) = reader.read(line.span) else { return nil }
      return head.remark
    }
    #expect(remark("[fit_driver] begins") == .lightning && remark("[lightning_test] x") == .lightning)
    #expect(remark("Non-finite loss at step 30. Restoring last checkpoint if available and skipping step.") == .nonFiniteLoss)
    #expect(remark("step 1: train_loss = 0.5") == nil && remark("") == nil && remark("[fit") == nil)
  }

  @Test func statusIsToldOnceAChangeAndBeforeTheFirstLine() async throws {
    let bench = try ServiceBench()
    let trainer = try bench.trainer()
    trainer.send(step(1, seq: 1), step(2, seq: 2), event("paused", seq: 3), event("resumed", seq: 4))
    _ = await bench.sink.take(4)
    let pid = Int64(getpid())
    try await bench.sink.told(on: .status) { $0["pid"] == .integer(pid) }
    trainer.close()
    try await bench.sink.told(on: .status) { $0["state"] == "lost" }
    var told = bench.sink.told(on: .status)
    let first = try #require(told.first)
    #expect(first["type"] == "status" && first["session_id"] == "sess-a" && first["run_id"] == "baseline" && first["group"] == "baseline")
    #expect(first["connected"] == true && first["reason"] == "training" && first["busy"] == nil && first["lightning"] == nil)
    // The process is found at any time between.
    told.removeAll { $0["state"] == "lost" }
    let states = told.compactMap { $0["state"]?.stringValue }.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
    #expect(states == ["running", "paused", "running"] && told.count <= 4)
    bench.stop()
  }

  @Test func busyTrainerIsShownAsBusyNotAsDead() async throws {
    let bench = try ServiceBench()
    let trainer = try bench.trainer()
    trainer.send(step(1, seq: 1))
    _ = await bench.sink.take(1)
    let request = Task { try await bench.service.request("generate_report", session: nil, within: .milliseconds(20)) }
    let line = try JSONValue(parsing: try #require(await trainer.next()))
    try await bench.sink.told(on: .status) { $0["busy"] == "generate_report" }
    _ = await request.result
    let session = try #require(bench.service.sessions.sessions.first)
    #expect(session.busy == "generate_report" && session.state == .running, "it may still carry it out")
    #expect(try #require(session.silentSeconds) > 0)
    trainer.send(#"{"id":\#(line["id"]!.serialized()),"ok":true,"data":{}}"#)
    try await bench.sink.toldLast(on: .status) { $0["busy"] == nil }
    bench.stop()
  }

  @Test func pingsAreNotWorthAStatus() async throws {
    let bench = try ServiceBench()
    let trainer = try bench.trainer()
    trainer.send(step(1, seq: 1))
    try await bench.sink.told(on: .status) { $0["pid"] != nil }
    let count = bench.sink.told(on: .status).count
    for _ in 1...3 { try await bench.exchange(with: trainer, "sess-a") }
    #expect(bench.sink.told(on: .status).count == count)
    bench.stop()
  }

  // MARK: - Ranks

  @Test func ranksOfARunArePausedAtOnceAndAnsweredAsOne() async throws {
    let bench = try await PluginBench()
    // Each rank answers only when all have been told: one after the other would wait for ever.
    let ranks = try [FakeTrainer(port: UInt16(bench.port)), FakeTrainer(port: UInt16(bench.port))]
    for (index, rank) in ranks.enumerated() { rank.send(step(1, seq: 1, session: "rank-\(index)")) }
    for index in 0..<2 { try await bench.status { $0["session_id"] == .string("rank-\(index)") && $0["pid"] != nil } }
    #expect(
      try await bench.ask("trainer.list")["groups"] == [["group": "baseline", "run": "baseline", "sessions": ["rank-0", "rank-1"]]])
    for (command, session) in [("trainer.pause", "baseline"), ("trainer.resume", "rank-1"), ("trainer.stop", nil)] {
      let call = bench.host.begin(command, json: session.map { #"{"session":"\#($0)"}"# } ?? "{}")
      var ids: [JSONValue] = []
      for rank in ranks { ids.append(try JSONValue(parsing: try #require(await rank.next()))["id"] ?? .null) }
      for (index, rank) in ranks.enumerated() { rank.send(#"{"id":\#(ids[index].serialized()),"ok":true,"data":{"step":\#(index)}}"#) }
      let answer = try JSONValue(parsing: try await call.answer().text)
      #expect(answer["session"] == "rank-0" && answer["data"] == ["step": 0])
      #expect(answer["ranks"]?.arrayValue?.map { $0["data"]?["step"] } == [0, 1])
    }
    await bench.host.close()
  }

  @Test func oneRankCanBeMeantAlone() async throws {
    let bench = try await PluginBench()
    let first = try await bench.trainer("rank-0")
    let second = try await bench.trainer("rank-1")
    #expect(try await bench.ask("trainer.pause", ["session": "rank-1", "only": true])["ranks"] == nil)
    #expect(first.commands.isEmpty && second.commands == ["pause"])
    _ = try await bench.ask("trainer.request", ["cmd": "dist_health", "session": "baseline"])
    #expect(first.commands == ["dist_health"] && second.commands == ["pause", "dist_health"])
    #expect(try await bench.refusal("trainer.pause", ["session": "baseline", "only": true])?.code == "ambiguous_session")
    #expect(try await bench.refusal("trainer.fork", ["session": "baseline"])?.code == "ambiguous_session")
    await bench.host.close()
  }

  /// One rank paused a batch before the other, which waits for it in the middle of that batch and hears nothing.
  @Test func ranksThatMissEachOtherAreLetGoOnAndPausedAgain() async throws {
    let bench = try await PluginBench()
    let isBlocked = Mutex(true)
    let first = try await bench.trainer("rank-0")
    let second = try await bench.trainer("rank-1") { command, _ in
      guard command == "pause" else { return [:] }
      return isBlocked.withLock { blocked in
        defer { blocked = false }
        return blocked ? nil : ["status": "paused"]
      }
    }
    let answer = try await bench.ask("trainer.pause")
    #expect(answer["ranks"]?.arrayValue?.map { $0["ok"] } == [true, true])
    #expect(first.commands == ["pause", "resume", "pause"] && second.commands == ["pause", "resume", "pause"])
    await bench.host.close()
  }

  @Test func rankThatFailsIsNamed() async throws {
    let bench = try await PluginBench()
    _ = try await bench.trainer("rank-0")
    _ = try await bench.trainer("rank-1") { _, _ in ["refused": "out of memory"] }
    let failure = try #require(try await bench.refusal("trainer.pause"))
    #expect(
      failure.message
        == "'pause' failed in 1 of 2 ranks, the others carried it out; session 'rank-1': the trainer refused 'pause': out of memory")
    #expect(failure.code == "rank_failed")
    await bench.host.close()
  }

  @Test func otherRunsAndProjectsAreNoRanks() {
    func session(_ id: String, _ run: String, _ project: String?) -> Session {
      var session = Session(id: id)
      session.runID = run
      session.project = project
      return session
    }
    #expect(session("a", "r", "p").isRank(of: session("b", "r", "p")) && session("a", "r", nil).isRank(of: session("b", "r", "p")))
    #expect(!session("a", "r", "p").isRank(of: session("b", "r", "q")) && !session("a", "r", "p").isRank(of: session("b", "s", "p")))
  }

  // MARK: - Peers

  @Test func processOfAConnectionIsFound() throws {
    let bench = try ServiceBench()
    let trainer = try bench.trainer()
    let peer = try #require(trainer.port)
    let process = try #require(PeerProcess.find(port: peer, ours: bench.service.address.port))
    #expect(process.id == getpid() && process.workingDirectory == FileManager.default.currentDirectoryPath)
    #expect(process.ancestry.first == getpid() && process.ancestry.dropFirst().first == getppid())
    #expect(PeerProcess.find(port: peer, ours: 1) == nil)
    bench.stop()
  }

  @Test func processThatDoesNotExistIsNone() {
    #expect(PeerProcess(0x3FFF_FFFF) == nil && ProcessStat(0x3FFF_FFFF) == nil)
    #expect(PeerProcess.workingDirectory(of: 0x3FFF_FFFF) == nil)
  }

  @Test func pausedTrainerThatSaysNothingIsKnownAgainAfterARestart() async throws {
    let first = try ServiceBench()
    let before = try first.trainer()
    before.send(event("paused", seq: 7))
    try await first.sink.told(on: .status) { $0["state"] == "paused" && $0["pid"] != nil }
    first.stop()
    before.close()

    let second = try ServiceBench(directory: first.directory)
    let silent = try second.trainer()
    try await second.sink.told(on: .status) { $0["state"] == "paused" && $0["session_id"] == "sess-a" }
    async let answer = second.service.request("resume", session: "baseline")
    let line = try JSONValue(parsing: try #require(await silent.next()))
    silent.send(#"{"id":\#(line["id"]!.serialized()),"ok":true,"data":{}}"#, event("resumed", seq: 8))
    #expect(try await answer.session == "sess-a")
    try await second.sink.told(on: .status) { $0["state"] == "running" }
    // A second connection of the same process is not taken for it while that one lives.
    let other = try second.trainer()
    other.send(step(1, seq: 1, session: "sess-b"))
    try await second.sink.told(on: .status) { $0["session_id"] == "sess-b" && $0["pid"] != nil }
    #expect(try second.service.sessions.target("sess-a").connection == 1)
    second.stop()
  }

  @Test func damagedMemoryIsNoMemory() async throws {
    for text in ["{", "[]", #"{"sessions":[{"session":"s","pid":-1,"began":"x"},7]}"#] {
      let directory = FileManager.default.temporaryDirectory.appending(path: "trainer-tests-\(UUID().uuidString)").path()
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      try text.write(toFile: directory + "/sessions.json", atomically: false, encoding: .utf8)
      let bench = try ServiceBench(directory: directory)
      #expect(bench.service.sessions.sessions.isEmpty)
      bench.stop()
    }
  }

  // MARK: - Hostile lines

  @Test func runNamesOfAnyKindAreCarried() async throws {
    let bench = try ServiceBench()
    let names = ["a/b/../c", "läuft 🏃", String(repeating: "x", count: 10_000), "\u{0}\n"]
    for (index, name) in names.enumerated() {
      let trainer = try bench.trainer()
      let line: JSONValue = [
        "type": "trainStep", "step": 1, "run_id": .string(name), "session_id": .string("sess-\(index)"), "event_seq": 1, "ts": 1,
      ]
      trainer.send(line.serialized())
      try await bench.sink.told(on: .status) { $0["run_id"]?.stringValue == name }
      #expect(try bench.service.sessions.target(name).session == "sess-\(index)")
    }
    bench.stop()
  }

  @Test func trainerThatDiesInTheMiddleOfALineAndRepeatsItIsTheSameSession() async throws {
    let bench = try ServiceBench()
    let first = try bench.trainer()
    first.send(step(1, seq: 1))
    first.send(bytes: Array(step(2, seq: 2).utf8.prefix(40)))
    first.close()
    #expect(await bench.sink.next(on: .disconnected)?.contains(#""tornBytes":40"#) == true)
    let second = try bench.trainer()
    second.send(step(1, seq: 1), step(2, seq: 2))
    #expect(await bench.sink.take(2) == [step(1, seq: 1), step(2, seq: 2)])
    let session = try #require(bench.service.sessions.sessions.first)
    #expect(session.state == .running && session.lastStep == 2 && session.connections == [2])
    bench.stop()
  }
}
