// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import jackfield

/// A program as a front.
@Suite struct AttachPipeTests {
  private typealias Step = FakeBridge.Step

  /// Talks over pipes, in Python.
  private static let talk = #"""
    import json, subprocess, sys
    program, home = sys.argv[1:3]
    front = subprocess.Popen([program, "attach", "--json", "--home", home, "--workspace", "/w/a"] + sys.argv[3:],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    def read():
        return json.loads(front.stdout.readline())
    def write(value):
        front.stdin.write((value if isinstance(value, str) else json.dumps(value)) + "\n")
        front.stdin.flush()
    """# + "\n"

  private func run(_ script: String, _ bridge: FakeBridge, _ words: [String] = []) throws -> Tool.Outcome {
    try Tool.run(["python3", "-c", Self.talk + script, Tool.jackfield, bridge.host.home] + words)
  }

  @Test func questionsAreLinesAndSoAreAnswers() throws {
    let bridge = try FakeBridge([
      Step(chunk: FakeBridge.message("hi \u{1B}[2J")), Step(chunk: FakeBridge.question(1, "chat", ["message": "?"])),
      Step(after: 2, chunk: FakeBridge.question(2, "command", ["command": "e.x", "args": []])),
    ])
    let outcome = try run(
      #"""
      assert read() == {"front": "f-1", "name": "bot"}
      assert read()["body"]["message"] == "hi \x1b[2J"
      asked = read()
      assert asked["kind"] == "chat" and asked["run"]["name"] == "train.py"
      write("nonsense")
      assert read()["refused"].startswith("cannot read the line: write")
      write({"question": 1})
      assert "refused" in read()
      write({"question": 1, "part": {"delta": "a"}})
      write({"question": 1, "result": {"response": "ab"}})
      assert read()["kind"] == "command"
      write({"question": 2, "error": "no"})
      front.stdin.close()
      assert front.stdout.read() == ""
      print("ended", front.wait())
      """#, bridge, ["--name", "bot", "--can", "chat", "--can", "message", "--offer", "e.x"])
    #expect(outcome == Tool.Outcome(status: 0, output: "ended 0\n", error: ""))
    #expect(
      bridge.answers == [
        ["front": "f-1", "question": 1, "part": ["delta": "a"]], ["front": "f-1", "question": 1, "result": ["response": "ab"]],
        ["front": "f-1", "question": 2, "error": "no"],
      ])
    let attached: JSONValue = ["name": "bot", "workspace": "/w/a", "capabilities": ["chat", "message"], "commands": [["name": "e.x"]]]
    #expect(bridge.host.inputs(of: "bridge.attach") == [attached])
  }

  @Test func refusedAnswerIsToldAndOnceEndsWithTheFirstTaken() throws {
    let bridge = try FakeBridge([Step(chunk: FakeBridge.question(1, "input", ["prompt": "?"]))]) { answer in
      answer["result"]?["value"] == 1 ? "cannot take the answer: 'value' must be a text" : nil
    }
    let outcome = try run(
      #"""
      read(), read()
      write({"question": 1, "result": {"value": 1}})
      assert read() == {"question": 1, "refused": "cannot take the answer: 'value' must be a text"}
      write({"question": 1, "result": {"value": "x"}})
      print("ended", front.wait())
      """#, bridge, ["--once"])
    #expect(outcome == Tool.Outcome(status: 0, output: "ended 0\n", error: ""))
  }

  @Test func lossAndReturnOfTheHostAreTold() throws {
    let bridge = try FakeBridge([Step(), Step(chunk: FakeBridge.message("again"))])
    let outcome = try run(
      #"""
      assert read()["front"] == "f-1"
      assert read()["lost"].startswith("the host closed the connection")
      assert read()["front"] == "f-1"
      assert read()["body"]["message"] == "again"
      front.terminate()
      print("ended", front.wait())
      """#, bridge)
    #expect(outcome == Tool.Outcome(status: 0, output: "ended 130\n", error: ""))
  }
}
