// SPDX-License-Identifier: Apache-2.0
// Requests and acknowledgements over real sockets.

import JSON
import PluginSDK
import Testing

@testable import Trainer

@Suite(.timeLimit(.minutes(1))) struct TrainerRequestTests {
  /// A bench with one trainer that is in training.
  private func trained() async throws -> (ServiceBench, FakeTrainer) {
    let bench = try ServiceBench()
    let trainer = try bench.trainer()
    trainer.send(step(1, seq: 1))
    _ = await bench.sink.take(1)
    return (bench, trainer)
  }

  private func nextCommand(_ trainer: FakeTrainer) async throws -> JSONValue {
    try JSONValue(parsing: try #require(await trainer.next()))
  }

  /// The identifier of a command as JSON.
  private func id(_ command: JSONValue) -> String { (command["id"] ?? .null).serialized() }

  private func failure(of request: Task<TrainerService.Answer, any Error>) async -> PluginFailure? {
    if case .failure(let error) = await request.result { error as? PluginFailure } else { nil }
  }

  @Test func replyReachesWhoAsked() async throws {
    let (bench, trainer) = try await trained()
    async let answer = bench.service.request("save_ckpt", ["name": "é"], session: nil)
    let command = try await nextCommand(trainer)
    #expect(command["cmd"] == "save_ckpt" && command["payload"] == ["name": "é"])
    trainer.send(#"{"id": "someone else's", "ok": true, "data": 1}"#, #"{"id": \#(id(command)), "ok": true, "data": {"step": 4}}"#)
    #expect(try await answer.data == ["step": 4])
    #expect(try await answer.session == "sess-a")
    #expect(bench.service.counters[.lateReplies] == 1 && bench.service.requests.count == 0)
    bench.stop()
  }

  @Test(arguments: [64 << 20, 1_000])
  func replyPassesEventsThatAreHeldBack(spoolMemoryBytes: Int) async throws {
    let bench = try ServiceBench(room: 2, spoolMemoryBytes: spoolMemoryBytes)
    let trainer = try bench.trainer()
    trainer.send(hello())
    for number in 1...1_000 { trainer.send(step(number, seq: number)) }
    #expect(await bench.sink.take(1) == [step(1, seq: 1)])
    async let answer = bench.service.request("pause", session: nil, within: .seconds(20))
    let command = try await nextCommand(trainer)
    trainer.send(event("paused", seq: 1_001), #"{"id": \#(id(command)), "ok": true, "data": {"status": "paused"}}"#)
    #expect(try await answer.data == ["status": "paused"])
    #expect(bench.service.sessions.sessions.map(\.state) == [.paused])
    bench.service.committed(["sess-a": 1])
    #expect(await trainer.next() == #"{"cmd":"ack","payload":{"event_seq":1,"session_id":"sess-a"}}"#)
    bench.sink.setRoom(nil)
    #expect(await bench.sink.take(1_000) == (2...1_000).map { step($0, seq: $0) } + [event("paused", seq: 1_001)])
    bench.stop()
  }

  @Test func repliesFindTheirRequestInAnyOrder() async throws {
    let (bench, trainer) = try await trained()
    let answers = (0..<10).map { number in
      Task { try await bench.service.request("echo", ["number": .integer(Int64(number))], session: "sess").data }
    }
    var replies: [String] = []
    for _ in answers {
      let command = try await nextCommand(trainer)
      replies.insert(#"{"id": \#(id(command)), "ok": true, "data": \#(command["payload"]!["number"]!.serialized())}"#, at: 0)
    }
    for reply in replies { trainer.send(reply) }
    for (number, answer) in answers.enumerated() { #expect(try await answer.value.intValue == number) }
    bench.stop()
  }

  @Test(arguments: [
    (#""ok": false, "error": "Model must be paused before it", "detail": "Traceback""#, "Model must be paused before it"),
    (#""ok": true, "data": {"ok": false, "error": "nothing to export"}"#, "nothing to export"),
    (#""ok": false"#, "it gave no reason"),
  ])
  func refusalOfTheTrainerIsTheFailure(reply: String, text: String) async throws {
    let (bench, trainer) = try await trained()
    let request = Task { try await bench.service.request("export_subset", session: nil) }
    let command = try await nextCommand(trainer)
    trainer.send(#"{"id": \#(id(command)), \#(reply)}"#)
    let failure = try #require(await failure(of: request))
    #expect(failure.message == "the trainer refused 'export_subset': \(text)" && failure.code == "trainer_refused")
    #expect(failure.status == .failed && !failure.retryable)
    bench.stop()
  }

  @Test func healthCheckThatFoundSomethingIsAnAnswer() async throws {
    let (bench, trainer) = try await trained()
    let request = Task { try await bench.service.request("dist_health", session: nil) }
    let command = try await nextCommand(trainer)
    trainer.send(#"{"id": \#(id(command)), "ok": true, "data": {"ok": false, "notes": ["they differ"]}}"#)
    #expect(try await request.value.data["notes"] == ["they differ"])
    bench.stop()
  }

  @Test func silenceEndsAtTheLimitAndTheLateReplyIsCounted() async throws {
    let (bench, trainer) = try await trained()
    let request = Task { try await bench.service.request("pause", session: nil, within: .milliseconds(20)) }
    let command = try await nextCommand(trainer)
    let failure = try #require(await failure(of: request))
    #expect(failure.code == "timed_out" && failure.status == .deadline && failure.retryable)
    #expect(failure.message.hasPrefix("'pause' was not answered within 0.02 seconds: a trainer answers nothing before training begins"))
    #expect(bench.service.requests.count == 0)
    trainer.send(#"{"id": \#(id(command)), "ok": true}"#, step(2, seq: 2))
    _ = await bench.sink.take(1)
    #expect(bench.service.counters[.lateReplies] == 1)
    bench.stop()
  }

  @Test func lostConnectionFailsWhatWaitedOnIt() async throws {
    let (bench, trainer) = try await trained()
    let request = Task { try await bench.service.request("fork", session: nil) }
    _ = try await nextCommand(trainer)
    trainer.close()
    let failure = try #require(await failure(of: request))
    #expect(failure.message == "'fork' was not answered: session 'sess-a' lost its connection; try again when it is back")
    #expect(failure.status == .gone && failure.retryable && bench.service.requests.count == 0)
    bench.stop()
  }

  @Test func endOfTheLineIsTheAnswerToAStop() async throws {
    let (bench, trainer) = try await trained()
    async let answer = bench.service.request("stop", session: nil)
    _ = try await nextCommand(trainer)
    trainer.close()
    #expect(try await answer.data == ["status": "ended"])
    _ = await bench.sink.next(on: .disconnected)
    let session = try #require(bench.service.sessions.sessions.first)
    #expect(session.state == .ended && session.reason == "its connection ended after it was told to stop")
    bench.stop()
  }

  @Test func cancelledRequestLeavesNothingBehind() async throws {
    let (bench, trainer) = try await trained()
    let request = Task { try await bench.service.request("fork", session: nil) }
    _ = try await nextCommand(trainer)
    request.cancel()
    await #expect(throws: CancellationError.self) { try await request.value }
    #expect(bench.service.requests.count == 0)
    bench.stop()
  }

  @Test func stopFailsWhatIsStillUnanswered() async throws {
    let (bench, trainer) = try await trained()
    let request = Task { try await bench.service.request("fork", session: nil) }
    _ = try await nextCommand(trainer)
    bench.stop()
    #expect(await failure(of: request)?.status == .gone)
  }

  @Test(arguments: [#""ok": true, "data": {}"#, #""ok": false, "error": "Unknown cmd: ping""#])
  func anyReplyToAPingIsASignOfLife(reply: String) async throws {
    let (bench, trainer) = try await trained()
    async let pong = bench.service.ping("baseline")
    let command = try await nextCommand(trainer)
    trainer.send(#"{"id": \#(id(command)), \#(reply)}"#)
    #expect(try await pong.session == "sess-a")
    #expect(try await pong.milliseconds > 0)
    bench.stop()
  }

  @Test func commandThatPausesSilentlyIsSeenInTheState() async throws {
    let (bench, trainer) = try await trained()
    async let answer = bench.service.request("switch_run", session: nil)
    let command = try await nextCommand(trainer)
    trainer.send(#"{"id": \#(id(command)), "ok": true, "data": {"ok": true, "paused": true}}"#)
    _ = try await answer
    #expect(bench.service.sessions.sessions.map(\.state) == [.paused])
    bench.stop()
  }

  @Test func trainerThatDoesNotReadIsToldApartFromOneThatIsGone() async throws {
    let (bench, trainer) = try await trained()
    let line = [UInt8](repeating: 0x20, count: Outbox.mostBytes + 1)
    #expect(bench.service.send(line, to: 1) == .full)
    trainer.close()
    _ = await bench.sink.next(on: .disconnected)
    #expect(bench.service.send([0x0A], to: 1) == .gone)
    bench.stop()
  }

  @Test func acknowledgementsComeAfterCommitsAndAgainAfterAReconnect() async throws {
    let bench = try ServiceBench()
    let first = try bench.trainer()
    first.send(hello(), step(1, seq: 1))
    #expect(await bench.sink.take(1) == [step(1, seq: 1)])
    bench.service.committed(["sess-a": 7, "sess-b": 3])
    let ack = #"{"cmd":"ack","payload":{"event_seq":7,"session_id":"sess-a"}}"#
    #expect(await first.next() == ack)
    first.close()
    _ = await bench.sink.next(on: .disconnected)
    let second = try bench.trainer()
    second.send(hello())
    #expect(await second.next() == ack)
    #expect(bench.service.counters[.acksSent] == 2)
    bench.stop()
  }

  @Test func whoDoesNotAskIsNotAcknowledged() async throws {
    let (bench, trainer) = try await trained()
    bench.service.committed(["sess-a": 7])
    async let answer = bench.service.request("server_info", session: nil)
    let command = try await nextCommand(trainer)
    #expect(command["cmd"] == "server_info")
    trainer.send(#"{"id": \#(id(command)), "ok": true}"#)
    _ = try await answer
    bench.stop()
  }
}
