// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import JSON
import Testing

@testable import jackfield

@Suite struct KernelCommandTests {
  private typealias Fake = FakeKernels

  private static let row: JSONValue = [
    "id": "3f2a0000-1111", "name": "Python 3", "status": "idle", "execution_count": 7, "queued": 0, "pid": 4711, "documents": ["/w/a.py"],
  ]

  private static func host() throws -> FakeHost {
    try FakeHost { request in
      switch Fake.command(request) {
      case "kernel.list": [Fake.answer(request, ["kernels": [row]])]
      case "kernel.start", "kernel.restart", "kernel.attach": [Fake.answer(request, row)]
      case "kernel.interrupt": [Fake.answer(request, ["was_running": true])]
      case "kernel.shutdown", "kernel.detach": [Fake.answer(request, ["kernel": "3f2a0000-1111"])]
      case "kernel.install":
        [Fake.answer(request, ["interpreter": "/opt/venv", "command": "pip install ipykernel", "installed": false, "ipykernel": .null])]
      case "kernel.servers": [Fake.answer(request, ["servers": [["url": "http://localhost:8888/", "token": "found"]]])]
      case "kernel.specs": [Fake.answer(request, ["specs": [["name": "python3", "display_name": "Python 3\u{1B}[2J"]]])]
      default: [FakeHost.error(request, "there is no command '\(Fake.command(request))'")]
      }
    }
  }

  @Test(
    arguments: [
      (["start", "/w/a.py", "--spec", "python3"], "kernel.start", ["spec": "python3", "document": "/w/a.py"], "3f2a0000 started\n"),
      (["start"], "kernel.start", [:], "3f2a0000 started\n"),
      (["restart", "/w/a.py"], "kernel.restart", ["document": "/w/a.py"], "3f2a0000 restarted\n"),
      (["interrupt", "3f2a"], "kernel.interrupt", ["kernel": "3f2a"], "interrupted\n"),
      (["interrupt"], "kernel.interrupt", [:], "interrupted\n"),
      (["shutdown", "--kernel", "3f2a"], "kernel.shutdown", ["kernel": "3f2a"], "3f2a0000 shut down\n"),
      (["detach", "/w/a.py"], "kernel.detach", ["document": "/w/a.py"], "3f2a0000 let go\n"),
      (["servers"], "kernel.servers", [:], "URL                     TOKEN\nhttp://localhost:8888/  found\n"),
      (["attach", "-f", "/r/k.json"], "kernel.attach", ["connection_file": "/r/k.json"], "3f2a0000 attached\n"),
      (
        ["install", "--python", "/opt/venv", "--dry-run"], "kernel.install", ["interpreter": "/opt/venv", "dry_run": true],
        "/opt/venv: ipykernel is missing; this installs it: pip install ipykernel\n"
      ),
      (["specs", "/w/a.py"], "kernel.specs", ["document": "/w/a.py"], "NAME     DISPLAY_NAME\npython3  Python 3?[2J\n"),
    ] as [([String], String, JSONValue, String)])
  func verbsAreShortForms(words: [String], command: String, input: JSONValue, output: String) throws {
    let host = try Self.host()
    let outcome = try Tool.run([Tool.jackfield, "--home", host.home, "kernel"] + words)
    #expect(outcome == Tool.Outcome(status: 0, output: output, error: ""))
    #expect(host.inputs(of: command) == [input])
  }

  @Test(
    arguments: [
      (["lits"], "'kernel' cannot 'lits'; did you mean 'list'?"),
      (["list", "x"], "'kernel list' takes no 'x'"),
      (["list", "--kernel", "x"], "'--kernel' means nothing to 'kernel list'"),
      (["install"], "'kernel install' wants '--python PATH': an interpreter, or an environment's folder"),
      (["restart", "a", "--kernel", "b"], "'kernel restart' takes one kernel, not both 'a' and 'b'"),
      (["proxy"], "'kernel proxy' wants '-f FILE': the connection file of the front end"),
      (
        ["proxy", "-f", "x", "--kernel", "a", "--spec", "b"],
        "'kernel proxy' takes a kernel that is there ('a') or a new one ('b'), not both"
      ),
    ] as [([String], String)])
  func wrongWordsAreExplained(words: [String], message: String) throws {
    let outcome = try Tool.run([Tool.jackfield, "--home", "/nowhere", "kernel"] + words)
    #expect(outcome == Tool.Outcome(status: 2, output: "", error: "jackfield: \(message)\nTry 'jackfield kernel --help'.\n"))
  }

  @Test func tableIsPrintedOnceOutsideATerminal() throws {
    let host = try Self.host()
    let outcome = try Tool.jackfield("kernels", home: host.home)
    #expect(outcome.status == 0 && outcome.error == "" && outcome.output.split(separator: "\n").count == 2)
    #expect(try JSONValue(parsing: Tool.jackfield("kernels", "--json", home: host.home).output)[0] == Self.row)
  }

  @Test func verbsAreOffered() {
    #expect(Completion(subcommands: CommandTable.all).candidates(["kernel", "in"]) == ["install", "interpreters", "interrupt"])
    #expect(Completion(subcommands: CommandTable.all).candidates(["exec", "--image", "k"]) == ["kitty"])
    #expect(Completion(subcommands: CommandTable.all).candidates(["exec", "--k"]) == ["--keep-going", "--kernel"])
  }

  // MARK: The proxy

  @Test func interruptIsForTheKernelAndTerminationForTheProxy() throws {
    let listening = Gate()
    let interrupted = Gate()
    let host = try FakeHost(
      then: { request in
        if Fake.command(request) == "kernel.proxy" { listening.open() }
        return []
      }
    ) { request in
      switch Fake.command(request) {
      case "kernel.proxy": return [Fake.chunk(["state": "listening", "kernel": "k1"])]
      case "kernel.interrupt":
        defer { interrupted.open() }
        return [Fake.answer(request, ["was_running": true])]
      default: return request["method"] == "call/cancel" ? [FakeHost.error(["id": 1], "the call was cancelled")] : []
      }
    }
    let tool = try Tool([Tool.jackfield, "--home", host.home, "kernel", "proxy", "--kernel", "/w/a.py", "-f", "/r/k.json"])
    listening.wait()
    for _ in 0..<3 {
      kill(tool.pid, SIGINT)
      interrupted.wait()
    }
    kill(tool.pid, SIGTERM)
    #expect(tool.wait() == Tool.Outcome(status: 0, output: "", error: ""))
    #expect(host.inputs(of: "kernel.proxy") == [["document": "/w/a.py", "connection_file": "/r/k.json"]])
    let asked = host.inputs(of: "kernel.interrupt")
    #expect(asked.count == 3 && asked.allSatisfy { $0 == ["kernel": "k1"] || $0 == ["document": "/w/a.py"] })
  }

  @Test func proxyEndsWithItsFrontEnd() throws {
    let host = try FakeHost { [Fake.chunk(["state": "listening"]), Fake.answer($0, [:])] }
    #expect(
      try Tool.jackfield("kernel", "proxy", "--spec", "python3", "-f", "/r/k.json", "--Its.own=1", home: host.home)
        == Tool.Outcome(status: 0, output: "", error: ""))
    let input = try #require(host.inputs(of: "kernel.proxy").first)
    #expect(input["spec"] == "python3" && input["connection_file"] == "/r/k.json" && input["arguments"] == ["--Its.own=1"])
    // As the front end's own child it would have these.
    #expect(input["working_directory"] == .string(FileManager.default.currentDirectoryPath))
    #expect(input["environment"]?["PATH"]?.stringValue?.isEmpty == false && input["environment"]?["JPY_PARENT_PID"] == nil)
  }

  @Test func proxyWithoutAHostSaysHowToStartOne() throws {
    let outcome = try Tool.jackfield("kernel", "proxy", "-f", "/r/k.json", home: "/nowhere")
    #expect(outcome.status == 3 && outcome.error.contains("start one with 'jackfield serve --home /nowhere'"))
  }
}
