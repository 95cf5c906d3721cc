// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import jackfield

@Suite struct WatchCommandTests {
  private typealias Fake = FakeKernels

  private static let loss: JSONValue = [
    "id": "w1", "expression": "loss", "value": ["status": "ok", "time": 1, "text": "0.25", "number": 0.25],
  ]

  private static func host() throws -> FakeHost {
    try FakeHost { request in
      switch Fake.command(request) {
      case "watch.list", "watch.refresh": [Fake.answer(request, ["watches": [loss]])]
      case "watch.add": [Fake.answer(request, ["id": "w2"])]
      case "watch.history": [Fake.answer(request, ["values": [["number": 1], ["number": 0.5], ["text": "x"], ["number": 0.25]]])]
      case "watch.remove", "watch.clear": [Fake.answer(request, ["removed": 1])]
      default: [FakeHost.error(request, "there is no command")]
      }
    }
  }

  @Test func expressionsAreAddedOnceAndShown() throws {
    let host = try Self.host()
    let outcome = try Tool.jackfield("watch", "/w/a.py", "loss", "epoch", home: host.home)
    #expect(outcome == Tool.Outcome(status: 0, output: "EXPRESSION  HISTORY  VALUE\nloss        █▃ ▁     0.25\n", error: ""))
    #expect(host.inputs(of: "watch.add") == [["document": "/w/a.py", "expression": "epoch"]])
  }

  @Test(
    arguments: [(["loss"], "watch.remove", ["id": "w1"]), ([], "watch.clear", ["document": "/w/a.py"])] as [([String], String, JSONValue)])
  func watchesAreRemoved(words: [String], command: String, input: JSONValue) throws {
    let host = try Self.host()
    let outcome = try Tool.run([Tool.jackfield, "--home", host.home, "watch", "--remove", "/w/a.py"] + words)
    #expect(outcome == Tool.Outcome(status: 0, output: "1 removed\n", error: ""))
    #expect(host.inputs(of: command) == [input])
  }

  @Test func whatIsNotWatchedIsNotRemoved() throws {
    let host = try Self.host()
    let outcome = try Tool.jackfield("watch", "--remove", "/w/a.py", "other", home: host.home)
    #expect(outcome == Tool.Outcome(status: 1, output: "0 removed\n", error: ""))
  }

  @Test func fileIsWanted() throws {
    let outcome = try Tool.jackfield("watch", home: "/nowhere")
    #expect(outcome.status == 2)
    #expect(outcome.error == "jackfield: 'jackfield watch' wants FILE [EXPR…]; 0 given\nTry 'jackfield watch --help'.\n")
  }
}
