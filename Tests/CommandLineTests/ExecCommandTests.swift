// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON
import Testing

@testable import jackfield

@Suite struct ExecCommandTests {
  private typealias Fake = FakeKernels

  /// A host that answers `code.run` with these lines.
  private static func host(_ lines: [String], _ status: String = "ok") throws -> FakeHost {
    try FakeHost { request in lines + Fake.ended(request, status) }
  }

  @Test func outputGoesWhereTheCodeSentIt() throws {
    let host = try Self.host([
      Fake.event("queued", ["position": 0]), Fake.event("started", [:]), Fake.stream("a\u{1B}[31mb\u{1B}[2J\n"),
      Fake.stream("warn\n", "stderr"),
      Fake.event("execute_result", ["execution_count": 8, "data": ["text/plain": "42"]]),
    ])
    #expect(try Tool.jackfield("exec", "/w/a.py:3", home: host.home) == Tool.Outcome(status: 0, output: "ab\n42\n", error: "warn\n"))
    #expect(host.inputs(of: "code.run") == [["document": "/w/a.py", "mode": "statement", "line": 3, "client": "cli"]])
  }

  @Test func failedCodeIsStatusOne() throws {
    let host = try Self.host([Fake.event("error", ["ename": "E", "evalue": "no", "traceback": ["\u{1B}[31mE\u{1B}[0m: no"]])], "error")
    #expect(try Tool.jackfield("exec", "/w/a.py", home: host.home) == Tool.Outcome(status: 1, output: "", error: "E: no\n"))
  }

  @Test func eventsAreLinesForPrograms() throws {
    let host = try Self.host([Fake.stream("a\u{1B}[2J\n")])
    let outcome = try Tool.jackfield("exec", "/w/a.py", "--json", home: host.home)
    let lines = outcome.output.split(separator: "\n")
    #expect(outcome.status == 0 && lines.count == 3 && !outcome.output.contains("\u{1B}"))
    #expect(try JSONValue(parsing: String(lines[0]))["content"]?["text"] == "a\u{1B}[2J\n")
    #expect(try JSONValue(parsing: String(lines[2]))["runs"]?[0]?["status"] == "ok")
  }

  @Test func codeComesFromStandardInput() throws {
    let host = try Self.host([])
    #expect(try Tool.jackfield("exec", "--code", "-", "--kernel", "3f", home: host.home, input: "x = 1\n").status == 0)
    #expect(host.inputs(of: "code.run") == [["code": "x = 1\n", "kernel": "3f", "client": "cli"]])
  }

  @Test func hostsReasonIsTold() throws {
    let host = try FakeHost { [FakeHost.error($0, "nothing was run: line 7: '(' was never closed")] }
    #expect(
      try Tool.jackfield("exec", "/w/a.py", home: host.home)
        == Tool.Outcome(status: 1, output: "", error: "jackfield: nothing was run: line 7: '(' was never closed\n"))
  }

  @Test func codeThatTakesTooLongIsTold() throws {
    let host = try FakeHost { request in
      let error: JSONValue = ["code": -32007, "message": "'code.run' did not answer within its deadline", "data": ["status": "deadline"]]
      return [JSONValue.object(["jsonrpc": "2.0", "id": request["id"] ?? .null, "error": error]).serialized() + "\n"]
    }
    let outcome = try Tool.jackfield("exec", "/w/a.py", "--timeout", "1s", home: host.home)
    #expect(
      outcome
        == Tool.Outcome(
          status: 1, output: "",
          error: "jackfield: the code did not end within 1000 ms, and was interrupted; give it more with '--timeout'\n"))
    #expect(host.requests.first?["params"]?["timeoutMs"] == 1000)
  }

  @Test func withoutAHostItSaysHowToStartOne() throws {
    let home = temporaryDirectory()
    let outcome = try Tool.jackfield("exec", "/w/a.py", home: home)
    #expect(outcome.status == 3)
    #expect(
      outcome.error == "jackfield: no host is running at '\(home)/run/host.sock'; start one with 'jackfield serve --home \(home)'\n")
  }

  @Test func hostThatGoesAwayIsTold() throws {
    let host = try FakeHost { _ in [Fake.stream("a\n"), nil] }
    let outcome = try Tool.jackfield("exec", "/w/a.py", home: host.home)
    #expect(outcome.status == 1 && outcome.output == "a\n")
    #expect(outcome.error == "jackfield: the host closed the connection; see its log, or 'jackfield doctor'\n")
  }

  /// A host whose code asks twice, and ends when it was answered twice.
  private static func asking() throws -> FakeHost {
    let answered = Gate()
    let step = Answered()
    return try FakeHost(
      then: { request in
        guard Fake.command(request) == "code.run" else { return [] }
        switch step.next() {
        case 1:
          answered.wait()
          return [Fake.event("input_request", ["prompt": "more: ", "password": true])]
        case 2:
          answered.wait()
          return [Fake.stream("done\n")] + Fake.ended(request)
        default: return []
        }
      }
    ) { request in
      guard Fake.command(request) == "kernel.input" else {
        return [Fake.event("input_request", ["prompt": "name: ", "password": false])]
      }
      defer { answered.open() }
      return [Fake.answer(request, [:])]
    }
  }

  @Test(arguments: [("bob\nrest\nunread\n", ["bob", "rest"]), ("bob", ["bob", "\u{4}"]), ("", ["\u{4}", "\u{4}"])])
  func inputIsReadForTheCode(typed: String, answers: [String]) throws {
    let host = try Self.asking()
    let outcome = try Tool.jackfield("exec", "/w/a.py", home: host.home, input: typed)
    #expect(outcome == Tool.Outcome(status: 0, output: "name: more: done\n", error: ""))
    #expect(host.inputs(of: "kernel.input") == answers.map { ["run": "r1", "text": .string($0)] })
  }

  // MARK: Ctrl-C

  /// Starts it against a host whose run goes on until it is cancelled, and interrupts it when it is known to follow the run: it answered.
  private func interrupted(_ events: [String]) throws -> (Tool.Outcome, FakeHost) {
    let running = Gate()
    let cancelled = Gate()
    let step = Answered()
    let host = try FakeHost(
      then: { request in
        guard Fake.command(request) == "code.run", !events.isEmpty, step.next() == 1 else { return [] }
        cancelled.wait()
        return [Fake.event("error", ["ename": "KeyboardInterrupt", "evalue": "", "traceback": ["KeyboardInterrupt"]])]
          + Fake.ended(request, "error")
      }
    ) { request in
      switch Fake.command(request) {
      case "code.run":
        if events.isEmpty { running.open() }
        return events
      case "kernel.input":
        running.open()
        return [Fake.answer(request, [:])]
      case "code.cancel":
        cancelled.open()
        return [Fake.answer(request, ["cancelled": true])]
      default: return request["method"] == "call/cancel" ? [FakeHost.error(["id": 1], "the call was cancelled")] : []
      }
    }
    let tool = try Tool([Tool.jackfield, "--home", host.home, "exec", "/w/a.py"], input: "x\n")
    running.wait()
    kill(tool.pid, SIGINT)
    return (tool.wait(), host)
  }

  @Test func interruptEndsTheRunAndShowsItsTraceback() throws {
    let (outcome, host) = try interrupted([Fake.event("input_request", ["prompt": "", "password": false])])
    #expect(outcome == Tool.Outcome(status: 130, output: "", error: "KeyboardInterrupt\n"))
    #expect(host.inputs(of: "code.cancel") == [["run": "r1"]])
  }

  @Test func interruptBeforeTheRunCancelsTheOrder() throws {
    let (outcome, host) = try interrupted([])
    #expect(outcome == Tool.Outcome(status: 130, output: "", error: "jackfield: interrupted\n"))
    #expect(host.requests.contains { $0["method"] == "call/cancel" })
  }
}
