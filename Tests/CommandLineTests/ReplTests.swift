// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import jackfield

@Suite struct ReplTests {
  private typealias Fake = FakeKernels

  /// A kernel that knows two names, calls code without a ":" whole, and shows what it was given.
  private static func host() throws -> FakeHost {
    try FakeHost { request in
      let code = Fake.input(request)["code"]?.stringValue ?? ""
      switch Fake.command(request) {
      case "session.list": return [Fake.answer(request, ["sessions": []])]
      case "kernel.start": return [Fake.answer(request, ["id": "k1", "name": "Python 3\u{1B}[2J", "execution_count": 7])]
      case "kernel.is_complete":
        let isOpen = code.hasSuffix(":") || code.hasSuffix("pass")
        return [Fake.answer(request, isOpen ? ["status": "incomplete", "indent": "    "] : ["status": "complete"])]
      case "kernel.complete":
        return [Fake.answer(request, ["matches": ["räder", "räume", "rä\u{1B}[2J"], "cursor_start": 0, "cursor_end": 2])]
      case "kernel.inspect": return [Fake.answer(request, ["found": true, "data": ["text/plain": "about \u{1B}[2Jit"]])]
      case "code.run":
        return [
          Fake.event("started", [:]), Fake.event("execute_result", ["execution_count": 8, "data": ["text/plain": .string("<\(code)>")]]),
        ] + Fake.ended(request)
      default: return []
      }
    }
  }

  @Test func sessionEditsCompletesAndRuns() throws {
    let host = try Self.host()
    let outcome = try Tool.run(["python3", "-c", Self.terminal, Tool.jackfield, host.home])
    #expect(outcome == Tool.Outcome(status: 0, output: "ended 0\nsettings are the same\n", error: ""))
    #expect(host.inputs(of: "kernel.start") == [["document": "/w/a.py"]])
    #expect(host.inputs(of: "code.run").map { $0["code"] } == ["räume", "if x:\n    pass\n"])
    #expect(host.inputs(of: "kernel.inspect").map { $0["code"] } == ["f"])
  }

  @Test func outsideATerminalItSaysWhatToTake() throws {
    let outcome = try Tool.jackfield("repl", "/w/a.py", home: "/nowhere")
    #expect(outcome.status == 2)
    #expect(
      outcome.error == "jackfield: 'repl' wants a terminal; 'jackfield exec /w/a.py --code -' runs code from a pipe\n"
        + "Try 'jackfield repl --help'.\n")
  }

  /// Types into it in a real terminal, and looks at the terminal after the end.
  private static let terminal = #"""
    import os, pty, re, select, signal, sys, termios
    program, home = sys.argv[1:]
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        os.execv("/bin/sh", ["sh", "-c", 'trap : INT; read go; "$0" repl /w/a.py --home "$1"; echo "ended $?"; read line', program, home])
    seen = b""
    def until(pattern):
        global seen
        while not re.search(pattern.encode(), seen, re.S):
            # Signals may be blocked here, an alarm too.
            if not select.select([terminal], [], [], 30)[0]:
                os.kill(pid, signal.SIGKILL)
                sys.exit(f"never came: {pattern!r} in {seen[-2000:]!r}")
            seen += os.read(terminal, 65536)
        seen = seen[re.search(pattern.encode(), seen, re.S).end():]
    def type(text):
        # Between its prompt and its change of the terminal's mode, keys would mean something else: the terminal tells when that is over.
        for _ in range(3000):
            if not termios.tcgetattr(terminal)[3] & termios.ICANON: break
            select.select([], [], [], 0.01)
        os.write(terminal, text.encode())
    before = termios.tcgetattr(terminal)
    os.write(terminal, b"go\n")
    until(r"Python 3\?\[2J, kernel k1")
    until(r"In \[8\]: ")
    # What they have in common, then both, then the rest of one.
    type("r\t")
    until("ä")
    type("\t")
    until("räder  *räume")
    type("ume\n")
    until(r"Out\[8\]: <räume>")
    until(r"In \[9\]: ")
    type("f?\n")
    until("about it")
    until(r"In \[9\]: ")
    type("dropped")
    until("dropped")
    type("\x03")
    until(r"\^C")
    until(r"In \[9\]: ")
    type("if x:\n")
    until(r"\.\.\.: +")
    type("pass\n")
    until(r"\.\.\.: +")
    type("\x15\n")
    until(r"Out\[8\]: .*<if x:")
    until(r"In \[9\]: ")
    type("\x04")
    until("ended 0")
    print("ended 0")
    after = termios.tcgetattr(terminal)
    print("settings are the same" if before == after else f"settings differ: {before} {after}")
    os.write(terminal, b"\n")
    os.waitpid(pid, 0)
    """#
}
