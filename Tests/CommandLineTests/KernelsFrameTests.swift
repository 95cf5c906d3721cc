// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import jackfield

@Suite struct KernelsFrameTests {
  private static func list(cpu: Double, pid: Int64 = 4_711) -> JSONValue {
    [
      "kernels": [
        [
          "id": "b7e1c2d3-0000", "name": "Python 3.11 (venv)", "status": "busy", "execution_count": 12, "queued": 3, "pid": .integer(pid),
          "memory": 123_456_789, "cpu_seconds": .number(cpu), "uptime": 3_725, "last_activity": 990,
          "documents": ["/w/train.py", "/w/b\u{1B}[2J.py"],
        ],
        ["id": "a1", "name": "bad\u{1B}[31m", "status": "idle", "last_activity": 960, "started": 900, "documents": []],
      ]
    ]
  }

  private static let first = KernelsFrame(list(cpu: 10), now: 1_000)

  @Test func frameShowsWhatIsKnownAndWhatChanged() {
    #expect(
      KernelsFrame(Self.list(cpu: 11), before: Self.first, now: 1_002).lines() == [
        "KERNEL    NAME                STATUS  RUNS  QUEUE   PID  MEM MB  CPU %  UP  IDLE  DOCUMENTS",
        "a1        bad?[31m            idle       –      –     –       –      –  1m   42s  –",
        "b7e1c2d3  Python 3.11 (venv)  busy      12      3  4711   123.5   50.0  1h     –  train.py, b?[2J.py",
      ])
  }

  @Test func anotherProcessCountsFromTheBeginning() {
    let frame = KernelsFrame(Self.list(cpu: 11, pid: 5_000), before: Self.first, now: 1_002)
    #expect(frame.rows.allSatisfy { $0.cpu == nil })
    #expect(Self.first.rows.allSatisfy { $0.cpu == nil })
  }

  @Test func chosenKernelStaysChosen() {
    var frame = Self.first
    #expect(frame.selected == "a1")
    frame.move(1)
    frame.move(1)
    frame = KernelsFrame(Self.list(cpu: 11), before: frame, now: 1_001)
    #expect(frame.selected == "b7e1c2d3-0000")
    #expect(frame.lines(marked: true)[2].hasPrefix("> b7e1c2d3"))
    frame.move(-5)
    #expect(frame.selected == "a1")
    #expect(KernelsFrame(["kernels": []], before: frame, now: 0).selected == nil)
  }

  @Test func screenTakesWhatFits() {
    #expect(Self.first.lines(width: 20, height: 4) == ["j k or arrows: choos", "", "  KERNEL    NAME    ", "… and 2 more"])
    for height in 0...3 { #expect(Self.first.lines(width: 1, height: height).count <= max(height, 5)) }
  }

  @Test func withoutKernelsItSaysHowOneBegins() {
    #expect(KernelsFrame(["kernels": []], now: 0).lines() == ["no kernel; the first run of a file begins one: jackfield exec FILE"])
  }

  @Test func oddListIsSurvived() {
    for list: JSONValue in [.null, [], 7, ["kernels": 7], ["kernels": [7, .null, [:], ["id": 7, "memory": 1e300, "documents": 7]]]] {
      #expect(!KernelsFrame(list, before: Self.first, now: 1).lines().isEmpty)
    }
  }

  @Test(
    arguments: [
      ("q", [.end]), ("j", [.down]), ("k", [.up]), ("\u{1B}[A", [.nothing, .nothing, .up]), ("\u{1B}OB", [.nothing, .nothing, .down]),
      ("\u{1B}[Cj", [.nothing, .nothing, .nothing, .down]), ("\u{1B}q", [.nothing, .end]),
      ("irsy", [.interrupt, .restart, .shutdown, .yes]),
      ("x", [.nothing]),
    ] as [(String, [KernelsKey.Meaning])])
  func keysMean(keys: String, meanings: [KernelsKey.Meaning]) {
    var reader = KernelsKey()
    var found: [KernelsKey.Meaning] = []
    for key in keys { found.append(reader.take(key)) }
    #expect(found == meanings)
  }

  @Test(
    arguments: [
      ("3f2a", false, ["kernel": "3f2a"]), ("/w/a.py", false, ["document": "/w/a.py"]), ("/w/../a", false, ["document": "/a"]),
      ("notes", false, ["kernel": "notes"]),
    ] as [(String, Bool, [String: JSONValue])])
  func kernelIsNamedByIdOrFile(name: String, exists: Bool, input: [String: JSONValue]) {
    #expect(KernelName.input(name) { _ in exists } == input)
  }

  @Test func fileThatIsThereIsAFile() {
    #expect(KernelName.input("notes") { $0 == "notes" }["document"]?.stringValue?.hasSuffix("/notes") == true)
  }

  @Test(arguments: [("kernel-*.json", "kernel-*.json"), ("4711", "4711"), ("/r/k.json", "/r/k.json")])
  func connectionFileIsAPathOrAPattern(text: String, meant: String) {
    #expect(KernelCommand.connectionFile(text) == meant)
  }
}
