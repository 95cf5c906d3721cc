// SPDX-License-Identifier: Apache-2.0
// Real sockets against the whole plugin.

import FoundationEssentials
import Glibc
import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import Trainer

@Suite struct TrainerDoorTests {
  @Test func linesArePublishedAsTheyCame() async throws {
    let door = try await TrainerHarness()
    let trainer = door.connect()
    #expect(try await door.event("trainer.connected")["connection"] == 1)
    // Odd spacing and key order must survive.
    let line = #"{"type" : "trainStep","step":1,  "loss":0.10,"run_id":"r","session_id":"s","event_seq":3,"x":"\u00fc"}"#
    trainer.send(line + "\n")
    #expect(try await door.host.published("trainer.step").text == line)
    trainer.hangUp()
    #expect(try await door.event("trainer.disconnected")["sessions"] == ["s"])
    await door.host.close()
  }

  @Test(arguments: [
    ("trainStep", "trainer.step"), ("log", "trainer.log"), ("session_started", "trainer.session"), ("newRun", "trainer.run"),
    ("runTransition", "trainer.run"), ("finalizeRun", "trainer.run"), ("epoch_end", "trainer.epoch"), ("paused", "trainer.state"),
    ("trainingFinished", "trainer.state"), ("checkpoint_saved", "trainer.checkpoint"), ("testStep", "trainer.test"),
    ("error", "trainer.error"), ("artifact_created", "trainer.other"), ("never_heard_of", "trainer.other"),
  ])
  func eachKindHasItsTopic(_ type: String, _ topic: String) { #expect(TopicKind(type: type).topic == topic) }

  @Test func bytesMayArriveOneByOne() async throws {
    let door = try await TrainerHarness()
    let trainer = door.connect()
    for byte in (door.event(7).serialized() + "\n").utf8 { trainer.send([byte]) }
    #expect(try await door.event("trainer.step")["event_seq"] == 7)
    await door.host.close()
  }

  @Test func badLinesAreCountedAndHurtNobody() async throws {
    let door = try await TrainerHarness(configuration: ["maxLineBytes": 2_000])
    let trainer = door.connect()
    trainer.send("not json\n{\"type\": \"trainStep\", \"loss\": NaN}\n{\"a\": 1}\n[]\n\"text\"\n\n")
    trainer.send("{\"type\":\"log\",\"text\":\"" + String(repeating: "x", count: 3_000) + "\"}\n")
    trainer.send([0xff, 0xfe, 0x0a])
    trainer.send(door.event(1))
    trainer.send(#"{"type":"trainStep","st"#)
    #expect(try await door.event("trainer.step")["event_seq"] == 1)
    trainer.hangUp()
    _ = try await door.event("trainer.disconnected")
    let counts = try #require(try await door.ask("trainer.status")["since_start"])
    #expect(counts["not_json"] == 3)
    #expect(counts["unknown"] == 3)
    #expect(counts["long_lines"] == 1)
    #expect(counts["torn_lines"] == 1)
    #expect(counts["events"] == 1)
    #expect(door.host.log.filter { $0.message.hasPrefix("line is") }.count == 1)
    await door.host.close()
  }

  @Test func manyTrainersAreHeardAtOnce() async throws {
    let door = try await TrainerHarness()
    let trainers = (1...50).map { _ in door.connect() }
    for seq in 1...20 {
      for (index, trainer) in trainers.enumerated() { trainer.send(door.event(seq, session: "sess-\(index)", run: "run-\(index)")) }
    }
    var seen: [String: [Int]] = [:]
    for _ in 1...1_000 {
      let event = try await door.event("trainer.step")
      seen[event["session_id"]?.stringValue ?? "", default: []].append(event["event_seq"]?.intValue ?? 0)
    }
    #expect(seen.count == 50)
    #expect(seen.values.allSatisfy { $0 == Array(1...20) })
    #expect(try await door.ask("trainer.list")["trainers"]?.arrayValue?.count == 50)
    await door.host.close()
  }

  @Test func aFullTopicLosesNothingWhileTheDoorReadsOn() async throws {
    let door = try await TrainerHarness(configuration: ["spoolMemoryBytes": 2_000])
    door.host.setRoom(3, in: "trainer.step")
    let trainer = door.connect()
    for seq in 1...500 { trainer.send(door.event(seq)) }
    try await door.host.refused("trainer.step")
    // Replies pass by what is held back.
    async let reply = door.ask("trainer.request", ["cmd": "server_info"])
    let request = try await trainer.command()
    trainer.send(["id": request["id"] ?? .null, "ok": true, "data": ["version": "0.1.4"]])
    #expect(try await reply["data"]?["version"] == "0.1.4")
    let spool = try #require(try await door.ask("trainer.status")["spool"])
    #expect(try #require(spool["memory_bytes"]?.intValue) <= 2_000)
    #expect(try #require(spool["file_bytes"]?.intValue) > 0)
    #expect(door.host.allPublished("trainer.step").count == 3)
    door.host.setRoom(nil, in: "trainer.step")
    for seq in 1...500 { #expect(try await door.event("trainer.step")["event_seq"] == .integer(Int64(seq))) }
    #expect(try await door.ask("trainer.status")["spool"]?["file_bytes"] == 0)
    await door.host.close()
  }

  @Test func aSessionIsKnownAgainAfterAReconnect() async throws {
    let door = try await TrainerHarness()
    let first = try await door.training()
    first.hangUp()
    _ = try await door.event("trainer.disconnected")
    #expect(try await door.ask("trainer.list")["trainers"]?[0]?["state"] == "lost")
    let second = door.connect()
    // The unacknowledged step is repeated; telling twice from once is the store's task.
    second.send(door.event(1))
    second.send(door.event(2))
    while try await door.event("trainer.step")["event_seq"] != 2 {}
    let trainers = try #require(try await door.ask("trainer.list")["trainers"]?.arrayValue)
    #expect(trainers.count == 1)
    #expect(trainers[0]["state"] == "running")
    #expect(trainers[0]["connection"] == 2)
    #expect(trainers[0]["last_step"] == 2)
    await door.host.close()
  }

  @Test func aClientIntroducesItselfAndIsAcknowledged() async throws {
    let door = try await TrainerHarness()
    let client = door.connect()
    let stranger = try await door.training("sess-other", run: "other")
    client.send([
      "type": "client_hello", "session_id": "sess-1", "run_id": "r", "project": "p", "run_name": "R", "client": "jackfield",
      "version": "0.1", "wants_ack": true, "pid": 4_242, "cwd": "/work/ada", "ts": 1_700_000_000.5,
    ])
    client.send(door.event(5, run: "r"))
    while try await door.event("trainer.step")["session_id"] != "sess-1" {}
    let known = try await door.ask("trainer.list")["trainers"]?.arrayValue?.first { $0["session"] == "sess-1" }
    #expect(known?["client"] == "jackfield 0.1")
    #expect(known?["pid"] == 4_242)
    #expect(known?["cwd"] == "/work/ada")
    door.host.publish("store.committed", #"{"sessions":{"sess-1":5,"sess-other":1,"sess-gone":9}}"#)
    #expect(try await client.line() == #"{"cmd":"ack","payload":{"event_seq":5,"session_id":"sess-1"}}"#)
    #expect(door.host.allPublished("trainer.other").isEmpty)
    // The stranger did not ask for acknowledgements: the next line it sees is a command.
    let ping = door.host.begin("trainer.ping", json: #"{"session":"other"}"#)
    #expect(try await stranger.command()["cmd"] == "ping")
    ping.cancel()
    await door.host.close()
  }

  @Test func aTakenPortIsNamedWithTheCure() async throws {
    let door = try await TrainerHarness()
    let error = await #expect(throws: (any Error).self) { try await TrainerHarness(configuration: ["port": .integer(Int64(door.port))]) }
    #expect("\(try #require(error))".contains("cannot listen for trainers at port \(door.port): another program has it"))
    await door.host.close()
  }

  @Test(arguments: ["0.0.0.0", "192.168.0.1", "example.org", "::"])
  func onlyThisMachineIsListenedTo(_ address: String) async throws {
    let error = await #expect(throws: (any Error).self) { try await TrainerHarness(configuration: ["host": .string(address)]) }
    #expect("\(try #require(error))".contains("only addresses of this machine are allowed"))
  }

  @Test func theCaptureComesThroughWhole() async throws {
    let door = try await TrainerHarness()
    let trainer = door.connect()
    let text = try String(contentsOfFile: path("../Fixtures/trainer-native.ndjson"), encoding: .utf8)
    let lines = try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }.filter { $0["dir"] == "in" }
    for line in lines { trainer.send((line["line"]?.stringValue ?? "") + "\n") }
    trainer.hangUp()
    _ = try await door.event("trainer.disconnected")
    let events = TopicKind.allCases.filter { $0 != .connected && $0 != .disconnected }
      .flatMap { door.host.allPublished($0.topic).map(\.text) }
    let expected = lines.compactMap { $0["line"]?.stringValue }.filter { $0.contains("\"type\": ") && !$0.hasPrefix("{\"id\"") }
    #expect(events.sorted() == expected.sorted())
    #expect(try await door.count("late_replies") == 80)
    let sessions = try #require(try await door.ask("trainer.list")["trainers"]?.arrayValue)
    #expect(sessions.first { $0["session"] == "sess-7c4db8d5ddef" }?["state"] == "ended")
    #expect(sessions.first { $0["session"] == "sess-5e5ba77af470" }?["project"] == "demo")
    await door.host.close()
  }
}
