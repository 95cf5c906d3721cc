// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import PluginTestKit
import SQLite
import Testing

@testable import Store

@Suite struct LogIndexTests {
  private func lines(_ texts: [String], run: String, from seq: Int, _ ingest: IngestHarness) throws {
    for (number, text) in texts.enumerated() {
      try ingest.take(event("log", seq: seq + number, run: run, ["text": .string(text), "level": "info"]))
    }
    try ingest.commit()
  }

  private func found(_ word: String, _ ingest: IngestHarness) throws -> [String] {
    try ingest.rows(
      "SELECT logs.text FROM logs_text JOIN logs ON logs.id = logs_text.rowid WHERE logs_text MATCH '\(word)' ORDER BY logs.id")
  }

  private func check(_ ingest: IngestHarness) throws {
    // The tool's own comparison of index and lines; throws when they differ.
    try ingest.database.execute("INSERT INTO logs_text(logs_text, rank) VALUES ('integrity-check', 0)")
  }

  @Test func linesAreIndexedInPortions() throws {
    let ingest = try IngestHarness()
    try lines((1...2_500).map { "line \($0) \($0 % 1_000 == 0 ? "thousand" : "other")" }, run: "r", from: 1, ingest)
    #expect(try found("thousand", ingest) == [])
    var portions = 0
    while try LogIndex.advance(ingest.database) { portions += 1 }
    #expect(portions == 2)
    #expect(try found("thousand", ingest) == ["line 1000 thousand", "line 2000 thousand"])
    #expect(try ingest.database.integer("SELECT last FROM logs_indexed") == 2_500)
    try lines(["thousand and one"], run: "r", from: 3_000, ingest)
    #expect(try !LogIndex.advance(ingest.database))
    #expect(try found("thousand", ingest).last == "thousand and one")
    #expect(try !LogIndex.advance(ingest.database))
    try check(ingest)
  }

  @Test func aVeryLongLineIsAPortionOfItsOwn() throws {
    let ingest = try IngestHarness()
    try lines(["before needle", String(repeating: "hay ", count: 200_000) + "needle", "behind needle"], run: "r", from: 1, ingest)
    #expect(try LogIndex.advance(ingest.database))
    #expect(try ingest.database.integer("SELECT last FROM logs_indexed") == 2)
    while try LogIndex.advance(ingest.database) {}
    #expect(try found("needle", ingest).count == 3)
    try LogIndex.remove(session: 1, in: ingest.database)
    try ingest.database.execute("DELETE FROM logs")
    #expect(try found("needle", ingest) == [])
    try check(ingest)
  }

  @Test(arguments: [true, false])
  func aDeletedRunLeavesNothingInTheIndex(allIndexed: Bool) throws {
    let ingest = try IngestHarness()
    try lines(["keep this word"], run: "kept", from: 1, ingest)
    try lines(["lose this word"], run: "gone", from: 2, ingest)
    if allIndexed { _ = try LogIndex.advance(ingest.database) }
    let gone = try #require(try ingest.database.integer("SELECT id FROM runs WHERE name = 'gone'"))
    try ingest.database.transaction {
      try LogIndex.remove(run: gone, in: ingest.database)
      try ingest.database.execute("DELETE FROM logs WHERE run = \(gone)")
    }
    try LogIndex.settle(ingest.database)
    // The number of the line that went is given out again.
    try lines(["another word"], run: "kept", from: 3, ingest)
    while try LogIndex.advance(ingest.database) {}
    #expect(try found("word", ingest) == ["keep this word", "another word"])
    try check(ingest)
  }

  /// In the plugin: nobody asks for it, and no command waits for it.
  @Test func thePluginIndexesWhenItHasNothingElseToDo() async throws {
    let store = try await StoreHarness()
    let path = try #require(try await store.ask("store.status")["path"]?.stringValue)
    let database = try Database(path: path, access: .readOnly)
    func found() throws -> Int64? { try database.integer("SELECT count(*) FROM logs_text WHERE logs_text MATCH 'apple'") }
    var sent = 0
    // A trickle without an end, as a training writes it; what was said is found while it goes on.
    while try found() ?? 0 < 50 {
      sent += 1
      store.publish(event("log", seq: sent, ["text": .string("the \(sent)th apple"), "level": "info"]))
      try await store.committed("s", sent)
    }
    #expect(await store.host.stop() == .ok)
    #expect(try found() == Int64(sent))
    await store.host.close()
  }
}
