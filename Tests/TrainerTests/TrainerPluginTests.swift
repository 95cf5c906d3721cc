// SPDX-License-Identifier: Apache-2.0
// The whole plugin in a test host.

import FoundationEssentials
import Glibc
import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import Trainer

@Suite(.timeLimit(.minutes(1))) struct TrainerPluginTests {
  private let manifest = fixture("../../Plugins/Trainer/plugin.json")

  private func host(_ configuration: String = #"{"port":0}"#) async throws -> TestHost {
    try await TestHost(plugin: TrainerPlugin.self, configuration: configuration, manifest: manifest)
  }

  private func ask(_ host: TestHost, _ command: String, _ input: JSONValue = [:]) async throws -> JSONValue {
    let answer = try await host.call(command, input.serialized())
    if let failure = answer.failure { throw failure }
    return try JSONValue(parsing: answer.text)
  }

  private func trainer(of host: TestHost) async throws -> FakeTrainer {
    let port = try #require(try await ask(host, "trainer.list")["port"]?.intValue)
    return try FakeTrainer(port: UInt16(port))
  }

  @Test func captureOfARealTrainerIsPublishedWhole() async throws {
    let host = try await host()
    let trainer = try await trainer(of: host)
    let lines = try capturedLines()
    for line in lines { trainer.send(line) }
    trainer.close()
    _ = try await host.published("trainer.disconnected")
    let events = lines.filter { (try? JSONValue(parsing: $0))?["type"] != nil }
    for topic in TrainerTopic.allCases where ![.connected, .disconnected, .status].contains(topic) {
      let expected = events.filter { TrainerTopic(type: (try? JSONValue(parsing: $0))?["type"]?.stringValue ?? "") == topic }
      #expect(host.allPublished(topic.name).map(\.text) == expected, "\(topic)")
    }
    let list = try await ask(host, "trainer.list", ["all": true])
    #expect(list["counters"]?["events"]?.intValue == events.count)
    #expect(list["counters"]?["lateReplies"]?.intValue == lines.count - events.count)
    #expect(list["sessions"]?.arrayValue?.map { $0["state"] } == ["ended", "ended"])
    #expect(list["sessions"]?[0]?["project"] == nil && list["sessions"]?[1]?["project"] == "demo")
    await host.close()
  }

  @Test func healthAndListTellThePort() async throws {
    let host = try await host()
    let port = try #require(try await ask(host, "trainer.list")["port"]?.intValue)
    #expect(port > 0)
    #expect(host.health?.value == .ok && host.health?.message == "listening for trainers on 127.0.0.1:\(port)")
    await host.close()
  }

  @Test func introductionIsShownAndNotPublished() async throws {
    let host = try await host()
    let trainer = try await trainer(of: host)
    trainer.send(hello(), step(3, seq: 9))
    _ = try await host.published("trainer.step")
    // Whose socket it is, is found out meanwhile.
    while try JSONValue(parsing: try await host.published("trainer.status").text)["pid"]?.intValue != Int(getpid()) {}
    var session = try #require(try await ask(host, "trainer.list")["sessions"]?[0])
    #expect(try #require(session["silentSeconds"]?.doubleValue) >= 0)
    session["silentSeconds"] = nil
    #expect(
      session == [
        "session": "sess-a", "state": "running", "reason": "training", "connected": true, "connections": [1], "lastSequence": 9,
        "committedSequence": 0, "project": "demo", "run": "baseline", "runName": "baseline", "group": "demo/baseline",
        "pid": .integer(Int64(getpid())), "cwd": .string(FileManager.default.currentDirectoryPath), "client": "jackfield 0.1.0",
        "lastStep": 3, "lastEventTime": 1_700_000_009.5,
      ])
    #expect(host.allPublished("trainer.other").isEmpty)
    await host.close()
  }

  @Test func commitsOfTheStoreAreAcknowledged() async throws {
    let host = try await host()
    let trainer = try await trainer(of: host)
    trainer.send(hello(), step(1, seq: 1))
    _ = try await host.published("trainer.step")
    host.publish("store.committed", #"{"sessions":{"sess-a":1}}"#)
    #expect(await trainer.next() == #"{"cmd":"ack","payload":{"event_seq":1,"session_id":"sess-a"}}"#)
    await host.close()
  }

  @Test(
    arguments: [
      ("trainer.pause", ["reason": "lunch"], #""cmd":"pause""#, #""payload":{"reason":"lunch"}"#),
      ("trainer.resume", [:], #"{"cmd":"resume","id":"jf-"#, #"""#),
      ("trainer.stop", ["session": "baseline"], #""cmd":"stop""#, #""cmd":"stop""#),
      ("trainer.request", ["cmd": "clean_disk", "confirm": "clean_disk"], #""cmd":"clean_disk""#, #""id":"jf-"#),
    ] as [(String, JSONValue, String, String)])
  func commandsReachTheTrainer(command: String, input: JSONValue, first: String, second: String) async throws {
    let host = try await host()
    let trainer = try await trainer(of: host)
    trainer.send(step(1, seq: 1))
    _ = try await host.published("trainer.step")
    let call = host.begin(command, json: input.serialized())
    let line = try #require(await trainer.next())
    #expect(line.contains(first) && line.contains(second))
    let id = try #require(try JSONValue(parsing: line)["id"]?.stringValue)
    trainer.send(#"{"id": "\#(id)", "ok": true, "data": {"status": "done"}}"#)
    let answer = try JSONValue(parsing: try await call.answer().text)
    #expect(answer["session"] == "sess-a" && answer["data"] == ["status": "done"])
    await host.close()
  }

  @Test(
    arguments: [
      (
        ["cmd": "clean_disk"],
        "'clean_disk' deletes every file in the trainer's save folder, also those it did not write; if that is what you want, "
          + "repeat it with 'confirm' set to 'clean_disk'"
      ),
      (
        ["cmd": "enforce_version", "confirm": "yes"],
        "'enforce_version' ends the training with an error in the user's script; if that is what you want, "
          + "repeat it with 'confirm' set to 'enforce_version'"
      ),
      ([:], "cannot send a request without a name: give the trainer's command as 'cmd'"),
      (
        ["cmd": "x", "timeoutMs": 0], "cannot read the input of 'trainer.request': 'timeoutMs' must be a number of milliseconds above zero"
      ),
      (["cmd": "x", "payload": 5], "cannot read the input of 'trainer.request': 'payload' must be an object"),
      (["cmd": "x"], "no trainer is connected; start a training script, or see 'trainer.list'"),
    ] as [(JSONValue, String)])
  func requestsThatCannotBeSentAreExplained(input: JSONValue, message: String) async throws {
    let host = try await host()
    #expect(try await host.call("trainer.request", input.serialized()).failure?.message == message)
    await host.close()
  }

  @Test func fullBusHoldsOnlyThePump() async throws {
    let host = try await host(#"{"port":0,"spoolMemoryBytes":10000}"#)
    host.setRoom(1, in: "trainer.step")
    let trainer = try await trainer(of: host)
    let lines = (1...1_000).map { step($0, seq: $0) }
    for line in lines { trainer.send(line) }
    try await host.refused("trainer.step")
    host.setRoom(nil, in: "trainer.step")
    trainer.close()
    _ = try await host.published("trainer.disconnected")
    #expect(host.allPublished("trainer.step").map(\.text) == lines)
    await host.close()
  }

  @Test func trainingIsPausedWhileTheBusIsFull() async throws {
    let host = try await host()
    host.setRoom(1, in: "trainer.step")
    let trainer = try await trainer(of: host)
    for number in 1...10 { trainer.send(step(number, seq: number)) }
    try await host.refused("trainer.step")
    let call = host.begin("trainer.pause", json: #"{"timeoutMs":5000}"#)
    let line = try #require(await trainer.next())
    let id = try #require(try JSONValue(parsing: line)["id"]?.stringValue)
    trainer.send(#"{"id": "\#(id)", "ok": true, "data": {"status": "paused"}}"#)
    let answer = try await call.answer()
    #expect(answer.failure == nil && answer.text.contains(#""status":"paused""#))
    host.setRoom(nil, in: "trainer.step")
    await host.close()
  }

  @Test func sessionsThatHaveEndedAreListedBehindTheLiveOnesTheNewestFirst() async throws {
    let host = try await host()
    for number in 1...25 {
      let trainer = try await trainer(of: host)
      trainer.send(step(1, seq: 1, session: "early-\(number)"))
      if number == 25 { trainer.send(event("trainingFinished", seq: 2, session: "early-25")) }
      trainer.close()
      _ = try await host.published("trainer.disconnected")
    }
    let trainer = try await trainer(of: host)
    trainer.send(step(1, seq: 1, session: "live"))
    for _ in 1...26 { _ = try await host.published("trainer.step") }
    let sessions = try #require(try await ask(host, "trainer.list")["sessions"]?.arrayValue)
    #expect(sessions.map { $0["session"] } == ["live"] + (6...25).reversed().map { .string("early-\($0)") })
    #expect(sessions.prefix(3).map { $0["state"] } == ["running", "ended", "lost"])
    #expect(try await ask(host, "trainer.list", ["all": true])["sessions"]?.arrayValue?.count == 26)
    await host.close()
  }

  @Test func stopTriesToTheLastAndLeavesNothingRunning() async throws {
    let host = try await host()
    host.setRoom(1, in: "trainer.step")
    let trainer = try await trainer(of: host)
    trainer.send(step(1, seq: 1), step(2, seq: 2))
    try await host.refused("trainer.step")
    async let stopped = host.stop()
    host.setRoom(nil, in: "trainer.step")
    #expect(await stopped == .ok)
    #expect(host.allPublished("trainer.step").map(\.text) == [step(1, seq: 1), step(2, seq: 2)])
    #expect(host.crossingsAfterStop.isEmpty)
    await host.close()
  }

  @Test func rulesOfTheContractAreKept() async {
    let findings = await Conformance.check(TrainerPlugin.self, manifest: manifest, configuration: #"{"port":0}"#)
    #expect(findings.isEmpty, "\(findings)")
  }
}
