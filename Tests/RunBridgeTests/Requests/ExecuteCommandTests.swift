// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import RunBridge

@Suite struct ExecuteCommandTests {
  private static func execute(_ command: String, _ args: JSONValue = []) -> JSONValue { ["command": .string(command), "args": args] }

  private func ask(
    _ host: TestHost, _ command: String, _ args: JSONValue = [], run: String = "r1", timeout: Int? = nil
  ) async throws -> JSONValue {
    try await host.ask("vscode/executeCommand", Self.execute(command, args), run: run, timeout: timeout)
  }

  private func begin(_ host: TestHost, _ command: String, _ args: JSONValue = [], run: String = "r1") -> TestCall {
    host.begin("vscode/executeCommand", Self.execute(command, args), run: run)
  }

  private func audit(_ host: TestHost, _ filter: JSONValue = [:]) async throws -> [JSONValue] {
    try await host.value("bridge.audit", filter)["entries"]?.arrayValue ?? []
  }

  // MARK: - Commands of Jackfield

  @Test func readOnlyCommandsNeedNobody() async throws {
    let host = try await TestHost.fronts()
    host.answer("runs.list") { String(decoding: $0.input.bytes, as: UTF8.self) }
    #expect(try await ask(host, "runs.list") == ["result": [:]])
    #expect(try await ask(host, "runs.list", [["limit": 3]]) == ["result": ["limit": 3]])
    let entry = try await audit(host, ["command": "runs.list", "limit": 1]).first
    #expect(
      entry?["decision"] == "allowed by configuration" && entry?["what"] == "vscode/executeCommand" && entry?["run_name"] == "train.py")
    await host.close()
  }

  @Test(
    arguments: [
      ([1], "1 argument"), (["a", "b"], "2 arguments"), ([["a": 1], 7], "2 arguments"), ([.null], "1 argument"),
    ] as [(JSONValue, String)])
  func commandOfJackfieldTakesOneObject(args: JSONValue, count: String) async throws {
    let host = try await TestHost.fronts()
    host.answer("runs.list") { _ in "{}" }
    #expect(
      try await ask(host, "runs.list", args)
        == .string(
          "cannot execute 'runs.list' with \(count): a command of Jackfield takes one object, or nothing; see 'jackfield commands'"))
    await host.close()
  }

  @Test func failureOfACommandIsItsOwn() async throws {
    let host = try await TestHost.fronts()
    host.answer("runs.show") { _ in throw PluginFailure("there is no run 'x'", status: .notFound) }
    #expect(try await ask(host, "runs.show") == "there is no run 'x'")
    #expect(try await audit(host)[0]["outcome"] == "there is no run 'x'")
    for name in ["no.list", "editor.showX.list", "Workbench.show"] {
      #expect(
        try await ask(host, name)
          == .string("there is no command '\(name)': neither a plugin nor an attached front offers it; see 'jackfield commands'"))
    }
    await host.close()
  }

  @Test func commandThatTakesTooLongIsGivenUp() async throws {
    let host = try await TestHost.fronts()
    host.answer("runs.list") { call in
      try await call.ended()
      return "{}"
    }
    #expect(try await ask(host, "runs.list", timeout: 50) == "Command timeout")
    #expect(try await audit(host)[0]["outcome"] == "Command timeout")
    await host.close()
  }

  @Test func commandIsGivenUpWithItsRequest() async throws {
    let host = try await TestHost.fronts()
    host.answer("runs.list") { call in
      try await call.ended()
      return "{}"
    }
    let call = begin(host, "runs.list")
    let called = try await host.called("runs.list")
    call.cancel()
    try await called.ended()
    await host.close()
  }

  @Test func commandOfThisPluginIsNoCallThatWaitsForItself() async throws {
    let host = try await TestHost.fronts()
    for (command, hasParent) in [("bridge.status", false), ("run.list", false), ("runs.list", true)] {
      host.answer(command) { _ in "{}" }
      #expect(try await ask(host, command) == ["result": [:]])
      #expect(try await (host.called(command).parent != 0) == hasParent)
    }
    await host.close()
  }

  // MARK: - Commands of fronts

  @Test func frontsCommandGetsTheArgumentsAsTheyAre() async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host, offers: ["evolve.getPnmlSchema", "editor.save"])
    let call = begin(host, "evolve.getPnmlSchema", [1, "two"])
    let asked = try await front.next()
    #expect(asked["kind"] == "command" && asked["body"] == ["command": "evolve.getPnmlSchema", "args": [1, "two"]])
    try await front.answer(asked, ["result": ["schema": "s"]])
    #expect(try await call.outcome() == ["result": ["schema": "s"]])
    let void = begin(host, "editor.save", run: "wide")
    try await front.answerNext([:])
    #expect(try await void.outcome() == ["result": .null])
    await host.close()
  }

  @Test func frontThatTakesTooLongIsGivenUp() async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host, offers: ["editor.save"])
    let call = host.begin("vscode/executeCommand", Self.execute("editor.save"), run: "wide", timeout: 50)
    #expect(try await call.outcome() == "Command timeout")
    // It was asked, and then told; or it was too late to ask.
    _ = try await host.ask("vscode/showMessage", ["message": "last"])
    var chunk = try await front.next()
    if chunk["question"] != nil {
      chunk = try await front.next()
      #expect(chunk["withdrawn"] != nil && chunk["reason"] == "timed out")
      chunk = try await front.next()
    }
    #expect(chunk["notice"] == "message")
    await host.close()
  }

  // MARK: - Consent

  @Test func consentIsAskedOnceAndCountsForTheRun() async throws {
    let host = try await TestHost.fronts()
    host.answer("kernel.start") { _ in #"{"id":"k"}"# }
    let front = try await BenchFront.attach(host, name: "left")
    let call = begin(host, "kernel.start", [["spec": "python3"]])
    let asked = try await front.answerNext(["decision": "allow_run"])
    #expect(asked["kind"] == "consent")
    let body: JSONValue = ["command": "kernel.start", "arguments": #"[{"spec":"python3"}]"#, "run": "train.py", "workspace": "/w/a"]
    #expect(asked["body"] == body)
    #expect(try await call.outcome() == ["result": ["id": "k"]])
    #expect(try await ask(host, "kernel.start") == ["result": ["id": "k"]])
    // Another run of the folder is asked about for itself.
    let other = begin(host, "kernel.start", run: "r3")
    try await front.answerNext(["decision": "deny"])
    let denied: JSONValue =
      "the run 'again.py' may not execute 'kernel.start': it was denied at 'left'; 'jackfield call bridge.revoke' takes that back"
    #expect(try await other.outcome() == denied)
    #expect(try await ask(host, "kernel.start", run: "r3") == denied)
    let entries = try await audit(host)
    #expect(entries.map { $0["decision"] } == ["denied", "denied", "allowed by consent", "allowed by consent"])
    #expect(entries.allSatisfy { $0["by"] == "left" && $0["detail"] == "kernel.start" })
    #expect(!entries.contains { $0.serialized().contains("python3") })
    #expect(try await audit(host, ["decision": "denied"]).count == 2)
    await host.close()
  }

  @Test func consentForAllCountsForTheFolderAndOutlivesTheHost() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/jackfield-consent-\(FreshName.make())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let configuration: JSONValue = ["database": .string(folder + "/bridge.db")]
    let first = try await TestHost.fronts(configuration)
    first.answer("kernel.start") { _ in "{}" }
    let front = try await BenchFront.attach(first)
    let call = begin(first, "kernel.start")
    try await front.answerNext(["decision": "allow"])
    #expect(try await call.outcome() == ["result": [:]])
    await first.close()

    let second = try await TestHost.fronts(configuration)
    second.answer("kernel.start") { _ in "{}" }
    #expect(try await ask(second, "kernel.start", run: "r3") == ["result": [:]])
    let unattended: JSONValue = .string(
      "the run 'other.py' may not execute 'kernel.start', and nobody is attached who could allow it: attach with 'jackfield attach', "
        + "begin the run with '--scope kernel.start', or name it in 'allow' of the run-bridge settings")
    #expect(try await ask(second, "kernel.start", run: "r2") == unattended)
    let listed = try await second.value("bridge.consents")["consents"]?.arrayValue ?? []
    #expect(listed.count == 1 && listed[0]["workspace"] == "/w/a" && listed[0]["run"] == .null && listed[0]["decision"] == "allow")
    #expect(try await second.value("bridge.revoke", ["consent": listed[0]["consent"] ?? .null]) == ["revoked": 1])
    #expect(try await second.value("bridge.revoke", ["consent": 1]) == "there is no consent 1; see bridge.consents")
    #expect(try await ask(second, "kernel.start", run: "r3").stringValue?.contains("nobody is attached") == true)
    #expect(try await audit(second, ["run": "r2"]).map { $0["decision"] } == ["denied: nobody attached"])
    await second.close()
  }

  @Test func requestsOfOneCommandAreOneQuestion() async throws {
    let host = try await TestHost.fronts()
    host.answer("kernel.start") { _ in "{}" }
    let front = try await BenchFront.attach(host)
    let calls = (0..<5).map { _ in begin(host, "kernel.start") }
    let asked = try await front.next()
    // The first that gives up does not take the question from the others.
    calls[0].cancel()
    try await front.answer(asked, ["decision": "allow_run"])
    for call in calls.dropFirst() { #expect(try await call.outcome() == ["result": [:]]) }
    _ = try await host.ask("vscode/showMessage", ["message": "last"])
    // No other question came before this.
    #expect(try await front.next()["notice"] == "message")
    await host.close()
  }

  @Test func lastOneThatGivesUpTakesTheQuestionAlong() async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host)
    let call = begin(host, "kernel.start")
    let asked = try await front.next()
    call.cancel()
    #expect(try await front.next()["withdrawn"] == asked["question"])
    #expect(try await host.value("bridge.consents") == ["consents": []])
    await host.close()
  }

  @Test func questionLeftOpenDecidesNothing() async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host)
    let call = begin(host, "kernel.start")
    try await front.say(front.next(), "error", "nobody decided")
    #expect(try await call.outcome() == "nobody decided")
    #expect(try await host.value("bridge.consents") == ["consents": []])
    #expect(try await audit(host)[0]["decision"] == "undecided")
    await host.close()
  }

  @Test func endOfTheRunEndsItsConsents() async throws {
    let host = try await TestHost.fronts()
    host.answer("kernel.start") { _ in "{}" }
    let front = try await BenchFront.attach(host)
    let call = begin(host, "kernel.start")
    try await front.answerNext(["decision": "allow_run"])
    _ = try await call.outcome()
    _ = try await host.call("bench.end", #"{"run":"r1"}"#)
    #expect(try await host.value("bridge.consents") == ["consents": []])
    await host.close()
  }

  @Test func scriptThatAsksForEverythingIsHeldBack() async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host)
    let calls = (0..<ConsentDesk.mostOfRun).map { begin(host, "c\($0).go") }
    for _ in calls { _ = try await front.next() }
    #expect(
      try await ask(host, "more.go")
        == "cannot ask whether 'more.go' may be executed: 4 other commands of this run are being asked about; wait for one")
    for call in calls { call.cancel() }
    await host.close()
  }

  @Test(arguments: ["bridge.attach", "bridge.answer", "bridge.request"])
  func noScopeLetsAScriptAnswerItself(command: String) async throws {
    let host = try await TestHost.fronts()
    #expect(try await ask(host, command, run: "wide") == .string("no script may execute '\(command)': it is for fronts"))
    #expect(try await audit(host)[0]["decision"] == "denied: reserved")
    await host.close()
  }

  @Test func scopeOfTheRunIsConsentEnough() async throws {
    let host = try await TestHost.fronts()
    host.answer("kernel.start") { _ in "{}" }
    #expect(try await ask(host, "kernel.start", run: "wide") == ["result": [:]])
    #expect(try await audit(host)[0]["decision"] == "allowed by scope")
    await host.close()
  }

  @Test func settingsSayWhatIsAllowed() async throws {
    let host = try await TestHost.fronts(["requests": ["allow": ["kernel.s*"]]])
    host.answer("kernel.start") { _ in "{}" }
    host.answer("runs.list") { _ in "{}" }
    #expect(try await ask(host, "kernel.start") == ["result": [:]])
    #expect(try await ask(host, "runs.list").stringValue?.contains("nobody is attached") == true)
    await host.close()
  }

  // MARK: - The audit

  @Test func auditKeepsTheLatestAndPagesBack() async throws {
    let host = try await TestHost.fronts(["requests": ["allow": ["*"], "auditEntries": 5]])
    for number in 0..<8 { _ = try await ask(host, "c.n\(number)") }
    let all = try await audit(host)
    #expect(all.map { $0["detail"] } == ["c.n7", "c.n6", "c.n5", "c.n4", "c.n3"])
    #expect(all[0]["milliseconds"]?.doubleValue != nil)
    #expect(try await audit(host, ["limit": 2]).count == 2)
    #expect(try await audit(host, ["before": all[2]["number"] ?? .null, "limit": 1]).map { $0["detail"] } == ["c.n4"])
    #expect(try await audit(host, ["since": 4e9]).isEmpty)
    #expect(try await host.value("bridge.audit", ["limit": 0]) == "cannot list the audit: 'limit' must be a number from 1 to 1000")
    await host.close()
  }

  @Test func revokingNeedsToKnowWhat() async throws {
    let host = try await TestHost.fronts()
    #expect(
      try await host.value("bridge.revoke")
        == "cannot revoke: give 'consent', or 'run', 'command' or 'workspace', or 'all' true; see bridge.consents")
    #expect(try await host.value("bridge.revoke", ["all": true]) == ["revoked": 0])
    await host.close()
  }
}

enum FreshName {
  static func make() -> String { String(UInt64.random(in: 0...UInt64.max), radix: 36) }
}
