// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import PluginTestKit
import Synchronization
import Testing

@testable import RunBridge

/// Fronts that do not read, do not answer, or answer nonsense.
@Suite struct HostileFrontTests {
  @Test func frontThatReadsNoNoticesLosesTheOldestAndIsToldHowMany() async throws {
    let host = try await TestHost.fronts(["fronts": ["notices": 10]])
    let front = try await BenchFront.attach(host, credit: 1)
    for number in 0..<100 {
      let told = try await host.ask("vscode/showMessage", ["message": .string("\(number)")])
      #expect(told == [:])
    }
    let row = try await host.value("bridge.fronts")["fronts"]?[0]
    // One may be on its way.
    #expect((row?["waiting"]?.intValue ?? 99) <= 10)
    front.call.grant(100)
    var texts: [String] = []
    var dropped = 0
    while texts.last != "99" {
      let chunk = try await front.next()
      dropped += chunk["dropped"]?.intValue ?? 0
      if let text = chunk["body"]?["message"]?.stringValue { texts.append(text) }
    }
    #expect(texts.count + dropped == 100 && (10...11).contains(texts.count))
    await host.close()
  }

  @Test func noticesAreCountedByTheirBytes() {
    var settings = FrontSettings()
    settings.noticeBytes = 1_000
    let line = FrontLine(settings: settings)
    for _ in 0..<10 { line.tell([UInt8](repeating: 32, count: 300)) }
    #expect(line.waiting == 3 && line.droppedInAll == 7)
    line.tell([UInt8](repeating: 32, count: 2_000))
    #expect(line.waiting == 0 && line.droppedInAll == 11)
  }

  @Test func greetingIsNeverDropped() async throws {
    let host = try await TestHost.fronts(["fronts": ["notices": 1]])
    let call = host.begin(
      "bridge.attach", Payload(bytes: JSONValue.object(["name": "f", "capabilities": ["message"]]).bytes()), credit: 0)
    try await call.outOfCredit()
    for _ in 0..<10 { _ = try await host.ask("vscode/showMessage", ["message": "x"]) }
    call.grant(3)
    #expect(try await JSONValue(parsing: call.nextChunk().bytes)["front"]?.stringValue?.hasPrefix("f-") == true)
    #expect(try await JSONValue(parsing: call.nextChunk().bytes) == ["dropped": 9])
    await host.close()
  }

  @Test func onlyTheLatestProgressWaits() async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host, credit: 1)
    // The first may be on its way already; of the others the latest alone is left.
    for step in 0...50 {
      _ = try await host.ask("bridge/progress", ["id": "p", "title": "Train", "fraction": .number(Double(step) / 50)])
    }
    front.call.grant(100)
    var seen: [Double] = []
    while seen.last != 1 { seen.append(try await front.next()["body"]?["fraction"]?.doubleValue ?? -1) }
    #expect(seen.count <= 2)
    await host.close()
  }

  @Test func frontThatTakesNoQuestionCountsAsGone() async throws {
    let host = try await TestHost.fronts(["fronts": ["takeSeconds": 0.2]])
    let other = try await BenchFront.attach(host, name: "other", workspace: "/x")
    let stuck = try await BenchFront.attach(host, name: "stuck", workspace: "/w/a", credit: 1)
    let call = host.begin("bridge/input", ["prompt": "?"])
    try await other.answerNext(["value": "well"])
    #expect(try await call.outcome() == ["value": "well"])
    let ended = try await stuck.call.outcome()
    #expect(ended["reason"] == "did not take a question within 0.2 s; read the chunks as they come")
    await host.close()
  }

  @Test func frontThatTakesQuestionsAndAnswersNoneIsAskedSoMany() async throws {
    let host = try await TestHost.fronts(["fronts": ["openQuestions": 2, "openQuestionsOfRun": 3]])
    let silent = try await BenchFront.attach(host, name: "silent", workspace: "/w/a")
    var calls: [TestCall] = []
    for _ in 0..<2 {
      calls.append(host.begin("bridge/input", ["prompt": "?"]))
      _ = try await silent.next()
    }
    #expect(
      try await host.ask("bridge/input", ["prompt": "?"])
        == "cannot ask a front: each one that could answer has 2 questions to answer; ask again later")
    let other = try await BenchFront.attach(host, name: "other", workspace: "/x")
    calls.append(host.begin("bridge/input", ["prompt": "?"]))
    _ = try await other.next()
    #expect(
      try await host.ask("bridge/input", ["prompt": "?"])
        == "cannot ask a front: 3 questions of this run wait for an answer, as many as may; wait for one")
    for call in calls { call.cancel() }
    await host.close()
  }

  @Test func thereAreOnlySoManyFronts() async throws {
    let host = try await TestHost.fronts(["fronts": ["most": 2]])
    let one = try await BenchFront.attach(host)
    _ = try await BenchFront.attach(host)
    let refused = try await host.value("bridge.attach", ["name": "x", "capabilities": ["message"]])
    #expect(
      refused == "cannot attach a front: there are 2, as many as 'fronts.most' of the settings allows; detach one, see bridge.fronts")
    try await one.detach()
    _ = try await BenchFront.attach(host)
    await host.close()
  }

  @Test func sizesAreLimited() async throws {
    let host = try await TestHost.fronts(["fronts": ["questionBytes": 2_000]])
    let front = try await BenchFront.attach(host)
    let long = String(repeating: "x", count: 3_000)
    let refused = try await host.ask("bridge/input", ["prompt": .string(long)])
    #expect(
      refused.stringValue?.hasPrefix("cannot ask a front: the question is 3") == true
        && refused.stringValue?.hasSuffix("bytes, and 'fronts.questionBytes' of the settings allows 2000") == true)
    let call = host.begin("bridge/input", ["prompt": "?"])
    let asked = try await front.next()
    let words = try await front.answer(asked, ["value": .string(long)])
    #expect(words?.hasPrefix("cannot take an answer of 30") == true)
    try await front.answer(asked, ["value": "short"])
    #expect(try await call.outcome() == ["value": "short"])
    await host.close()
  }

  @Test(
    arguments: [
      ("bridge/choose", ["message": "?", "options": ["a", "b"]], ["chosen": [2]], "from 0 to 1, or 'cancelled' true"),
      ("bridge/choose", ["message": "?", "options": ["a", "b"]], ["chosen": [-1]], "from 0 to 1, or 'cancelled' true"),
      ("bridge/choose", ["message": "?", "options": ["a", "b"]], ["chosen": ["a"]], "from 0 to 1, or 'cancelled' true"),
      ("bridge/choose", ["message": "?", "options": ["a", "b"]], ["chosen": []], "must hold one index, for one option is asked for"),
      ("bridge/choose", ["message": "?", "options": ["a", "b"]], ["chosen": [0, 1]], "must hold one index, for one option is asked for"),
      ("bridge/choose", ["message": "?", "options": ["a", "b"], "many": true], ["chosen": [0, 0]], "from 0 to 1, or 'cancelled' true"),
      ("bridge/choose", ["message": "?", "options": ["a"]], [:], "from 0 to 0, or 'cancelled' true"),
      ("bridge/input", ["prompt": "?"], ["value": 1], "'value' must be a text, or 'cancelled' true"),
      (
        "bridge/form", ["schema": ["type": "object", "properties": ["n": ["type": "integer"]]]], ["values": []],
        "'values' must be an object"
      ),
      (
        "bridge/form", ["schema": ["type": "object", "properties": ["n": ["type": "integer"]]]], ["values": ["n": "x"]],
        "'n' must be a whole number"
      ),
      ("vscode/executeCommand", ["command": "a.b"], ["decision": "yes"], "'decision' must be allow, allow_run or deny"),
      ("vscode/chat", ["message": "?"], ["text": "x"], "'response' or 'blocked_reason' must be a text"),
    ] as [(String, JSONValue, JSONValue, String)])
  func answerThatDoesNotFitIsRefusedAndTheQuestionStaysOpen(type: String, params: JSONValue, result: JSONValue, reason: String) async throws
  {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host)
    let call = host.begin(type, params)
    let asked = try await front.next()
    let words = try await front.answer(asked, result)
    #expect(words?.hasPrefix("cannot take the answer: ") == true && words?.contains(reason) == true, "\(words ?? "taken")")
    try await front.say(asked, "error", "given up")
    #expect(try await call.outcome() == "given up")
    await host.close()
  }

  @Test func answersToNobodysQuestionAreErrors() async throws {
    let host = try await TestHost.fronts()
    let one = try await BenchFront.attach(host, workspace: "/w/a")
    let two = try await BenchFront.attach(host, workspace: "/x")
    let call = host.begin("bridge/input", ["prompt": "?"])
    let asked = try await one.next()
    // Another front's question is not its own.
    #expect(try await two.answer(asked, ["value": "x"])?.hasSuffix("it was answered or withdrawn, or never asked") == true)
    try await one.answer(asked, ["value": "1"])
    #expect(try await one.answer(asked, ["value": "2"])?.hasSuffix("it was answered or withdrawn, or never asked") == true)
    #expect(try await call.outcome() == ["value": "1"])
    let gone = try await host.value("bridge.answer", ["front": "f-none", "question": 1, "result": [:]])
    #expect(gone == "no front 'f-none' is attached: its bridge.attach has ended; attach again")
    for (input, reason) in [
      (["question": 1, "result": [:]], "'front' is missing; it came with the first chunk"),
      (["front": "f", "result": [:]], "'question' must be the number of a question"),
      (["front": "f", "question": 1], "give one of 'result', 'error' and 'part'"),
      (["front": "f", "question": 1, "result": [:], "error": "x"], "give one of 'result', 'error' and 'part'"),
      (["front": "f", "question": 1, "result": 1], "'result' must be an object"),
      (["front": "f", "question": 1, "error": ""], "'error' must be a sentence"),
      (["front": "f", "question": 1, "part": "x"], "'part' must be an object"),
    ] as [(JSONValue, String)] {
      #expect(try await host.value("bridge.answer", input) == .string("cannot take the answer: \(reason)"))
    }
    await host.close()
  }

  @Test(
    arguments: [
      ([:], "'name' must be a text of 1 to 100 bytes, for people to know this front by"),
      (["name": .string(String(repeating: "x", count: 101))], "'name' must be a text of 1 to 100 bytes, for people to know this front by"),
      (["name": "f", "capabilities": ["fly"]], "there is no capability 'fly'; there are message, choose"),
      (["name": "f", "capabilities": [1]], "there is no capability that is no text; there are message, choose"),
      (["name": "f", "capabilities": []], "'capabilities' names nothing it can do; name some of message, choose"),
      (["name": "f", "capabilities": ["open"], "workspace": "w"], "'workspace' must be an absolute path"),
      (["name": "f", "commands": [["title": "x"]]], "each of 'commands' must have a 'name' of 1 to 200 bytes"),
      (["name": "f", "commands": "x"], "'commands' must be a list of at most 1000 objects with 'name'"),
    ] as [(JSONValue, String)])
  func introductionIsChecked(input: JSONValue, reason: String) throws {
    let failure = #expect(throws: PluginFailure.self) { try Front.Introduction(input) }
    #expect(failure?.message.hasPrefix("cannot attach a front: \(reason)") == true, "\(failure?.message ?? "")")
  }

  @Test func inputThatIsNoObjectIsRefused() async throws {
    let host = try await TestHost.fronts()
    for (text, reason) in [("[]", "the value must be an object"), ("nonsense", "not JSON")] {
      let failure = try await host.call("bridge.attach", text).failure
      #expect(failure?.message.hasPrefix("cannot read the input of 'bridge.attach': \(reason)") == true)
    }
    await host.close()
  }

  /// Fronts come, answer a few questions and go in the middle of others; whatever happens, each question ends once, and nothing is left.
  @Test func manyQuestionsAndFrontsThatComeAndGo() async throws {
    var settings = FrontSettings()
    settings.openQuestionsOfRun = 1_000
    settings.openQuestions = 1_000
    let desk = FrontDesk(settings: settings) { _, _ in }
    let caller = try #require(FrontBench.runs["r1"])
    // One stays, so that every question has somebody to go to.
    async let staying: Void = Self.serve(desk, answering: .max)
    while desk.all.isEmpty { await Task.yield() }
    async let leaving: Void = withDiscardingTaskGroup { group in
      for _ in 0..<20 { group.addTask { await Self.serve(desk, answering: 5) } }
    }
    let answers = await withTaskGroup(of: JSONValue?.self) { group in
      for number in 0..<400 {
        group.addTask {
          let question = FrontQuestion(kind: .input, body: ["prompt": .integer(Int64(number))])
          return try? await desk.ask(question, for: caller, until: nil) { _ in }?["value"]
        }
      }
      var answers: [JSONValue] = []
      for await answer in group { if let answer { answers.append(answer) } }
      return answers
    }
    #expect(answers.count == 400 && Set(answers.compactMap(\.stringValue)) == Set((0..<400).map(String.init)))
    desk.stop()
    _ = await (staying, leaving)
    #expect(desk.all.isEmpty)
  }

  /// A front that answers a few questions with what they ask, and leaves the next one as it goes.
  private static func serve(_ desk: FrontDesk, answering most: Int) async {
    guard let front = try? desk.attach(Front.Introduction(name: "f", workspace: nil, capabilities: [.input])) else { return }
    let answered = Mutex(0)
    _ = try? await front.line.serve { chunk in
      let chunk = try JSONValue(parsing: chunk)
      guard let number = chunk["question"]?.intValue else { return }
      let count = answered.withLock { count in
        count += 1
        return count
      }
      guard count <= most else { return desk.detach(front.id) }
      let text = chunk["body"]?["prompt"]?.serialized() ?? ""
      // Refused where it was another's by then.
      try? desk.answer(
        FrontAnswer(["front": .string(front.id), "question": .integer(Int64(number)), "result": ["value": .string(text)]]))
    }
    desk.detach(front.id)
  }
}
