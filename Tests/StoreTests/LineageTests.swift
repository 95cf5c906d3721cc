// SPDX-License-Identifier: Apache-2.0

import JSON
import SQLite
import Testing

@testable import Store

@Suite struct LineageTests {
  /// base → fork1 → merge1 ← fork2 ← base, and one that is no relative.
  private func family() throws -> FilledDatabase {
    let filled = try FilledDatabase()
    try filled.run("base", project: "p", started: 1, lastLoss: 0.5)
    try filled.insert((1...100).map { .init(step: $0, value: 2 - Double($0) / 100) }, run: "base")
    try filled.insert([.init(step: 10, value: 0.9), .init(step: 20, value: 0.7)], run: "base", metric: "val_loss")
    try filled.run(
      "fork1", project: "p", meta: #"{"kind": "fork", "from": "base", "at_step": 50, "subset_count": 7}"#, parents: ["base"], started: 2,
      lastLoss: 1.25)
    try filled.run("fork2", project: "p", parents: ["base"], started: 3)
    try filled.run(
      "merge1", project: "p", meta: #"{"kind": "merge", "strategy": "swa", "parents": ["fork1", "fork2"]}"#, parents: ["fork1", "fork2"],
      started: 4)
    try filled.run("alone", project: "q", started: 5)
    return filled
  }

  private func names(_ json: String, _ filled: FilledDatabase) throws -> [String] {
    try Lineage.answer(filled.input(json), filled.database)["nodes"]?.texts(of: "id") ?? []
  }

  @Test func relativesAreFoundInBothDirections() throws {
    let filled = try family()
    #expect(try names("{}", filled) == ["base", "fork1", "fork2", "merge1", "alone"])
    #expect(try names(#"{"project": "q"}"#, filled) == ["alone"])
    #expect(try Set(names(#"{"run": "fork1"}"#, filled)) == ["fork1", "base", "merge1"])
    #expect(try names(#"{"run": "merge1", "direction": "ancestors"}"#, filled) == ["merge1", "fork1", "fork2", "base"])
    #expect(try names(#"{"run": "merge1", "direction": "descendants"}"#, filled) == ["merge1"])
    #expect(try names(#"{"runs": ["alone", "fork2"], "direction": "ancestors"}"#, filled) == ["alone", "fork2", "base"])
  }

  @Test func edgesTellWhatTheForkBrought() throws {
    let filled = try family()
    let answer = try Lineage.answer(filled.input("{}"), filled.database)
    let edges = try #require(answer["edges"]?.arrayValue)
    #expect(edges.count == 4)
    let fork = try #require(edges.first { $0["to"] == "fork1" })
    #expect(fork["from"] == "base" && fork["kind"] == "fork" && fork["at_step"] == 50 && fork["subset_count"] == 7)
    #expect(fork["loss_at_fork"] == 1.5)
    #expect(fork["loss_gained"] == 0.25)
    let merges = edges.filter { $0["to"] == "merge1" }
    #expect(merges.compactMap { $0["from"]?.stringValue } == ["fork1", "fork2"])
    #expect(merges.allSatisfy { $0["kind"] == "merge" && $0["strategy"] == "swa" && $0["loss_gained"] == .null })
    #expect(answer["nodes"]?[0]?["best_val_loss"] == 0.7)
    #expect(answer["nodes"]?[1]?["best_val_loss"] == .null)
  }

  @Test func aCircleEnds() throws {
    let filled = try FilledDatabase()
    try filled.run("a", parents: ["b"])
    try filled.run("b", parents: ["a"])
    #expect(try Set(names(#"{"run": "a"}"#, filled)) == ["a", "b"])
    #expect(try Lineage.answer(filled.input("{}"), filled.database)["edges"]?.arrayValue?.count == 2)
  }

  @Test func whatIsTooMuchIsCutAndTold() throws {
    let filled = try family()
    let answer = try Lineage.answer(filled.input(#"{"limit": 2}"#), filled.database)
    #expect(answer["nodes"]?.texts(of: "id") == ["base", "fork1"])
    #expect(answer["edges"]?.arrayValue?.count == 1)
    #expect(answer["more"] == true)
  }
}
