// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import PluginTestKit
import Testing

@Suite struct TrainerRequestTests {
  @Test func aRequestFindsItsReplyWhateverComesBetween() async throws {
    let door = try await TrainerHarness()
    let trainer = try await door.training()
    async let reply = door.ask("trainer.request", ["cmd": "fork", "payload": ["run_name": "größer 🧪"]])
    let line = try await trainer.line()
    #expect(line.utf8.allSatisfy { $0 < 0x80 })
    let request = try JSONValue(parsing: line)
    #expect(request["cmd"] == "fork")
    #expect(request["payload"]?["run_name"] == "größer 🧪")
    trainer.send(["id": "somebody-else", "ok": true, "data": 1])
    trainer.send(door.event(2))
    trainer.send(["id": request["id"] ?? .null, "ok": true, "data": ["new_run": "größer-1"]])
    #expect(try await reply["data"]?["new_run"] == "größer-1")
    #expect(try await reply["session"] == "sess-1")
    #expect(try await door.count("late_replies") == 1)
    await door.host.close()
  }

  @Test func aRefusalKeepsTheTrainersWords() async throws {
    let door = try await TrainerHarness()
    let trainer = try await door.training()
    let call = door.host.begin("trainer.request", json: #"{"cmd":"dist_health"}"#)
    let request = try await trainer.command()
    trainer.send(["id": request["id"] ?? .null, "ok": false, "error": "Model must be paused", "detail": "Traceback …"])
    let failure = try #require(try await call.answer().failure)
    #expect(failure.message == "the trainer refused: Model must be paused")
    #expect(failure.code == "trainer_error")
    #expect(try failure.data?.decode(String.self) == "Traceback …")
    await door.host.close()
  }

  @Test func aSilentTrainerRunsIntoTheTimeLimitAndItsLateReplyIsDropped() async throws {
    let door = try await TrainerHarness()
    let trainer = try await door.training()
    let call = door.host.begin("trainer.request", json: #"{"cmd":"server_info","timeoutMs":20}"#)
    let request = try await trainer.command()
    let failure = try #require(try await call.answer().failure)
    #expect(failure.status == .deadline)
    #expect(
      failure.message == """
        the trainer 'sess-1' did not answer 'server_info' within 20 ms; it answers between batches only and not during validation, and may \
        still do it later
        """)
    trainer.send(["id": request["id"] ?? .null, "ok": true, "data": 1])
    trainer.send(door.event(2))
    _ = try await door.event("trainer.step")
    #expect(try await door.count("late_replies") == 1)
    #expect(try await door.ask("trainer.status")["pending_requests"] == 0)
    await door.host.close()
  }

  @Test func theEndOfALineEndsItsRequests() async throws {
    let door = try await TrainerHarness()
    let trainer = try await door.training()
    let other = try await door.training("sess-2", run: "other")
    let call = door.host.begin("trainer.pause", json: #"{"session":"sess-1"}"#)
    let kept = door.host.begin("trainer.pause", json: #"{"session":"sess-2"}"#)
    _ = try await trainer.command()
    trainer.hangUp()
    let failure = try #require(try await call.answer().failure)
    #expect(failure.status == .gone)
    #expect(failure.retryable)
    let request = try await other.command()
    other.send(["id": request["id"] ?? .null, "ok": true, "data": ["status": "paused"]])
    #expect(try await kept.answer().status == .ok)
    await door.host.close()
  }

  @Test func aCancelledCallLeavesNothingBehind() async throws {
    let door = try await TrainerHarness()
    let trainer = try await door.training()
    let call = door.host.begin("trainer.pause")
    _ = try await trainer.command()
    call.cancel()
    #expect(try await call.answer().status == .cancelled)
    // The next request is handled after the end of the cancelled one was begun; it answers, and then none is pending.
    let ping = door.host.begin("trainer.ping")
    let request = try await trainer.command()
    trainer.send(["id": request["id"] ?? .null, "ok": true])
    #expect(try await ping.answer().status == .ok)
    await door.host.close()
  }

  @Test func aRealTrainersIgnoranceOfPingIsASignOfLife() async throws {
    let door = try await TrainerHarness()
    let trainer = try await door.training()
    let call = door.host.begin("trainer.ping")
    let request = try await trainer.command()
    #expect(request["cmd"] == "ping")
    trainer.send(["id": request["id"] ?? .null, "ok": false, "error": "Unknown cmd: ping"])
    let answer = try JSONValue(parsing: try await call.answer().text)
    #expect(answer["session"] == "sess-1")
    #expect(try #require(answer["milliseconds"]?.doubleValue) >= 0)
    await door.host.close()
  }

  @Test(arguments: ["clean_disk", "enforce_version"])
  func commandsThatDestroyMustBeNamedTwice(_ name: String) async throws {
    let door = try await TrainerHarness()
    let trainer = try await door.training()
    let failure = await #expect(throws: PluginFailure.self) { try await door.ask("trainer.request", ["cmd": .string(name)]) }
    #expect(failure?.status == .denied)
    #expect(failure?.message.hasSuffix("to do it, give 'confirm': \"\(name)\"") == true)
    let call = door.host.begin("trainer.request", json: #"{"cmd":"\#(name)","confirm":"\#(name)"}"#)
    // The refused one was never sent: the first command to arrive is the confirmed one, and without the confirmation in it.
    let request = try await trainer.command()
    #expect(request["cmd"] == .string(name))
    #expect(request["payload"] == [:])
    trainer.send(["id": request["id"] ?? .null, "ok": true])
    #expect(try await call.answer().status == .ok)
    await door.host.close()
  }

  @Test func oneOfSeveralTrainersMustBeNamed() async throws {
    let door = try await TrainerHarness()
    let none = await #expect(throws: PluginFailure.self) { try await door.ask("trainer.pause") }
    #expect(none?.message == "no trainer is training; start one")
    let first = try await door.training("sess-aa1", run: "baseline")
    let second = try await door.training("sess-ab2", run: "fork1")
    let unsaid = await #expect(throws: PluginFailure.self) { try await door.ask("trainer.pause") }
    #expect(
      unsaid?.message == """
        several trainers are connected; say which with 'session': 'sess-ab2' (run 'fork1', running), \
        'sess-aa1' (run 'baseline', running)
        """)
    let vague = await #expect(throws: PluginFailure.self) { try await door.ask("trainer.pause", ["session": "sess-a"]) }
    #expect(vague?.code == "session_ambiguous")
    let wrong = await #expect(throws: PluginFailure.self) { try await door.ask("trainer.pause", ["session": "zzz"]) }
    #expect(wrong?.status == .notFound)
    for (name, trainer) in [("fork1", second), ("base", first), ("sess-ab", second), ("sess-aa1", first)] {
      let call = door.host.begin("trainer.resume", json: #"{"session":"\#(name)"}"#)
      let request = try await trainer.command()
      trainer.send(["id": request["id"] ?? .null, "ok": true])
      #expect(try await call.answer().status == .ok)
    }
    await door.host.close()
  }
}
