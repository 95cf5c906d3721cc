// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import RunBridge

@Suite struct FrontDeskTests {
  private static let question: JSONValue = ["message": "Which?", "options": ["a", "b"]]

  @Test func frontIsAskedAndAnswers() async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host, name: "left", workspace: "/w/a")
    let call = host.begin("bridge/choose", Self.question, timeout: 60_000)
    let asked = try await front.next()
    #expect(asked["kind"] == "choose" && asked["run"] == ["id": "r1", "name": "train.py"])
    #expect(
      asked["body"] == ["message": "Which?", "options": [["label": "a", "value": "a"], ["label": "b", "value": "b"]], "many": false])
    #expect((1...60_000).contains(asked["deadline_ms"]?.intValue ?? 0))
    try await front.answer(asked, ["chosen": [1]])
    let outcome = try await call.outcome()
    #expect(outcome == ["chosen": "b", "cancelled": false])
    let listed = try await host.value("bridge.fronts")["fronts"]?[0]
    #expect(listed?["name"] == "left" && listed?["workspace"] == "/w/a" && listed?["answered"] == 1)
    await host.close()
  }

  @Test(arguments: [
    // The closest folder, also one within; then the one used last.
    (["/", "/w", "/x"], 1), (["/w/a", "/w"], 0), (["/w", "/w/a"], 1), (["/w/a/deep", "/w"], 0), (["/w/a/deep", "/w/a"], 1),
    (["/w/ab", "/x"], 1), ([nil, "/x"], 1), (["/w/a", nil], 0), (["/w/a", "/w/a"], 1), (["/w/b", "/w/ab", nil], 2),
  ])
  func questionGoesToTheFrontOfTheRunsFolder(folders: [String?], expected: Int) throws {
    let desk = FrontDesk { _, _ in }
    let fronts = try folders.map { try desk.attach(Front.Introduction(name: "f", workspace: $0, capabilities: [.choose])) }
    let best = FrontDesk.best(of: desk.all, for: try #require(FrontBench.runs["r1"]))
    #expect(best?.id == fronts[expected].id)
  }

  @Test func frontThatAnsweredLastIsAskedNext() async throws {
    let host = try await TestHost.fronts()
    let one = try await BenchFront.attach(host, name: "one")
    _ = try await BenchFront.attach(host, name: "two", can: ["input"])
    let choice = host.begin("bridge/choose", Self.question)
    try await one.answerNext(["chosen": [0]])
    _ = try await choice.outcome()
    let call = host.begin("bridge/input", ["prompt": "?"])
    try await one.answerNext(["value": "1"])
    #expect(try await call.outcome() == ["value": "1"])
    await host.close()
  }

  @Test func frontThatGoesInTheMiddleIsFollowedByTheNext() async throws {
    let host = try await TestHost.fronts()
    let far = try await BenchFront.attach(host, name: "far", workspace: "/x")
    let near = try await BenchFront.attach(host, name: "near", workspace: "/w/a")
    let call = host.begin("bridge/input", ["prompt": "Name?"])
    _ = try await near.next()
    near.call.cancel()
    let again = try await far.next()
    #expect(again["body"]?["prompt"] == "Name?")
    far.call.cancel()
    #expect(
      try await call.outcome()
        == "the front 'far' went away before it answered, and no other one can; attach one with 'jackfield attach' and ask again")
    await host.close()
  }

  @Test func questionIsTakenBackWhenItsCallerGivesUp() async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host)
    let call = host.begin("bridge/input", ["prompt": "?"])
    let asked = try await front.next()
    call.cancel()
    #expect(try await front.next() == ["withdrawn": asked["question"] ?? .null, "reason": "the script waits no longer"])
    #expect(
      try await front.answer(asked, ["value": "late"])
        == "the question \(asked["question"]?.intValue ?? -1) is not open for this front: it was answered or withdrawn, or never asked")
    await host.close()
  }

  @Test func questionIsTakenBackWhenItsTimeIsOver() async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host)
    let call = host.begin("bridge/input", ["prompt": "?"], timeout: 50)
    let asked = try await front.next()
    #expect(try await front.next() == ["withdrawn": asked["question"] ?? .null, "reason": "timed out"])
    #expect(try await call.outcome() == "nobody answered in time")
    await host.close()
  }

  @Test func questionIsTakenBackWhenItsRunEnds() async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host)
    let call = host.begin("bridge/input", ["prompt": "?"])
    let other = host.begin("bridge/input", ["prompt": "?"], run: "r2")
    let both = [try await front.next(), try await front.next()]
    let (asked, kept) = both[0]["run"]?["id"] == "r1" ? (both[0], both[1]) : (both[1], both[0])
    _ = try await host.call("bench.end", #"{"run":"r1"}"#)
    #expect(try await front.next() == ["withdrawn": asked["question"] ?? .null, "reason": "the run ended"])
    #expect(try await call.outcome() == "the run ended")
    try await front.answer(kept, ["value": "still"])
    #expect(try await other.outcome() == ["value": "still"])
    await host.close()
  }

  @Test func refusalIsToldInTheFrontsWords() async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host)
    let call = host.begin("bridge/input", ["prompt": "?"])
    try await front.say(front.next(), "error", "not now")
    #expect(try await call.outcome() == "not now")
    await host.close()
  }

  @Test func partsComeBeforeTheAnswerForWhoAsksForThem() async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host)
    for (wants, parts) in [(true, [#"{"delta":"Hel"}"#, #"{"delta":"lo"}"#]), (false, [])] {
      let call = host.begin("vscode/chat", ["message": "hi", "stream": .bool(wants)])
      let asked = try await front.next()
      try await front.say(asked, "part", ["delta": "Hel"])
      try await front.say(asked, "part", ["delta": "lo"])
      try await front.answer(asked, ["response": "Hello"])
      let answer = try await call.answer()
      #expect(answer.chunks.map { String(decoding: $0.bytes, as: UTF8.self) } == parts)
      #expect(try JSONValue(parsing: answer.payload.bytes)["response"] == "Hello")
    }
    await host.close()
  }

  @Test func twoOfOneNameAreToldApart() async throws {
    let host = try await TestHost.fronts()
    var names: [String] = []
    for _ in 0..<3 { names.append(try await BenchFront.attach(host, name: "terminal").name) }
    #expect(names == ["terminal", "terminal (2)", "terminal (3)"])
    await host.close()
  }

  @Test func eventsTellWhoComesAndGoes() async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host, name: "left")
    try await front.detach()
    for state in ["attached", "gone"] {
      let event = try await host.published("bridge.front")
      let expected: JSONValue = ["front": .string(front.id), "name": "left", "state": .string(state)]
      #expect(try JSONValue(parsing: event.payload.bytes) == expected)
    }
    await host.close()
  }

  @Test func stoppingAnswersWhatIsOpenAndDetaches() async throws {
    let desk = FrontDesk { _, _ in }
    let front = try desk.attach(Front.Introduction(name: "f", workspace: nil, capabilities: [.input]))
    let caller = try #require(FrontBench.runs["r1"])
    async let asked = desk.ask(FrontQuestion(kind: .input, body: [:]), for: caller, until: nil) { _ in }
    async let served = front.line.serve { _ in }
    while front.line.waiting > 0 || !front.line.hasTaken(1) { await Task.yield() }
    desk.stop()
    do {
      let answer = try await asked
      Issue.record("answered: \(String(describing: answer))")
    } catch {
      #expect(error as? RequestFailure == RequestFailure("host is shutting down"))
    }
    let reason = try await served
    #expect(reason == "host is shutting down")
    await #expect(throws: RequestFailure("host is shutting down")) {
      try await desk.ask(FrontQuestion(kind: .input, body: [:]), for: caller, until: nil) { _ in }
    }
    #expect(throws: PluginFailure("cannot attach a front: the host is stopping", status: .stopping)) {
      try desk.attach(Front.Introduction(name: "f", workspace: nil, capabilities: [.input]))
    }
  }
}
