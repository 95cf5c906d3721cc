// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON
import Testing

@testable import jackfield

@Suite(.timeLimit(.minutes(2))) struct RunCommandTests {
  private typealias Fake = FakeKernels

  /// A host that opens one run.
  private static func host(adopted: Gate? = nil) throws -> FakeHost {
    try FakeHost { request in
      switch Fake.command(request) {
      case "run.open":
        return [Fake.answer(request, ["run": "run-1", "name": "demo", "session": "s", "environment": ["RUN_BRIDGE_TOKEN": "secret"]])]
      case "run.adopt":
        defer { adopted?.open() }
        return [Fake.answer(request, [:])]
      default: return [Fake.answer(request, [:])]
      }
    }
  }

  @Test func scriptRunsWithTheEnvironmentAndItsStatusIsOurs() throws {
    let host = try Self.host()
    let outcome = try Tool.jackfield(
      "run", "--name", "demo", "--scope", "runs.*", "--scope", "store.status", "--request-scope", "vscode/*", "--workspace", "/tmp", "--",
      "sh", "-c", "read line; echo $line $RUN_BRIDGE_TOKEN $$; echo oh >&2; exit 5", home: host.home, input: "typed\n")
    let words = outcome.output.split(separator: " ")
    #expect(outcome.status == 5 && outcome.error == "oh\n" && words.prefix(2) == ["typed", "secret"])
    let open = try #require(host.inputs(of: "run.open").first)
    #expect(open["name"] == "demo" && open["workspace"] == "/tmp" && open["cwd"]?.stringValue?.hasPrefix("/") == true)
    #expect(open["command"]?.arrayValue?.first == "sh" && open["command"]?.arrayValue?.count == 3)
    #expect(open["scopes"] == ["commands": ["runs.*", "store.status"], "requests": ["vscode/*"]])
    let pid = try #require(words.last.flatMap { Int64($0.dropLast()) })
    #expect(host.inputs(of: "run.adopt") == [["run": "run-1", "pid": .integer(pid)]])
    #expect(host.inputs(of: "run.close") == [["run": "run-1", "status": 5]])
  }

  @Test func workspaceIsHereUnlessGiven() throws {
    let host = try Self.host()
    #expect(try Tool.jackfield("run", "true", home: host.home) == Tool.Outcome(status: 0, output: "", error: ""))
    let open = try #require(host.inputs(of: "run.open").first)
    #expect(open["workspace"] == open["cwd"] && open["scopes"] == nil && open["name"] == nil)
    let outcome = try Tool.jackfield("run", "--workspace", "/etc/passwd", "true", home: host.home)
    #expect(
      outcome == Tool.Outcome(status: 2, output: "", error: "jackfield: '--workspace' must be a directory; '/etc/passwd' is none\n"))
  }

  @Test func scriptThatIsKilledIsToldAsAShellDoes() throws {
    let host = try Self.host()
    let outcome = try Tool.jackfield("run", "--json", "--", "sh", "-c", "kill -KILL $$", home: host.home)
    #expect(outcome == Tool.Outcome(status: 137, output: #"{"name":"demo","run":"run-1","signal":9}"# + "\n", error: ""))
    #expect(host.inputs(of: "run.close") == [["run": "run-1", "signal": 9]])
  }

  @Test func withoutAHostNothingRuns() throws {
    let home = temporaryDirectory()
    let outcome = try Tool.jackfield("run", "--", "sh", "-c", "echo ran", home: home)
    #expect(
      outcome
        == Tool.Outcome(
          status: 3, output: "",
          error: "jackfield: no host is running at '\(home)/run/host.sock'; start one with 'jackfield serve --home \(home)'\n"))
  }

  @Test func withoutACommandItSaysHow() throws {
    let outcome = try Tool.jackfield("run", "--name", "x", home: "/nowhere")
    #expect(outcome.status == 2)
    #expect(
      outcome.error == "jackfield: 'jackfield run' wants a command: jackfield run -- COMMAND [ARGUMENT …]\nTry 'jackfield run --help'.\n")
  }

  @Test func hostsRefusalIsTold() throws {
    let host = try FakeHost { [FakeHost.error($0, "cannot begin another run: 256 go on")] }
    #expect(
      try Tool.jackfield("run", "--", "sh", "-c", "echo ran", home: host.home)
        == Tool.Outcome(status: 1, output: "", error: "jackfield: cannot begin another run: 256 go on\n"))
  }

  @Test(arguments: [
    ("no-such-command-at-all", 127, "cannot run 'no-such-command-at-all': there is no such command in PATH; correct it"),
    ("/nowhere/x", 127, "cannot run '/nowhere/x': there is no such file; correct the path"),
    ("/etc/passwd", 126, "cannot run '/etc/passwd': it may not be executed; name its interpreter, or make it executable"),
    ("/tmp", 126, "cannot run '/tmp': it may not be executed; name its interpreter, or make it executable"),
  ])
  func whatCannotRunIsTold(command: String, status: Int32, message: String) throws {
    let host = try Self.host()
    #expect(
      try Tool.jackfield("run", "--", command, home: host.home)
        == Tool.Outcome(status: status, output: "", error: "jackfield: \(message)\n"))
    #expect(host.inputs(of: "run.close") == [["run": "run-1", "status": .integer(Int64(status))]])
  }

  @Test(arguments: [
    ("#!/nowhere/interpreter\n", "the program that its first line names does not exist; correct that line"),
    ("echo\n", "it is no program; name its interpreter"),
  ])
  func fileThatIsNoProgramIsTold(text: String, message: String) throws {
    let path = temporaryDirectory() + "/x"
    // Written by another process: one that this one begins meanwhile would hold it open for writing, and it could not be executed.
    #expect(try Tool.run(["sh", "-c", #"printf '%s' "$1" > "$0" && chmod 755 "$0""#, path, text]).status == 0)
    let outcome = try Tool.jackfield("run", "--", path, home: Self.host().home)
    #expect(outcome == Tool.Outcome(status: 126, output: "", error: "jackfield: cannot run '\(path)': \(message)\n"))
  }

  /// A host that goes away in the middle costs the script nothing.
  @Test func hostThatGoesAwayCostsNothing() throws {
    let host = try FakeHost { request in
      guard Fake.command(request) == "run.open" else { return [nil] }
      return [Fake.answer(request, ["run": "run-1", "name": "demo", "environment": [:]])]
    }
    let outcome = try Tool.jackfield("run", "--", "sh", "-c", "sleep 0.2; exit 4", home: host.home)
    #expect(outcome.status == 4)
    #expect(
      outcome.error
        == "jackfield: the host does not know the process of this run: the host closed the connection; see its log, or 'jackfield doctor'\n"
    )
  }

  // MARK: - Signals

  /// Starts a script that says when it is ready, and waits for that.
  private func started(_ script: String, _ host: FakeHost, _ adopted: Gate) throws -> Tool {
    let tool = try Tool([Tool.jackfield, "--home", host.home, "run", "--", "sh", "-c", script])
    adopted.wait()
    while tool.output.isEmpty { usleep(1_000) }
    return tool
  }

  @Test(arguments: [(SIGTERM, "TERM"), (SIGHUP, "HUP"), (SIGUSR1, "USR1"), (SIGUSR2, "USR2"), (SIGWINCH, "WINCH")])
  func signalsArePassedOn(number: Int32, name: String) throws {
    let adopted = Gate()
    let host = try Self.host(adopted: adopted)
    let tool = try started("trap 'echo \(name); exit 6' \(name); echo ready; while :; do sleep 0.01; done", host, adopted)
    kill(tool.pid, number)
    #expect(tool.wait() == Tool.Outcome(status: 6, output: "ready\n\(name)\n", error: ""))
  }

  /// From elsewhere, not from the keys: the script is not told, and we live on until it ends.
  @Test(arguments: [SIGINT, SIGQUIT])
  func keysSignalsAreTheScripts(number: Int32) throws {
    let adopted = Gate()
    let host = try Self.host(adopted: adopted)
    let tool = try started("trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done", host, adopted)
    kill(tool.pid, number)
    kill(tool.pid, SIGTERM)
    #expect(tool.wait().status == 7)
  }

  @Test func scriptHasItsSignalsAsAFreshProcess() throws {
    let host = try Self.host()
    let script = "grep -E 'SigBlk|SigIgn' /proc/self/status"
    let plain = try Tool.run(["sh", "-c", script])
    #expect(try Tool.jackfield("run", "--", "sh", "-c", script, home: host.home).output == plain.output)
  }

  // MARK: - A terminal

  @Test func terminalIsTheScripts() throws {
    let host = try Self.host()
    let outcome = try Tool.run(["python3", "-c", Self.terminal, Tool.jackfield, host.home])
    #expect(
      outcome
        == Tool.Outcome(
          status: 0,
          output: """
            interrupted once
            size 50 120
            stopped as a whole
            goes on
            quit is the script's
            ended 9
            settings are the same

            """, error: ""))
    #expect(host.inputs(of: "run.close") == [["run": "run-1", "status": 9]])
  }

  /// A shell with job control in a real terminal; what is typed there goes where a person's keys go.
  private static let terminal = #"""
    import fcntl, os, pty, re, select, signal, struct, sys, termios
    program, home = sys.argv[1:]
    # Threads of a test have signals blocked; a person's terminal has not.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    script = r'''
    import signal, sys, time, os
    counts = {}
    def told(number, frame):
        counts[number] = counts.get(number, 0) + 1
        if number == signal.SIGINT: print("INT", counts[number], flush=True)
        if number == signal.SIGQUIT: print("QUIT", counts[number], flush=True)
        if number == signal.SIGWINCH: print("SIZE", *os.get_terminal_size()[::-1], flush=True)
        if number == signal.SIGCONT: print("CONT", flush=True)
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGWINCH, signal.SIGCONT): signal.signal(number, told)
    print("script", os.getpid(), "ready", flush=True)
    if sys.stdin.readline().strip() == "end": sys.exit(9)
    '''
    path = os.path.join(home, "script.py")
    open(path, "w").write(script)
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["PS1"] = "prompt> "
        os.environ["TERM"] = "dumb"
        os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
    seen = b""
    def until(pattern):
        global seen
        while True:
            found = re.search(pattern.encode(), seen, re.S)
            if found:
                seen = seen[found.end():]
                return found
            if not select.select([terminal], [], [], 60)[0]:
                os.kill(pid, signal.SIGKILL)
                sys.exit(f"never came: {pattern!r} in {seen[-2000:]!r}")
            seen += os.read(terminal, 65536)
    def type(text): os.write(terminal, text.encode())
    until("prompt> ")
    before = termios.tcgetattr(terminal)
    type(f"'{program}' --home '{home}' run -- python3 -u '{path}'\n")
    child = int(until(r"script (\d+) ready").group(1))
    type("\x03")
    until("INT 1")
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 120, 0, 0))
    until(r"SIZE 50 120")
    type("\x03")
    print("interrupted once" if until(r"INT (\d)").group(1) == b"2" else "interrupted too often")
    print("size 50 120")
    type("\x1a")
    until("Stopped")
    until("prompt> ")
    # The script and who begun it stand still: 'T' of the system.
    states = {open(f"/proc/{p}/stat").read().rsplit(")", 1)[1].split()[0] for p in (child, int(open(f"/proc/{child}/stat").read().rsplit(")", 1)[1].split()[1]))}
    print("stopped as a whole" if states == {"T"} else f"states {states}")
    type("fg; echo 'ended' $?\n")
    until("CONT")
    print("goes on")
    type("\x1c")
    until("QUIT 1")
    print("quit is the script's")
    type("end\n")
    status = until(r"ended (\d+)").group(1).decode()
    print("ended", status)
    until("prompt> ")
    after = termios.tcgetattr(terminal)
    print("settings are the same" if before == after else f"settings differ: {before} {after}")
    type("exit\n")
    os.waitpid(pid, 0)
    """#

  // MARK: - Captured

  private static func chunk(_ stream: String, _ text: String, _ next: Int64) -> String {
    Fake.chunk(["stream": .string(stream), "text": .string(text), "next": .integer(next)])
  }

  @Test func capturedRunIsFollowed() throws {
    let host = try FakeHost { request in
      switch Fake.command(request) {
      case "run.start": return [Fake.answer(request, ["run": "run-2"])]
      case "run.follow":
        return [
          Self.chunk("stdout", "a", 1), Self.chunk("stderr", "oh\n", 3), Self.chunk("stdout", "b\n", 3),
          Fake.answer(request, ["run": "run-2", "status": 3]),
        ]
      default: return []
      }
    }
    let outcome = try Tool.jackfield("run", "--capture", "--name", "n", "--", "./x", "y", home: host.home)
    #expect(outcome == Tool.Outcome(status: 3, output: "ab\n", error: "jackfield: run run-2\noh\n"))
    let order = try #require(host.inputs(of: "run.start").first)
    #expect(order["command"] == ["./x", "y"] && order["name"] == "n" && order["inherit_env"] == false)
    #expect(order["env"]?["PATH"]?.stringValue?.isEmpty == false && order["cwd"] == order["workspace"])
    let json = try Tool.jackfield("run", "--capture", "--json", "--", "x", home: host.home)
    #expect(json.output.split(separator: "\n").last == #"{"run":"run-2","status":3}"# && json.error == "")
  }

  /// The host is restarted: the rest is asked for where the first half ended.
  @Test func restartedHostIsFoundAgain() throws {
    let step = Answered()
    let host = try FakeHost { request in
      switch Fake.command(request) {
      case "run.start": return [Fake.answer(request, ["run": "run-2"])]
      case "run.follow":
        switch step.next() {
        case 1: return [Self.chunk("stdout", "one\n", 4), nil]
        case 2:
          let error: JSONValue = ["code": -32001, "message": "stopping", "data": ["status": "stopping", "retryable": true]]
          return [JSONValue.object(["jsonrpc": "2.0", "id": request["id"] ?? .null, "error": error]).serialized() + "\n"]
        default: return [Self.chunk("stdout", "two\n", 8), Fake.answer(request, ["run": "run-2", "signal": 15])]
        }
      default: return []
      }
    }
    #expect(
      try Tool.jackfield("run", "--capture", "--", "x", home: host.home)
        == Tool.Outcome(status: 143, output: "one\ntwo\n", error: "jackfield: run run-2\n"))
    #expect(host.inputs(of: "run.follow").map { $0["from"] } == [[:], ["stdout": 4], ["stdout": 4]])
  }

  @Test func interruptStopsTheCapturedRun() throws {
    let (following, stopped) = (Gate(), Gate())
    let step = Answered()
    let host = try FakeHost(
      then: { request in
        guard Fake.command(request) == "run.follow", step.next() == 1 else { return [] }
        following.open()
        stopped.wait()
        return [Self.chunk("stderr", "KeyboardInterrupt\n", 18), Fake.answer(request, ["run": "run-2", "signal": 2])]
      }
    ) { request in
      switch Fake.command(request) {
      case "run.start": return [Fake.answer(request, ["run": "run-2"])]
      case "run.stop":
        defer { stopped.open() }
        return [Fake.answer(request, [:])]
      default: return []
      }
    }
    let tool = try Tool([Tool.jackfield, "--home", host.home, "run", "--capture", "--", "x"])
    following.wait()
    kill(tool.pid, SIGINT)
    #expect(tool.wait() == Tool.Outcome(status: 130, output: "", error: "jackfield: run run-2\nKeyboardInterrupt\n"))
    #expect(host.inputs(of: "run.stop") == [["run": "run-2", "signal": "INT"]])
  }

  @Test(arguments: [("command_not_found", 127), ("not_executable", 126), ("else", 1)])
  func hostThatCannotBeginItSaysWhy(code: String, status: Int32) throws {
    let host = try FakeHost { request in
      let error: JSONValue = ["code": -32001, "message": "cannot run 'x'", "data": ["code": .string(code)]]
      return [JSONValue.object(["jsonrpc": "2.0", "id": request["id"] ?? .null, "error": error]).serialized() + "\n"]
    }
    #expect(
      try Tool.jackfield("run", "--capture", "--", "x", home: host.home)
        == Tool.Outcome(status: status, output: "", error: "jackfield: cannot run 'x'\n"))
  }

  @Test func endThatNobodyKnowsIsTold() throws {
    let host = try FakeHost { request in
      switch Fake.command(request) {
      case "run.start": [Fake.answer(request, ["run": "run-2"])]
      default: [Fake.answer(request, ["run": "run-2"])]
      }
    }
    let outcome = try Tool.jackfield("run", "--capture", "--json", "--", "x", home: host.home)
    #expect(outcome.status == 1)
    #expect(outcome.error == "jackfield: the run 'run-2' has ended; how is not known, because the host was restarted meanwhile\n")
  }
}
