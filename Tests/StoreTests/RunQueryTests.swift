// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import JSON
import PluginSDK
import SQLite
import Testing

@testable import Store

@Suite struct RunQueryTests {
  @Test func runsAreFoundByAnyOfTheirTexts() throws {
    let filled = try FilledDatabase()
    try filled.run("baseline", project: "demo", started: 1)
    try filled.run("fork1", title: "100% better_one", started: 2, lastLoss: 0.5)
    try filled.run("fork2", started: 3, lastLoss: 0.25)
    try filled.database.execute("UPDATE runs SET archived = 5 WHERE name = 'fork2'")
    func ids(_ json: String) throws -> [String] { try RunList.answer(filled.input(json), filled.database)["runs"]?.texts(of: "id") ?? [] }
    #expect(try ids("{}") == ["fork1", "baseline"])
    #expect(try ids(#"{"archived": true}"#) == ["fork2", "fork1", "baseline"])
    #expect(try ids(#"{"search": "BETTER"}"#) == ["fork1"])
    #expect(try ids(#"{"search": "demo"}"#) == ["baseline"])
    #expect(try ids(#"{"search": "0% b"}"#) == ["fork1"])
    #expect(try ids(#"{"search": "r_o"}"#) == ["fork1"])
    #expect(try ids(#"{"search": "%"}"#) == ["fork1"])
    #expect(try ids(#"{"search": "\\"}"#) == [])
    #expect(try ids(#"{"archived": true, "sort": "loss"}"#) == ["fork2", "fork1", "baseline"])
    #expect(try ids(#"{"archived": true, "sort": "name"}"#) == ["fork1", "baseline", "fork2"])
    #expect(try ids(#"{"archived": true, "reversed": true}"#) == ["baseline", "fork1", "fork2"])
  }

  @Test func numbersBehindNamesAreCounted() throws {
    let filled = try FilledDatabase()
    for name in ["fork1", "fork12", "forkX", "fork", "fork1a", "Fork99", "merge", "fork99999999999999999999", "a%1", "ab7"] {
      try filled.run(name)
    }
    try filled.run("other", title: "My title")
    let answer = try RunNames.answer(
      filled.input(#"{"prefixes": ["fork", "merge", "a%"], "names": ["fork1", "My title", "free"]}"#), filled.database)
    #expect(answer == ["counters": ["fork": 12, "merge": 0, "a%": 1], "taken": ["fork1", "My title"]])
    #expect(try RunNames.answer(filled.input("{}"), filled.database)["counters"] == ["fork": 12, "merge": 0])
  }

  @Test func checkpointsNameTheFileThatCanBeUsed() throws {
    let filled = try FilledDatabase()
    let files = CheckpointFiles(data: filled.directory)
    try FileManager.default.createDirectory(atPath: files.directory, withIntermediateDirectories: true)
    let digest = String(repeating: "ab", count: 32)
    try "x".write(toFile: files.path(digest), atomically: true, encoding: .utf8)
    let there = filled.directory + "/there.pt"
    try "x".write(toFile: there, atomically: true, encoding: .utf8)
    try filled.checkpoint("/gone/1.pt", step: 1)
    try filled.checkpoint("/gone/2.pt", step: 2, kept: digest)
    try filled.checkpoint(there, step: 3, kept: digest)
    try filled.checkpoint("/gone/4.pt", step: 3, kept: String(repeating: "cd", count: 32))
    let rows = try CheckpointList.answer(filled.input(#"{"run": "r"}"#), files, filled.database)["checkpoints"]
    #expect(rows?.arrayValue?.map { $0["step"] } == [3, 3, 2, 1])
    #expect(rows?.arrayValue?.map { $0["exists"] } == [false, true, false, false])
    #expect(rows?.arrayValue?.map { $0["usable_path"] } == [.null, .string(there), .string(files.path(digest)), .null])
  }

  @Test func aReportIsGivenInPagesAndInBars() throws {
    let filled = try FilledDatabase()
    let id = try filled.report([0, 1, .nan, 3, 4, 10])
    try filled.report([7], on: "train")
    func ask(_ json: String) throws -> JSONValue { try ReportDetail.answer(filled.input(json), filled.database) }
    let first = try ask(#"{"id": \#(id), "limit": 4}"#)
    #expect(first["losses"] == [0.0, 1.0, .null, 3.0])
    #expect(first["sample_indices"] == [0, 2, 4, 6])
    #expect(first["next"] == 4)
    let rest = try ask(#"{"id": \#(id), "from": 4}"#)
    #expect(rest["losses"] == [4.0, 10.0] && rest["next"] == .null)
    let bars = try ask(#"{"run": "r", "subset_on": "val", "bins": 5}"#)
    #expect(bars["losses"] == [] && bars["next"] == .null)
    #expect(bars["histogram"]?["edges"] == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0])
    #expect(bars["histogram"]?["counts"] == [2, 1, 1, 0, 1])
    #expect(bars["histogram"]?["nulls"] == 1)
    #expect(bars["histogram"]?["median"] == 3.0)
    #expect(try ask(#"{"run": "r"}"#)["losses"] == [7.0])
    #expect(try ask(#"{"id": \#(id), "from": 99}"#)["losses"] == [])
    let list = try ReportList.answer(filled.input(#"{"run": "r"}"#), filled.database)["reports"]
    #expect(list?.texts(of: "subset_on") == ["train", "val"])
  }

  @Test func barsOfOneValueAndOfNone() {
    let one = Histogram(of: [5, 5, .infinity], bins: 2)
    #expect(one.counts.reduce(0, +) == 2 && one.missing == 1 && one.edges.count == 3)
    let none = Histogram(of: [.nan], bins: 3)
    #expect(none.edges.isEmpty && none.counts.isEmpty && none.missing == 1 && none.median == nil)
    let widest = Histogram(of: [-.greatestFiniteMagnitude, .greatestFiniteMagnitude], bins: 4)
    #expect(widest.counts == [1, 0, 0, 1] && widest.edges.allSatisfy(\.isFinite))
  }

  @Test func runsAreComparedAtTheSameSteps() throws {
    let filled = try FilledDatabase()
    try filled.run("a", meta: #"{"kind": "fork", "lr": 1}"#, started: 10)
    try filled.run("b", meta: #"{"kind": "fork", "lr": 2}"#, started: 20)
    try filled.insert((1...100).map { .init(step: $0, value: Double($0)) }, run: "a")
    try filled.insert((1...20).map { .init(step: $0 * 10, value: -Double($0)) }, run: "b")
    let answer = try Comparison.answer(filled.input(#"{"runs": ["a", "b"], "align": true, "points": 5}"#), filled.database)
    #expect(answer["differences"] == [["member": "lr", "values": ["a": 1, "b": 2]]])
    let loss = answer["runs"]?[1]?["metrics"]?["loss"]
    #expect(loss?["first"] == -1.0 && loss?["first_step"] == 10 && loss?["last"] == -20.0 && loss?["last_step"] == 200)
    #expect(loss?["min"] == -20.0 && loss?["min_step"] == 200 && loss?["max"] == -1.0 && loss?["max_step"] == 10 && loss?["count"] == 20)
    let aligned = answer["aligned"]?["loss"]
    #expect(aligned?["steps"] == [10, 30, 50, 70, 90])
    #expect(aligned?["values"]?["a"] == [10.0, 30.0, 50.0, 70.0, 90.0])
    #expect(aligned?["values"]?["b"] == [-1.0, -3.0, -5.0, -7.0, -9.0])
  }

  @Test func aRunIsShownWithItsProcessAndItsLastTest() throws {
    let filled = try FilledDatabase()
    try filled.insert([.init(step: 1, value: 1)])
    try filled.database.execute(
      """
      INSERT INTO sessions(name, command, exit_status, pid) VALUES ('proc-1', '["python3", "x.py"]', 3, 77);
      UPDATE sessions SET process = (SELECT id FROM sessions WHERE name = 'proc-1') WHERE name = 's';
      INSERT INTO tests(run, session, seq, label, avg_loss) VALUES (1, 1, 50, 'old', 1.5), (1, 1, 51, 'new', 0.5);
      """)
    try filled.checkpoint("/x.pt", step: 1)
    let run = try RunDetail.answer(filled.input(#"{"run": "r"}"#), filled.database)
    #expect(run["process"]?["exit_status"] == 3 && run["process"]?["pid"] == 77 && run["process"]?["command"] == ["python3", "x.py"])
    #expect(run["last_test"]?["label"] == "new")
    #expect(run["checkpoints_count"] == 1 && run["tests_count"] == 2 && run["reports_count"] == 0)
  }
}
