// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import RunBridge

@Suite struct RequestRouterTests {
  // The first four texts and the unknown type's are what callers of the field know.
  @Test(
    arguments: [
      ("vscode/showMessage", [:], "Missing message parameter"), ("vscode/showMessage", ["message": ""], "Missing message parameter"),
      ("vscode/showMessage", ["message": 1], "Missing message parameter"), ("vscode/chat", [:], "Missing message parameter"),
      ("vscode/executeCommand", [:], "Missing command parameter"), ("vscode/getChatHistory", [:], "Missing conversationId parameter"),
      ("vscode/fly", [:], "Unknown request type: vscode/fly"), ("bridge/choose", ["message": "?"], "Missing options parameter"),
      ("bridge/choose", ["message": "?", "options": []], "Missing options parameter"),
      ("bridge/choose", ["message": "?", "options": [[]]], "each option must be a text, a number, or an object with 'label'"),
      ("bridge/choose", ["message": "?", "options": ["a"], "default": "b"], "the default \"b\" is none of the options"),
      ("bridge/choose", ["options": ["a"]], "Missing message parameter"), ("bridge/input", [:], "Missing prompt parameter"),
      ("bridge/input", ["prompt": "?", "default": 1], "the default must be a text"), ("bridge/confirm", [:], "Missing message parameter"),
      ("bridge/form", [:], "Missing schema parameter"),
      ("bridge/form", ["schema": [:], "values": []], "the schema of a form must be of type 'object', with 'properties'"),
      ("bridge/form", ["schema": ["type": "object"], "values": []], "'values' must be an object"),
      ("bridge/openFile", [:], "Missing path parameter"), ("bridge/showDiff", ["left": "/a"], "Missing right parameter"),
      ("bridge/showDiff", ["left": ["name": "a"], "right": "/b"], "'left' must be a path, or an object with 'text' and 'name'"),
      ("vscode/executeCommand", ["command": "a.b", "args": 1], "'args' must be a list"),
    ] as [(String, JSONValue, String)])
  func wrongRequestIsToldInASentence(type: String, params: JSONValue, reason: String) async throws {
    let host = try await TestHost.fronts()
    #expect(try await host.ask(type, params) == .string(reason))
    await host.close()
  }

  // MARK: - With nobody there

  @Test(
    arguments: [
      ("vscode/showMessage", ["message": "hi"], [:]), ("bridge/progress", ["id": 1, "title": "t", "fraction": 0.5], [:]),
      ("bridge/choose", ["message": "?", "options": ["a", "b"], "default": "b"], ["chosen": "b", "cancelled": false]),
      ("bridge/choose", ["message": "?", "options": [["label": "A", "value": 7]], "default": "A"], ["chosen": 7, "cancelled": false]),
      ("bridge/choose", ["message": "?", "options": ["a", "b"], "default": 1], ["chosen": "b", "cancelled": false]),
      ("bridge/choose", ["message": "?", "options": [5, 6], "default": 5], ["chosen": 5, "cancelled": false]),
      (
        "bridge/choose", ["message": "?", "options": ["a", "b"], "many": true, "default": ["b", "a"]],
        ["chosen": ["b", "a"], "cancelled": false]
      ),
      (
        "bridge/choose", ["message": "?", "options": ["a"]],
        "cannot let anybody choose: nobody is attached who could answer; attach with 'jackfield attach', or give the question a default"
      ),
      ("bridge/confirm", ["message": "?", "default": true], ["confirmed": true]),
      ("bridge/confirm", ["message": "?", "default": false], ["confirmed": false]),
      (
        "bridge/confirm", ["message": "?"],
        "cannot let anybody choose: nobody is attached who could answer; attach with 'jackfield attach', or give the question a default"
      ),
      ("bridge/input", ["prompt": "?", "default": "x"], ["value": "x"]),
      (
        "bridge/input", ["prompt": "?"],
        "cannot ask for a text: nobody is attached who could answer; attach with 'jackfield attach', or give the question a default"
      ),
      (
        "bridge/form", ["schema": ["type": "object", "properties": ["a": ["type": "integer", "default": 3]], "required": ["a"]]],
        ["values": ["a": 3]]
      ),
      (
        "bridge/form", ["schema": ["type": "object", "properties": ["a": ["type": "integer"]], "required": ["a"]]],
        "cannot show a form: nobody is attached who could answer; attach with 'jackfield attach', or give all it needs a default ('a' is missing)"
      ),
      (
        "bridge/openFile", ["path": "a.py"],
        ["opened": false, "reason": "cannot open a file: nobody is attached who could answer; attach with 'jackfield attach'"]
      ),
      (
        "bridge/showDiff", ["left": "a", "right": "b"],
        ["opened": false, "reason": "cannot show a difference: nobody is attached who could answer; attach with 'jackfield attach'"]
      ),
    ] as [(String, JSONValue, JSONValue)])
  func withNobodyThereWhatCanBeDoneIsDone(type: String, params: JSONValue, expected: JSONValue) async throws {
    let host = try await TestHost.fronts()
    #expect(try await host.ask(type, params) == expected)
    await host.close()
  }

  @Test func messageToNobodyStandsInTheLog() async throws {
    let host = try await TestHost.fronts()
    _ = try await host.ask("vscode/showMessage", ["message": "disk full", "level": "warning"])
    let line = try await host.logged { $0.message == "message of a run" }
    #expect(line.values.contains("disk full") && line.values.contains("train.py") && line.values.contains("warning"))
    await host.close()
  }

  // MARK: - With a front

  @Test(arguments: [("info", "info"), ("warning", "warning"), ("error", "error"), ("loud", "info")])
  func messageIsShownAndAnsweredAtOnce(level: String, shown: String) async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host)
    #expect(try await host.ask("vscode/showMessage", ["message": "hi\u{1B}[2J\u{202E}", "level": .string(level)]) == [:])
    let expected: JSONValue = [
      "notice": "message", "run": ["id": "r1", "name": "train.py"], "body": ["message": "hi\u{1B}[2J\u{202E}", "level": .string(shown)],
    ]
    #expect(try await front.next() == expected)
    await host.close()
  }

  @Test func messageGoesToTheFrontsOfTheFolderOrToAll() async throws {
    let host = try await TestHost.fronts()
    let near = try await BenchFront.attach(host, name: "near", workspace: "/w")
    let far = try await BenchFront.attach(host, name: "far", workspace: "/x")
    let free = try await BenchFront.attach(host, name: "free")
    _ = try await host.ask("vscode/showMessage", ["message": "one"])
    _ = try await host.ask("vscode/showMessage", ["message": "two"], run: nil)
    for (front, first) in [(near, "one"), (far, "two"), (free, "one")] {
      #expect(try await front.next()["body"]?["message"]?.stringValue == first)
    }
    await host.close()
  }

  @Test(
    arguments: [
      (
        "bridge/choose", ["message": "?", "options": ["a", "b"], "many": true], ["chosen": [1, 0]],
        ["chosen": ["b", "a"], "cancelled": false]
      ),
      ("bridge/choose", ["message": "?", "options": ["a"]], ["cancelled": true], ["chosen": .null, "cancelled": true]),
      ("bridge/choose", ["message": "?", "options": ["a"], "many": true], ["cancelled": true], ["chosen": [], "cancelled": true]),
      ("bridge/confirm", ["message": "?"], ["chosen": [0]], ["confirmed": true]),
      ("bridge/confirm", ["message": "?"], ["chosen": [1]], ["confirmed": false]),
      ("bridge/confirm", ["message": "?", "default": true], ["cancelled": true], ["confirmed": false]),
      ("bridge/input", ["prompt": "?"], ["value": "ü"], ["value": "ü"]),
      ("bridge/input", ["prompt": "?", "default": "x"], ["cancelled": true], ["value": .null]),
      ("bridge/form", ["schema": ["properties": ["a": [:]]]], ["values": ["a": [1]]], ["values": ["a": [1]]]),
      ("bridge/form", ["schema": ["properties": ["a": [:]]]], ["cancelled": true], ["values": .null]),
      ("bridge/openFile", ["path": "a.py", "line": 3], [:], ["opened": true]),
      ("bridge/showDiff", ["left": ["text": "x", "name": "n"], "right": "/b"], [:], ["opened": true]),
    ] as [(String, JSONValue, JSONValue, JSONValue)])
  func frontsAnswerBecomesTheScripts(type: String, params: JSONValue, result: JSONValue, expected: JSONValue) async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host)
    let call = host.begin(type, params)
    try await front.answerNext(result)
    #expect(try await call.outcome() == expected)
    await host.close()
  }

  @Test func pathsAreSeenFromTheRunsFolder() async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host)
    let call = host.begin("bridge/openFile", ["path": "src/a.py", "line": 3, "column": 1])
    #expect(try await front.answerNext([:])["body"] == ["path": "/w/a/src/a.py", "line": 3, "column": 1])
    _ = try await call.outcome()
    let diff = host.begin("bridge/showDiff", ["left": "a", "right": ["text": "x"], "title": "t"])
    #expect(try await front.answerNext([:])["body"] == ["left": "/w/a/a", "right": ["text": "x", "name": "right"], "title": "t"])
    _ = try await diff.outcome()
    await host.close()
  }

  @Test func formIsShownWithItsDefaults() async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host)
    let schema: JSONValue = ["type": "object", "properties": ["a": ["type": "integer", "default": 3], "b": ["type": "string"]]]
    let call = host.begin("bridge/form", ["schema": schema, "title": "T", "values": ["b": "x"]])
    #expect(try await front.answerNext(["cancelled": true])["body"] == ["schema": schema, "title": "T", "values": ["a": 3, "b": "x"]])
    _ = try await call.outcome()
    await host.close()
  }

  // MARK: - Hostile scripts

  @Test func hugeThingsAreRefusedOrCut() async throws {
    let host = try await TestHost.fronts()
    let front = try await BenchFront.attach(host)
    let options = JSONValue.array((0..<5_000).map { .string("\($0)") })
    #expect(
      try await host.ask("bridge/choose", ["message": "?", "options": options])
        == "cannot ask for a choice of 5000: there may be 1000 options; ask in steps")
    let long = String(repeating: "ä", count: 100_000)
    _ = try await host.ask("vscode/showMessage", ["message": .string(long)])
    let shown = try await front.next()["body"]?["message"]?.stringValue ?? ""
    #expect(shown.utf8.count <= 64 << 10 + 3 && shown.hasSuffix("ä…"))
    let form: JSONValue = ["type": "object", "description": .string(long + long), "properties": [:]]
    #expect(
      try await host.ask("bridge/form", ["schema": form]).stringValue?.hasPrefix("cannot show a form whose schema is 4000") == true)
    #expect(
      try await host.ask(String(repeating: "t", count: 1_000), [:])
        == .string("Unknown request type: \(String(repeating: "t", count: 200))…"))
    await host.close()
  }

  @Test func everyRequestIsToldOfWithoutItsWords() async throws {
    let host = try await TestHost.fronts()
    _ = try await host.ask("vscode/showMessage", ["message": "secret"])
    _ = try await host.ask("bridge/input", ["prompt": "secret"])
    let events = host.allPublished("bridge.request").map { String(decoding: $0.payload.bytes, as: UTF8.self) }
    #expect(events.count == 4 && !events.contains { $0.contains("secret") })
    let states = try events.map { try JSONValue(parsing: $0)["state"] }
    #expect(states == ["asked", "answered", "asked", "failed"])
    #expect(try JSONValue(parsing: events[1])["milliseconds"]?.doubleValue != nil)
    #expect(try JSONValue(parsing: events[0]) == ["run": "r1", "connection": 7, "type": "vscode/showMessage", "state": "asked"])
    await host.close()
  }

  @Test func scopesOfARunAreItsLimits() async throws {
    let host = try await TestHost.fronts()
    #expect(try await host.ask("vscode/showMessage", ["message": "x"], run: "quiet") == [:])
    #expect(
      try await host.ask("bridge/input", ["prompt": "?"], run: "quiet")
        == "the run 'quiet.py' may not ask for 'bridge/input': its scopes do not name it; begin the run with '--request-scope bridge/input'"
    )
    #expect(try await host.value("bridge.audit")["entries"]?[0]?["decision"] == "denied by scope")
    await host.close()
  }

  @Test(
    arguments: [
      ([:], "cannot ask: 'type' is missing, as 'vscode/showMessage'"),
      (["type": "x", "params": 1], "cannot ask: 'params' must be an object"),
      (["type": "x", "run": "none"], "there is no run 'none', or it is over; see run.list"),
    ] as [(JSONValue, String)])
  func requestCommandChecksItsInput(input: JSONValue, reason: String) async throws {
    let host = try await TestHost.fronts()
    #expect(try await host.value("bridge.request", input) == .string(reason))
    await host.close()
  }
}
