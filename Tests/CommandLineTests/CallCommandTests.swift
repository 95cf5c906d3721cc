// SPDX-License-Identifier: Apache-2.0
// Runs the program as it was built, against a host made of a script.
import FoundationEssentials
import Glibc
import JSON
import Testing

@testable import jackfield

@Suite struct CallCommandTests {
  @Test(arguments: [
    (["--run", "a", "--no-archived"], #"{"archived":false,"run":"a"}"#), ([#"{"run": "a"}"#], #"{"run":"a"}"#), (["-5"], "-5"),
    (["-"], #"["standard","input"]"#), (["null"], "null"), (["--run", "a", "--", "--json"], #"{"json":true,"run":"a"}"#),
  ])
  func theAnswerIsPrinted(words: [String], printed: String) throws {
    let host = try FakeHost.ordinary()
    let outcome = try Tool.run(
      [Tool.jackfield, "call", "runs.list"] + words, environment: ["JACKFIELD_HOME": host.home], input: #"["standard", "input"]"#)
    #expect(outcome == Tool.Outcome(status: 0, output: printed + "\n", error: ""))
  }

  @Test func optionsReachTheHost() throws {
    let host = try FakeHost.ordinary()
    _ = try Tool.jackfield("call", "runs.show", "--timeout", "1.5s", "--stream", home: host.home)
    #expect(
      host.requests.last?["params"] == ["name": "runs.show", "input": [:], "callId": "cli", "stream": true, "timeoutMs": 1_500])
  }

  @Test func chunksAreLinesBeforeTheAnswer() throws {
    let host = try FakeHost.ordinary { request in
      [
        FakeHost.notification("call/progress", ["fraction": 0.5]), FakeHost.notification("call/chunk", ["chunk": [1, 2]]),
        FakeHost.notification("call/chunk", ["chunk": "x"]), FakeHost.result(request, ["result": .null]),
      ]
    }
    #expect(
      try Tool.jackfield("call", "runs.show", "--stream", home: host.home)
        == Tool.Outcome(status: 0, output: "[1,2]\n\"x\"\nnull\n", error: ""))
  }

  @Test func failuresArePlainSentences() throws {
    let host = try FakeHost.ordinary { [FakeHost.error($0, "it broke\u{1B}[2J\nand again")] }
    #expect(
      try Tool.jackfield("call", "runs.show", home: host.home)
        == Tool.Outcome(status: 1, output: "", error: "jackfield: it broke?[2J\nand again\n"))
  }

  @Test func anUnknownCommandIsLeftToTheHost() throws {
    let host = try FakeHost.ordinary { [FakeHost.error($0, "there is no command 'runs.lst'; did you mean 'runs.list'?", code: -32003)] }
    let outcome = try Tool.jackfield("call", "runs.lst", "--run", "a", home: host.home)
    #expect(outcome.status == 1)
    #expect(outcome.error == "jackfield: there is no command 'runs.lst'; did you mean 'runs.list'?\n")
  }

  @Test(arguments: [
    (["call"], "'call' wants the name of a command; 'jackfield commands' lists them"),
    (["call", ""], "'call' wants the name of a command; 'jackfield commands' lists them"),
    (["call", "--run", "runs.list"], "'call' wants the name of a command, before its flags; 'jackfield commands' lists them"),
    (["call", "runs.list", "--timeout", "0"], "a time of '0' is over at once; give one above 0, such as 5s"),
    (["call", "runs.list", "{}", "--run", "a"], "'call runs.list' takes either one JSON value or flags, not both"),
    (["call", "runs.list", "{", "}"], #"'call runs.list' takes one JSON value; quote it: '{"key": 1}'"#),
    (["call", "runs.list", "--run", "a", "--limit", "x"], "'--limit' of 'runs.list' wants a whole number, not 'x'"),
  ])
  func wrongUsageIsExplained(words: [String], message: String) throws {
    let host = try FakeHost.ordinary()
    let outcome = try Tool.run([Tool.jackfield, "--home", host.home] + words)
    #expect(outcome.status == 2)
    #expect(outcome.error.hasPrefix("jackfield: \(message)\nTry 'jackfield call "))
  }

  @Test(arguments: ["", "{bad"])
  func whatIsNotJSONIsExplained(text: String) throws {
    let host = try FakeHost.ordinary()
    let outcome = try Tool.jackfield("call", "runs.list", text, home: host.home)
    #expect(outcome.status == 2)
    #expect(outcome.error.hasPrefix("jackfield: the arguments of 'runs.list' are not JSON: "))
  }

  @Test(arguments: [
    ["call", "runs.list", "--help"], ["call", "--help", "runs.list"], ["help", "call", "runs.list"], ["call", "-h", "runs.list"],
  ])
  func theFlagsOfACommandAreExplained(words: [String]) throws {
    let host = try FakeHost.ordinary()
    let outcome = try Tool.run([Tool.jackfield, "--home", host.home] + words)
    #expect(outcome.status == 0)
    #expect(
      outcome.output.hasPrefix("usage: jackfield call runs.list [--flag value …] [OPTIONS]\n\nLists the runs, newest first.\n\nflags:\n"))
  }

  @Test func helpOfAnUnknownCommandFails() throws {
    let host = try FakeHost.ordinary()
    #expect(
      try Tool.jackfield("call", "runs.lst", "--help", home: host.home)
        == Tool.Outcome(status: 1, output: "", error: "jackfield: there is no command 'runs.lst'; did you mean 'runs.list'?\n"))
  }

  @Test func helpWithoutAHostIsTheHelpOfCall() throws {
    let home = temporaryDirectory()
    let outcome = try Tool.jackfield("call", "runs.list", "--help", home: home)
    #expect(outcome.status == 3)
    #expect(outcome.output == HelpText.of(.call) + "\n")
    #expect(
      outcome.error
        == "jackfield: the flags of 'runs.list' are not shown: no host is running at '\(home)/run/host.sock'; "
        + "start one with 'jackfield serve --home \(home)'\n")
  }

  @Test func withoutAHostTheStatusIsThree() throws {
    let home = temporaryDirectory()
    for words in [["status"], ["plugins"], ["commands"], ["call", "x.y"], ["events"], ["config"], ["reload"], ["stop"]] {
      let outcome = try Tool.run([Tool.jackfield, "--home", home] + words)
      #expect(outcome.status == 3)
      #expect(outcome.error.hasPrefix("jackfield: no host is running at "))
    }
  }

  /// The host answers a call only when it is cancelled.
  @Test func ctrlCCancelsTheCall() throws {
    let host = try FakeHost { request in
      switch request["method"] {
      case "command/list": [FakeHost.result(request, ["commands": []])]
      case "command/call": [FakeHost.notification("call/chunk", ["chunk": "begun"])]
      case "call/cancel": [FakeHost.error(["id": 2], "'x.y' was cancelled", code: -32006)]
      default: []
      }
    }
    let tool = try Tool([Tool.jackfield, "call", "x.y", "--stream", "--home", host.home])
    try waitUntil { tool.output == "\"begun\"\n" }
    kill(tool.pid, SIGINT)
    #expect(tool.wait() == Tool.Outcome(status: 130, output: "\"begun\"\n", error: "jackfield: 'x.y' was cancelled\n"))
    #expect(host.requests.last?["params"] == ["callId": "cli"])
  }

  @Test func aSecondCtrlCDoesNotWaitForTheHost() throws {
    let host = try FakeHost { request in
      switch request["method"] {
      case "command/list": [FakeHost.result(request, ["commands": []])]
      default: [FakeHost.notification("call/chunk", ["chunk": request["method"] ?? .null])]
      }
    }
    let tool = try Tool([Tool.jackfield, "call", "x.y", "--stream", "--home", host.home])
    try waitUntil { tool.output == "\"command/call\"\n" }
    kill(tool.pid, SIGINT)
    try waitUntil { tool.output.hasSuffix("\"call/cancel\"\n") }
    kill(tool.pid, SIGINT)
    #expect(tool.wait().status == -SIGINT)
  }

  @Test func ctrlCEndsAFloodOfEvents() throws {
    let flood = String(repeating: FakeHost.notification("event", ["topic": "a.b", "payload": 1]), count: 1_000)
    let host = try FakeHost { request in
      [FakeHost.result(request, ["subscription": 1])] + Array(repeating: flood, count: 2_000)
    }
    let tool = try Tool([Tool.jackfield, "events", "--home", host.home])
    try waitUntil { !tool.output.isEmpty }
    kill(tool.pid, SIGINT)
    #expect(tool.wait().status == 130)
  }

  struct TooLate: Error {}

  /// Looks again and again: another process cannot be waited for but by its traces.
  private func waitUntil(_ condition: () -> Bool) throws {
    for _ in 0..<4_000 {
      if condition() { return }
      usleep(5_000)
    }
    throw TooLate()
  }
}
