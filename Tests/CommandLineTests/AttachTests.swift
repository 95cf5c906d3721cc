// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON
import Testing

@testable import jackfield

/// A person at a real terminal.
@Suite struct AttachTests {
  private typealias Step = FakeBridge.Step

  @Test func messagesProgressAndQuestionsAreShownAndAnswered() throws {
    let bridge = try FakeBridge([
      Step(chunk: FakeBridge.message("two\nlines \u{1B}[2J\u{202E}", "warning")),
      Step(
        chunk: [
          "notice": "progress", "run": ["name": "train.py"], "body": ["id": 1, "title": "Train", "fraction": 0.42, "note": "epoch 3"],
        ]),
      Step(chunk: ["dropped": 5]),
      Step(
        chunk: FakeBridge.question(
          1, "choose",
          ["message": "Which\u{1B}]0;x\u{7}?", "options": [["label": "a"], ["label": "b\u{9B}2J", "description": "best"]], "default": 1])),
      Step(
        after: 1,
        chunk: FakeBridge.question(
          2, "choose", ["message": "Some?", "options": [["label": "x"], ["label": "y"], ["label": "z"]], "many": true])),
      Step(
        after: 2,
        chunk: [
          "question": 3, "kind": "input", "run": ["name": "train.py"], "body": ["prompt": "Name?", "default": "Ada"],
          "deadline_ms": 600_000,
        ]),
      Step(after: 3, chunk: FakeBridge.question(4, "input", ["prompt": "Password?", "password": true])),
    ])
    let outcome = try TypingScript.run(
      #"""
      until(r"left: attached; \"p\" lists what scripts wait for")
      until(r"train.py warning:.*│ two\r\n│ lines \?\[2J\?\r\n")
      until(r"train.py: 42 %  Train – epoch 3")
      until(r"5 messages were dropped")
      until(r"train.py asks:.*│ Which\?\]0;x\?\?\r\n  1  a\r\n\* 2  b\?2J  – best\r\n1–2 \[2\]: ")
      type("7\n")
      until(r"there is no 7; type 1 to 2\r\n1–2 \[2\]: ")
      type("nope\n")
      until(r"no option holds 'nope'; type a number\r\n1–2 \[2\]: ")
      type("\n")
      until(r"several of 1–3, as 1,3–4: ")
      type("1,3\n")
      until(r"│ Name\?\r\n  it waits [56]\d\d s\r\n\[Ada\] > ")
      type("Grace\n")
      until(r"a password:.*│ Password\?\r\n> ")
      print("unseen" if not echoes() else "seen")
      type("secret\n")
      # The rest is at rest.
      type("?\n")
      until(r"lists what scripts wait for\r\n.*ends, as Ctrl-D does")
      type("\x04")
      until("ended 0")
      assert b"secret" not in everything
      done()
      """#, home: bridge.host.home, ["--name", "left"])
    #expect(outcome == Tool.Outcome(status: 0, output: "unseen\nsettings are the same\n", error: ""))
    #expect(
      bridge.answers == [
        ["front": "f-1", "question": 1, "result": ["chosen": [1]]], ["front": "f-1", "question": 2, "result": ["chosen": [0, 2]]],
        ["front": "f-1", "question": 3, "result": ["value": "Grace"]], ["front": "f-1", "question": 4, "result": ["value": "secret"]],
      ])
    let attached: JSONValue = [
      "name": "left", "workspace": "/w/a", "capabilities": ["message", "progress", "choose", "input", "form", "consent"], "commands": [],
    ]
    #expect(bridge.host.inputs(of: "bridge.attach") == [attached])
  }

  @Test func consentIsDeniedByEnterAlone() throws {
    let body: JSONValue = ["command": "kernel.start", "arguments": #"[{"spec":"python3"}]"#, "run": "train.py", "workspace": "/w/a"]
    let bridge = try FakeBridge([
      Step(chunk: FakeBridge.question(1, "consent", body)), Step(after: 1, chunk: FakeBridge.question(2, "consent", body)),
      Step(after: 2, chunk: FakeBridge.question(3, "consent", body)), Step(after: 3, chunk: FakeBridge.question(4, "consent", body)),
    ])
    let outcome = try TypingScript.run(
      #"""
      until(r"train.py wants to execute.*│ kernel.start\r\n│ with \[{\"spec\":\"python3\"}\]")
      until(r"all runs of /w/a, from now on\r\n.*to this run\r\n\* d  deny it to this run\r\na, r or d \[d\]: ")
      type("\n")
      until(r"a, r or d \[d\]: ")
      type("yes\n")
      until(r"type a, r or d\r\na, r or d \[d\]: ")
      type("r\n")
      until(r"a, r or d \[d\]: ")
      type("a\n")
      until(r"a, r or d \[d\]: ")
      type("\x03")
      until(r"\^C\r\n")
      type("q\n")
      until("ended 0")
      done()
      """#, home: bridge.host.home)
    #expect(outcome == TypingScript.ended)
    #expect(bridge.answers.map { $0["result"] } == [["decision": "deny"], ["decision": "allow_run"], ["decision": "allow"], nil])
    #expect(bridge.answers.last?["error"] == "'kernel.start' was not allowed: nobody decided about it; execute it again to ask again")
  }

  @Test func whatWasTypedBeforeAQuestionIsNoAnswerToIt() throws {
    // The second question comes by itself, in the place of the first: what was begun for that one must not allow anything.
    let bridge = try FakeBridge([
      Step(chunk: FakeBridge.question(1, "input", ["prompt": "Name?"])), Step(chunk: ["withdrawn": 1, "reason": "timed out"]),
      Step(chunk: FakeBridge.question(2, "consent", ["command": "kernel.start", "workspace": .null])),
    ])
    let outcome = try TypingScript.run(
      #"""
      until(r"train.py takes the question back: timed out.*r or d \[d\]: ")
      type("a\n")
      until(r"type r or d\r\nr or d \[d\]: ")
      type("d\n")
      type("\x04")
      until("ended 0")
      done()
      """#, home: bridge.host.home)
    #expect(outcome == TypingScript.ended)
    #expect(bridge.answers == [["front": "f-1", "question": 2, "result": ["decision": "deny"]]])
  }

  @Test func formIsAskedFieldByField() throws {
    let schema: JSONValue = [
      "type": "object", "required": ["name"],
      "properties": [
        "name": ["type": "string", "description": "Whose?"], "rate": ["type": "number", "minimum": 0, "maximum": 1],
        "steps": ["type": "integer"], "loud": ["type": "boolean", "default": true], "kind": ["enum": ["fast", "good"]],
        "tags": ["type": "array", "items": ["type": "string"]], "deep": ["type": "object", "properties": ["n": ["type": "integer"]]],
      ],
    ]
    let bridge = try FakeBridge([
      Step(chunk: FakeBridge.question(1, "form", ["title": "Setup", "schema": schema, "values": ["steps": 10]]))
    ]) { answer in
      answer["result"]?["values"]?["name"] == "bad" ? "cannot take the answer: 'name' is bad" : nil
    }
    let outcome = try TypingScript.run(
      #"""
      until(r"train.py asks for a form of 7 fields; \"-\" leaves out.*│ Setup\r\n│ Whose\?\r\nname: ")
      type("\n")
      until(r"'name' is wanted\r\nname: ")
      type("bad\n")
      until(r"deep.n \(a whole number\), may be empty: ")
      type("x\n")
      until(r"type a whole number\r\ndeep.n .*: ")
      type("\n")
      until(r"  1  fast\r\n  2  good\r\nkind \(1–2\), may be empty: ")
      type("2\n")
      until(r"loud \(y or n\), may be empty \[true\]: ")
      type("-\n")
      until(r"rate \(a number, 0 to 1\), may be empty: ")
      type("1.5\n")
      until(r"it must be at most 1\r\nrate .*: ")
      type("0.5\n")
      until(r"steps \(a whole number\), may be empty \[10\]: ")
      type("\n")
      until(r"tags \(several, with commas\), may be empty: ")
      type("a, b\n")
      until(r"'name' is bad.*name \[bad\]: ")
      type("Ada\n")
      for _ in range(6):
          until(r"may be empty.*: ")
          type("\n")
      type("\x04")
      until("ended 0")
      done()
      """#, home: bridge.host.home)
    #expect(outcome == TypingScript.ended)
    let values: JSONValue = ["name": "Ada", "kind": "good", "rate": 0.5, "steps": 10, "tags": ["a", "b"]]
    #expect(bridge.answers.map { $0["result"]?["values"]?["name"] } == ["bad", "Ada"])
    #expect(bridge.answers.last?["result"] == ["values": values])
  }

  @Test func severalQuestionsWaitInTheirOrder() throws {
    let bridge = try FakeBridge([
      Step(chunk: FakeBridge.question(1, "input", ["prompt": "First?"])),
      Step(chunk: FakeBridge.question(2, "input", ["prompt": "Gone?"], run: "gone.py")),
      Step(chunk: FakeBridge.question(3, "input", ["prompt": "Third?"], run: "third.py")),
      Step(chunk: FakeBridge.question(4, "fly", [:])), Step(chunk: ["withdrawn": 2, "reason": "the run ended"]),
    ])
    let outcome = try TypingScript.run(
      #"""
      until(r"First\?.*gone.py has a question, too.*third.py has a question, too.*gone.py takes a question back: the run ended.*> ")
      type("1\n")
      until(r"third.py asks for a text:.*Third\?\r\n> ")
      type("3\n")
      type("\x04")
      until("ended 0")
      done()
      """#, home: bridge.host.home)
    #expect(outcome == TypingScript.ended)
    #expect(
      bridge.answers == [
        ["front": "f-1", "question": 1, "result": ["value": "1"]], ["front": "f-1", "question": 3, "result": ["value": "3"]],
        ["front": "f-1", "question": 4, "error": "a terminal cannot answer 'fly'"],
      ])
  }

  @Test func interruptCancelsTheQuestionAndThenEnds() throws {
    let bridge = try FakeBridge([Step(chunk: FakeBridge.question(1, "input", ["prompt": "Name?"]))])
    let outcome = try TypingScript.run(
      #"""
      until(r"Name\?\r\n> ")
      type("half")
      until("half")
      type("\x03")
      until(r"\^C")
      # At rest again when it answers an order.
      for _ in range(1000):
          type("?\n")
          if select.select([terminal], [], [], 1)[0]: break
      until(r"ends, as Ctrl-D does")
      type("\x03")
      until("ended 130")
      done()
      """#, home: bridge.host.home)
    #expect(outcome == TypingScript.ended)
    #expect(bridge.answers == [["front": "f-1", "question": 1, "result": ["cancelled": true]]])
  }

  @Test func hostThatGoesIsFoundAgain() throws {
    let bridge = try FakeBridge([
      Step(chunk: FakeBridge.question(1, "input", ["prompt": "Before?"])), Step(),
      Step(chunk: FakeBridge.question(2, "input", ["prompt": "After?"])),
    ])
    let outcome = try TypingScript.run(
      #"""
      until(r"Before\?")
      until(r"the host closed the connection.*looking for the host until it is back, Ctrl-D ends")
      until(r"terminal: attached again")
      until(r"After\?\r\n> ")
      type("here\n")
      until("ended 0")
      done()
      """#, home: bridge.host.home, ["--once"])
    #expect(outcome == TypingScript.ended)
    #expect(bridge.answers == [["front": "f-1", "question": 2, "result": ["value": "here"]]])
  }

  @Test func operationsThatWaitAreListedAndAnswered() throws {
    let pending: JSONValue = [
      "operations": [
        ["operation": "op-7", "run": "r1", "run_name": "train.py\u{1B}[2J", "type": "form", "name": "Review"],
        ["operation": "op-8", "run": "r2", "run_name": "other.py", "type": "http_endpoint", "name": .null],
      ]
    ]
    let bridge = try FakeBridge([], pending: pending)
    let outcome = try TypingScript.run(
      #"""
      until(r"scripts wait for:\r\n   1  form  Review  of train.py\?\[2J\r\n   2  http_endpoint  of other.py\r\n")
      type("p\n")
      until(r"   2  http_endpoint  of other.py\r\n")
      type("s 1 {\"ok\": true}\n")
      until("submitted")
      type("s 2 just text\n")
      until("submitted")
      type("c 2\n")
      until("cancelled")
      type("s 3 x\n")
      until("there is no operation 3")
      type("q\n")
      until("ended 0")
      done()
      """#, home: bridge.host.home)
    #expect(outcome == TypingScript.ended)
    #expect(
      bridge.host.inputs(of: "bridge.submit") == [
        ["operation": "op-7", "run": "r1", "by": "terminal", "result": ["ok": true]],
        ["operation": "op-8", "run": "r2", "by": "terminal", "result": "just text"],
      ])
    #expect(bridge.host.inputs(of: "bridge.cancel") == [["operation": "op-8", "run": "r2", "by": "terminal"]])
  }

  @Test func hostileTextsStayWithinTheirLines() throws {
    let options = JSONValue.array((1...1_000).map { ["label": .string("option \($0) \u{1B}[31m\u{7}")] })
    let flood = String(repeating: "line\n", count: 5_000)
    let bridge = try FakeBridge([
      Step(chunk: FakeBridge.message("ok\r\nterminal: attached; a, r or d [d]: ", "error")), Step(chunk: FakeBridge.message(flood)),
      Step(chunk: FakeBridge.question(1, "choose", ["message": "?", "options": options], run: "evil\u{1B}[2J\n")),
    ])
    let outcome = try TypingScript.run(
      #"""
      until(r"│ ok\r\n│ terminal: attached; a, r or d")
      until(r"│ … 4801 lines more")
      until(r"evil\?\[2J\? asks:.*   40  option 40 \?\[31m\?\r\n   … 960 more; type a part of a name to see fewer\r\n1–1000: ")
      type("option 99\n")
      until(r"  99  option 99 .*  999  option 999 .*1–1000: ")
      type("999\n")
      type("\x04")
      until("ended 0")
      # The only escapes are ours: colours, and to wipe the line at the bottom.
      assert not re.search(rb"\x1b(?!\[(\d*m|K))|[\x07\x9b]", everything), everything
      done()
      """#, home: bridge.host.home)
    #expect(outcome == TypingScript.ended)
    #expect(bridge.answers.map { $0["result"] } == [["chosen": [998]]])
  }

  @Test(
    arguments: [
      (["--can", "open"], "'--can' and '--offer' go with '--json': a terminal shows messages and asks, and that is all"),
      (["--json", "--can", "opne"], "'--can' knows no 'opne'; did you mean 'open'?"),
      ([], "'attach' wants a terminal; 'jackfield attach --json' is for programs"),
    ])
  func wordsAreChecked(words: [String], reason: String) throws {
    let outcome = try Tool.run([Tool.jackfield, "--home", "/nowhere", "attach"] + words)
    #expect(outcome == Tool.Outcome(status: 2, output: "", error: "jackfield: \(reason)\nTry 'jackfield attach --help'.\n"))
  }

  @Test func withoutAHostItSaysSo() throws {
    let outcome = try Tool.jackfield("attach", "--json", home: "/nowhere")
    #expect(outcome.status == 3 && outcome.error.hasPrefix("jackfield: no host is running at '/nowhere/run/host.sock'"))
  }

  @Test func hostThatRefusesAtFirstIsTheEnd() throws {
    let host = try FakeHost { [FakeHost.error($0, "there is no command 'bridge.attach'")] }
    let outcome = try Tool.jackfield("attach", "--json", home: host.home)
    #expect(outcome == Tool.Outcome(status: 1, output: "", error: "jackfield: there is no command 'bridge.attach'\n"))
  }

  // MARK: - tmux

  @Test(.enabled(if: Tool.isInstalled("tmux"))) func itWorksUnderTmux() throws {
    let bridge = try FakeBridge([
      Step(chunk: FakeBridge.message("hällo")),
      Step(chunk: FakeBridge.question(1, "choose", ["message": "Which?", "options": [["label": "a"], ["label": "b"]]])),
      Step(after: 1, chunk: FakeBridge.question(2, "input", ["prompt": "Password?", "password": true])),
      Step(after: 2, chunk: FakeBridge.message("thanks")),
    ])
    let folder = temporaryDirectory()
    // Its server must hear the signal that ends it, and threads of tests have all blocked.
    let unblocked = "import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); os.execvp(sys.argv[1], sys.argv[1:])"
    func tmux(_ words: String...) throws -> Tool.Outcome {
      try Tool.run(
        ["python3", "-c", unblocked, "tmux", "-u", "-S", folder + "/socket", "-f", "/dev/null"] + words,
        environment: ["TERM": "xterm", "LC_ALL": "C.UTF-8"])
    }
    func seen(_ text: String) throws {
      for _ in 0..<1_000 {
        let pane = try tmux("capture-pane", "-p").output
        if pane.contains(text) { return }
      }
      Issue.record("never seen: '\(text)' in \(try tmux("capture-pane", "-p").output)")
    }
    let command = "'\(Tool.jackfield)' attach --home '\(bridge.host.home)' --workspace /w/a; read line"
    let began = try tmux("new-session", "-d", "-x", "100", "-y", "30", command)
    defer {
      do { #expect(try tmux("kill-server").status == 0) } catch { Issue.record(error) }
      // The server takes its socket away at the same time.
      try? FileManager.default.removeItem(atPath: folder)
    }
    #expect(began.status == 0, "\(began)")
    try seen("│ hällo")
    try seen("\n1–2:")
    _ = try tmux("send-keys", "b", "Enter")
    try seen("│ Password?\n>")
    _ = try tmux("send-keys", "secret", "Enter")
    try seen("│ thanks")
    #expect(try !tmux("capture-pane", "-p").output.contains("secret"))
    #expect(bridge.answers.map { $0["result"] } == [["chosen": [1]], ["value": "secret"]])
  }
}
