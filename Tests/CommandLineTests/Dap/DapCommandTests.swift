// SPDX-License-Identifier: Apache-2.0
// The program itself between an editor and adapters, both of them small Python scripts.
import FoundationEssentials
import Glibc
import JSON
import Testing

@testable import jackfield

@Suite struct DapCommandTests {
  private typealias Fake = FakeKernels

  /// Runs an editor, which runs the proxy; what it prints is compared.
  private static func session(_ editor: String, home: String, environment: [String: String] = [:]) throws -> Tool.Outcome {
    try Tool.run(["python3", "-c", Self.prelude + editor, Tool.jackfield, home], environment: environment)
  }

  private static func host(answers: @escaping FakeHost.Script) throws -> FakeHost {
    try FakeHost { request in
      switch Fake.command(request) {
      case "run.open": [Fake.answer(request, ["run": "r-1", "environment": ["JACKFIELD_BRIDGE_ADDR": "ws://here/"]])]
      case "run.adopt", "run.close": [Fake.answer(request, [:])]
      default: answers(request)
      }
    }
  }

  @Test func everythingPassesByteForByteInBothDirections() throws {
    let outcome = try Self.session(
      #"""
      adapter = start("import sys, shutil; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer, 1000)")
      messages = [b"{}", b"", b"\xff\x00 no JSON", b'{"seq": 1,  "a": "\\u00fc"}', os.urandom(3 << 20), b"[" * 100000]
      sent = b"".join(b"content-LENGTH:  %d \r\nX-Other: y\r\n\r\n" % len(m) + m for m in messages)
      threading.Thread(target=lambda: (adapter.stdin.write(sent), adapter.stdin.close())).start()
      received = adapter.stdout.read()
      print(received == sent, adapter.wait())
      """#, home: "/nowhere")
    #expect(outcome.output == "True 0\n")
    #expect(outcome.status == 0)
    #expect(
      outcome.error == "jackfield: no host is running at '/nowhere/run/host.sock'; start one with 'jackfield serve --home /nowhere'; "
        + "the debug session goes on, and what a script asks is refused meanwhile\n")
  }

  @Test func questionsGoToTheHostAndOperationsToBoth() throws {
    let host = try Self.host { request in
      switch Fake.command(request) {
      case "bridge.request" where Fake.input(request)["type"] == "vscode/chat": [Fake.answer(request, ["response": "hi"])]
      case "bridge.request": [FakeHost.error(request, "Unknown request type: odd")]
      case "bridge.announce": [Fake.answer(request, ["result": ["lot": 7], "error": nil])]
      default: []
      }
    }
    let outcome = try Self.session(
      #"""
      adapter = start(r'''
      import json, os, sys
      def send(message):
          body = json.dumps(message).encode()
          sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
          sys.stdout.buffer.flush()
      def receive():
          length = int(sys.stdin.buffer.readline().split(b":")[1])
          sys.stdin.buffer.readline()
          return json.loads(sys.stdin.buffer.read(length))
      def respond():
          request = receive()
          send({"seq": 9, "type": "response", "request_seq": request["seq"], "success": True, "command": request["command"]})
          return request["command"], request["arguments"], request["seq"] > 1 << 30
      def event(name, body):
          send({"seq": 1, "type": "event", "event": name, "body": body})
      event("customRequest", {"requestId": 0, "type": "vscode/chat", "params": {"message": "x", "timeout": 1500.0}})
      event("output", {"output": str(respond())})
      event("customRequest", {"requestId": 1, "type": "odd"})
      event("output", {"output": str(respond())})
      event("asyncOperationStarted", {"operationId": 3, "resumeToken": "t"})
      event("output", {"output": str(respond())})
      event("output", {"output": os.environ["JACKFIELD_BRIDGE_ADDR"]})
      sys.exit(9)
      ''')
      while True:
          message = receive(adapter)
          if message is None: break
          print(message["event"], message["body"].get("output", message["body"]))
      print(adapter.wait())
      """#, home: host.home)
    #expect(
      outcome
        == Tool.Outcome(
          status: 0,
          output: """
            output ('customRequestResponse', {'error': None, 'requestId': 0, 'result': {'response': 'hi'}, 'success': True}, True)
            output ('customRequestResponse', {'error': 'Unknown request type: odd', 'requestId': 1, 'result': None, 'success': False}, True)
            asyncOperationStarted {'operationId': 3, 'resumeToken': 't'}
            output ('asyncOperationSubmit', {'error': None, 'operationId': 3, 'result': {'lot': 7}, 'resumeToken': 't'}, True)
            output ws://here/
            9

            """, error: ""))
    let asked = host.inputs(of: "bridge.request")
    #expect(
      asked.first == [
        "type": "vscode/chat", "params": ["message": "x", "timeout": 1500.0], "timeout_ms": 1500, "run": "r-1", "workspace": "/w",
      ])
    #expect(asked.last?["timeout_ms"] == 30_000)
    #expect(
      host.inputs(of: "bridge.announce") == [["operation": ["operationId": 3, "resumeToken": "t"], "run": "r-1", "workspace": "/w"]])
    let opened = try #require(host.inputs(of: "run.open").first)
    #expect(opened["name"] == "session" && opened["workspace"] == "/w")
    #expect(host.inputs(of: "run.close") == [["run": "r-1", "status": 9]])
  }

  @Test func questionWithoutAHostIsRefusedWithTheCure() throws {
    let outcome = try Self.session(
      #"""
      adapter = start(r'''
      import json, sys
      body = json.dumps({"seq": 1, "type": "event", "event": "customRequest", "body": {"requestId": 0, "type": "vscode/chat"}}).encode()
      sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
      sys.stdout.buffer.flush()
      length = int(sys.stdin.buffer.readline().split(b":")[1])
      sys.stdin.buffer.readline()
      print(json.loads(sys.stdin.buffer.read(length))["arguments"]["error"], file=sys.stderr)
      ''')
      print(receive(adapter), adapter.wait())
      """#, home: "/nowhere")
    #expect(outcome.output == "None 0\n")
    #expect(
      outcome.error.hasSuffix("no host is running at '/nowhere/run/host.sock'; start one with 'jackfield serve --home /nowhere'\n"))
  }

  @Test func hostThatGoesAwayRefusesWhatItWasAsked() throws {
    let host = try Self.host { _ in [nil] }
    let outcome = try Self.session(
      #"""
      adapter = start(r'''
      import json, sys
      body = json.dumps({"seq": 1, "type": "event", "event": "customRequest", "body": {"requestId": 0, "type": "vscode/chat"}}).encode()
      sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
      sys.stdout.buffer.flush()
      length = int(sys.stdin.buffer.readline().split(b":")[1])
      sys.stdin.buffer.readline()
      print(json.loads(sys.stdin.buffer.read(length))["arguments"]["error"], file=sys.stderr)
      ''')
      print(receive(adapter), adapter.wait())
      """#, home: host.home)
    #expect(
      outcome == Tool.Outcome(status: 0, output: "None 0\n", error: "the host closed the connection; see its log, or 'jackfield doctor'\n"))
  }

  @Test func endsArePassedOn() throws {
    let outcome = try Self.session(
      #"""
      print(start("import sys; sys.exit(7)").wait())
      print(start("import os; os.kill(os.getpid(), 9)").wait())
      adapter = start("import sys; sys.stdin.read(); sys.exit(3)")
      adapter.stdin.close()
      print(adapter.wait())
      adapter = start("import signal, sys; signal.signal(15, lambda *_: sys.exit(5)); print('Content-Length: 2\\r\\n\\r\\n{}', end='', flush=True); signal.pause()")
      print(receive(adapter))
      adapter.send_signal(15)
      print(adapter.wait())
      adapter = start("print('Content-Length: 2\\r\\n\\r\\n{}', end='', flush=True); import signal; signal.pause()")
      print(receive(adapter))
      adapter.send_signal(15)
      print(adapter.wait())
      # What it began lives on and holds its output open.
      adapter = start("import subprocess, sys; print('Content-Length: 2\\r\\n\\r\\n{}', end='', flush=True); subprocess.Popen(['cat'], stdin=open(sys.argv[1]))", fifo)
      print(receive(adapter), adapter.wait())
      """#, home: "/nowhere")
    #expect(outcome.output == "7\n137\n3\n{}\n5\n{}\n143\n{} 0\n")
  }

  @Test func editorThatGoesAwayEndsTheSession() throws {
    let outcome = try Self.session(
      #"""
      adapter = start("import sys, threading; sys.stdout.buffer.write(b'Content-Length: 2\\r\\n\\r\\n{}' * 1000); sys.stdout.flush(); sys.stdin.read(); sys.exit(4)")
      adapter.stdout.close()
      print(adapter.wait())
      """#, home: "/nowhere")
    #expect(outcome.output == "4\n")
  }

  @Test func nonsenseOfEitherSideIsExplainedAndEndsTheSession() throws {
    let outcome = try Self.session(
      #"""
      adapter = start("print('debugger starting'); import signal; signal.pause()", said=True)
      print(adapter.stdout.read(), adapter.wait())
      adapter = start("import signal; signal.signal(15, signal.SIG_IGN); print('Content-Length: 2\\r\\n\\r\\n{}', end='', flush=True)\nwhile True: signal.pause()", said=True)
      print(receive(adapter))
      adapter.stdin.write(b"Content-Length: 99999999999\r\n\r\n")
      adapter.stdin.flush()
      print(adapter.wait())
      adapter = start("print('Content-Length: 2\\r\\n\\r\\n{', end='', flush=True)", said=True)
      print(adapter.stdout.read(), adapter.wait())
      adapter = start("import sys; sys.stdin.read()", said=True)
      adapter.stdin.write(b"Content-Length: 2\r\n\r\n{")
      adapter.stdin.close()
      print(adapter.wait())
      """#, home: "/nowhere")
    #expect(outcome.output == "b'' 1\n{}\n1\nb'' 0\n0\n")
    let said = outcome.error.split(separator: "\n").filter { !$0.contains("no host is running") }
    #expect(
      said == [
        "jackfield: cannot read what the adapter sends: 'debugger starting' stands where a header should; does something print there?; the debug session is ended",
        "jackfield: cannot read what the editor sends: a message has 99999999999 bytes, and 67108864 are the most; the debug session is ended",
        "jackfield: the adapter closed its side in the middle of a message, which is left out",
        "jackfield: the editor closed its side in the middle of a message, which is left out",
      ])
  }

  @Test func wrongWordsAreExplained() throws {
    #expect(
      try Tool.jackfield("dap", home: "/nowhere")
        == Tool.Outcome(
          status: 2, output: "",
          error: "jackfield: 'jackfield dap' wants an adapter: jackfield dap -- ADAPTER [ARGUMENT …]\nTry 'jackfield dap --help'.\n"))
    let missing = try Tool.jackfield("dap", "--", "/nowhere/adapter", home: "/nowhere")
    #expect(missing.status == 127)
    #expect(
      missing.error.hasSuffix(
        "jackfield: cannot start the adapter '/nowhere/adapter': No such file or directory; is it installed, and in PATH?\n"))
  }

  /// Starts the proxy with an adapter, and reads its messages.
  private static let prelude = #"""
    import json, os, subprocess, sys, tempfile, textwrap, threading
    program, home = sys.argv[1:]
    folder = tempfile.TemporaryDirectory()
    fifo = folder.name + "/fifo"
    os.mkfifo(fifo)
    writer = os.open(fifo, os.O_RDWR)
    def start(code, *arguments, said=False):
        command = [program, "dap", "--home", home, "--workspace", "/w", "--name", "session", "--", sys.executable, "-c", textwrap.dedent(code), *arguments]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    def receive(process):
        header = process.stdout.readline()
        if not header: return None
        process.stdout.readline()
        return json.loads(process.stdout.read(int(header.split(b":")[1])))

    """#
}
