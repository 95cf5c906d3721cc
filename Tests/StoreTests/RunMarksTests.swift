// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import SQLite
import Testing

@testable import Store

@Suite struct RunMarksTests {
  private func marks(_ json: String, _ filled: FilledDatabase) throws -> [JSONValue] {
    try RunMarks.answer(filled.input(json), filled.database)["marks"]?.arrayValue ?? []
  }

  private func event(_ kind: EventKind, step: Int64?, ts: Double, body: String = "{}", run: String = "r", _ filled: FilledDatabase) throws {
    let seq = try filled.database.integer("SELECT coalesce(max(seq), 0) + 1 FROM events WHERE session = 9") ?? 1
    try filled.database.run(
      "INSERT INTO events(session, seq, run, kind, ts, step, body) VALUES (9, ?1, ?2, ?3, ?4, ?5, ?6)",
      [.integer(seq), .integer(filled.id(run, in: "runs")), .integer(kind.rawValue), .number(ts), SQLParameter(step), .text(body)])
  }

  @Test func whatWasDoneStandsAtItsStep() throws {
    let filled = try FilledDatabase()
    try filled.insert((1...100).map { .init(step: $0, value: 1, epoch: $0 / 50, ts: Double($0)) }, run: "r")
    try event(.paused, step: 60, ts: 60.1, body: #"{"request": {"action": "pause", "reason": "manual"}}"#, filled)
    try event(.paused, step: 60, ts: 60.2, filled)
    try event(.resumed, step: 60, ts: 70, filled)
    try event(.finished, step: 100, ts: 100, body: #"{"status": "stopped"}"#, filled)
    try event(.paused, step: 3, ts: 3, run: "other", filled)
    let marks = try marks(#"{"run": "r"}"#, filled)
    #expect(marks.texts(of: "kind") == ["pause", "resume", "finish"])
    #expect(marks.texts(of: "text") == ["paused (manual)", "resumed", "training ended (stopped)"])
    #expect(marks.map { $0["step"] } == [60, 60, 100])
    #expect(marks.map { $0["epoch"] } == [1, 1, 2])
    #expect(marks[0]["ts"] == 60.1)
  }

  @Test func familyIsMarkedOnBothSides() throws {
    let filled = try FilledDatabase()
    try filled.run("base", started: 1)
    try filled.insert((1...100).map { .init(step: $0, value: 1) }, run: "base")
    try filled.run("fork1", meta: #"{"kind": "fork", "from": "base", "at_step": 50}"#, parents: ["base"], started: 2)
    try filled.insert([.init(step: 51, value: 1)], run: "fork1")
    try filled.run(
      "merge1",
      meta:
        #"{"kind": "merge", "strategy": "swa", "parents": ["base", "fork1"], "paths": ["/c/p__base__step90.pt", "/c/p__fork1__step60.pt"]}"#,
      parents: ["base", "fork1"], started: 3)
    let base = try marks(#"{"run": "base"}"#, filled)
    #expect(base.texts(of: "text") == ["forked to 'fork1'", "merged into 'merge1' (swa)"])
    #expect(base.map { $0["step"] } == [50, 90])
    #expect(base.texts(of: "run") == ["fork1", "merge1"])
    let fork = try marks(#"{"run": "fork1"}"#, filled)
    #expect(fork.texts(of: "kind") == ["origin", "merge"])
    #expect(fork[0]["step"] == 51 && fork[0]["at_step"] == 50 && fork[0]["parents"] == ["base"] && fork[0]["how"] == "fork")
    let merge = try marks(#"{"run": "merge1"}"#, filled)
    #expect(merge.texts(of: "text") == ["merged from 'base', 'fork1'"])
  }

  @Test func outcomesAreMarked() throws {
    let filled = try FilledDatabase()
    let run = try filled.run("r")
    try filled.checkpoint("/c/a.pt", step: 10, kind: "pause")
    _ = try filled.report([1, 2, 3])
    try filled.database.run(
      "INSERT INTO tests(run, session, seq, label, source, step, avg_loss, ts) VALUES (?1, 1, 1, 'final', 'manual', 20, 0.5, 2)",
      [.integer(run)])
    try filled.database.run(
      """
      INSERT INTO alerts(key, run, kind, severity, sentence, step, ts) VALUES ('k', ?1, 'diverging', 'error', 'the loss <b>rises</b>', 30, 3),
        ('l', ?1, 'silent', 'warning', 'nothing is heard', NULL, 4)
      """, [.integer(run)])
    try filled.database.run(
      "INSERT INTO health(key, run, name, verdict, sentence, step, ts) VALUES ('h', ?1, 'numerics', 'ok', 'all finite', 40, 4)",
      [.integer(run)])
    let all = try marks(#"{"run": "r"}"#, filled)
    #expect(all.texts(of: "kind") == ["report", "checkpoint", "test", "alert", "health", "alert"])
    #expect(
      all.texts(of: "text") == [
        "losses of 3 samples", "checkpoint (pause)", "test 'final': loss 0.5", "the loss <b>rises</b>", "all finite", "nothing is heard",
      ])
    #expect(all[3]["severity"] == "error" && all[3]["alert"] == "diverging" && all[5]["step"] == .null)
    #expect(try marks(#"{"run": "r", "kinds": ["alert", "test"]}"#, filled).count == 3)
    #expect(try marks(#"{"run": "r", "from": 15, "to": 30}"#, filled).texts(of: "kind") == ["test", "alert"])
    let cut = try RunMarks.answer(filled.input(#"{"run": "r", "limit": 2}"#), filled.database)
    #expect(cut["more"] == true && cut["marks"]?.texts(of: "kind") == ["health", "alert"])
  }

  /// Values by step, from the first on.
  private func rates(_ values: [Double]) throws -> [String] {
    let filled = try FilledDatabase()
    try filled.insert(
      values.enumerated().map { .init(step: Int64($0.offset + 1), value: $0.element, ts: Double($0.offset)) }, run: "r", metric: "lr")
    return try marks(#"{"run": "r", "kinds": ["learning_rate"]}"#, filled).map {
      "\(($0["step"] ?? .null).serialized()): \($0["text"]?.stringValue ?? "")"
    }
  }

  @Test func aLearningRateThatWasSetIsMarkedAndASchedulesIsNot() throws {
    func held(_ value: Double, _ count: Int) -> [Double] { Array(repeating: value, count: count) }
    #expect(try rates(held(0.1, 200)) == [])
    #expect(try rates(held(0.1, 100) + held(0.01, 100)) == ["101: learning rate 0.1 → 0.01"])
    // On the border between two buckets of the pyramid.
    #expect(try rates(held(0.1, 63) + held(0.2, 64)) == ["64: learning rate 0.1 → 0.2"])
    #expect(try rates(held(0.1, 64) + held(0.2, 64)) == ["65: learning rate 0.1 → 0.2"])
    #expect(try rates((1...300).map { 1 / Double($0) }) == [])
    #expect(try rates((0..<20_000).map { $0 / 10 % 2 == 0 ? 0.1 : 0.2 }) == [])
  }

  @Test func theIndexIsUsed() throws {
    let filled = try FilledDatabase()
    let plan = try filled.database.rows(
      "EXPLAIN QUERY PLAN SELECT ts FROM events WHERE run = ?1 AND kind IN (\(Migrations.markedKinds))", [.integer(1)]
    ) { $0.text(3) ?? "" }
    #expect(plan.contains { $0.contains("USING INDEX events_marked") })
    #expect(Migrations.all.joined().contains("WHERE kind IN (\(Migrations.markedKinds))"))
  }

  @Test func anUnknownRunIsNamed() throws {
    let filled = try FilledDatabase()
    let error = #expect(throws: PluginFailure.self) { try marks(#"{"run": "nothing"}"#, filled) }
    #expect(error?.code == "run_not_found")
  }
}
