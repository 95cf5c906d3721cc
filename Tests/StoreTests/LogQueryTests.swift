// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import SQLite
import Testing

@testable import Store

@Suite struct LogQueryTests {
  /// Six lines, of which the index knows some.
  private func filled(indexed: Int64) throws -> FilledDatabase {
    let filled = try FilledDatabase()
    try filled.log("step 1: train_loss = 0.5", run: "a", phase: "train", ts: 10)
    try filled.log("Non-finite loss at step 2", run: "a", level: "error", ts: 20)
    try filled.log("validation disabled (no loader)", run: "b", level: "warn", ts: 30)
    try filled.log("STEP 3: Train_Loss = 0.4", run: "b", phase: "train", ts: 40)
    try filled.log("step four: läuft, 日本 語", run: "a", ts: 50)
    try filled.log("nothing of that kind", session: "t", ts: 60)
    try filled.indexLogs(upTo: indexed)
    return filled
  }

  private func ids(_ json: String, _ filled: FilledDatabase) throws -> [Int] {
    try #require(try Logs.answer(filled.input(json), filled.database)["logs"]?.arrayValue).compactMap { $0["id"]?.intValue }
  }

  /// What is found must not depend on how far the index has come.
  @Test(arguments: [0, 2, 4, 6] as [Int64])
  func wordsAreFoundInIndexedAndInYoungLines(_ indexed: Int64) throws {
    let filled = try filled(indexed: indexed)
    #expect(try ids(#"{"query": "step"}"#, filled) == [1, 2, 4, 5])
    #expect(try ids(#"{"query": "step train_loss"}"#, filled) == [1, 4])
    #expect(try ids(#"{"query": "\"step 3\""}"#, filled) == [4])
    #expect(try ids(#"{"query": "\"3 step\""}"#, filled) == [])
    #expect(try ids(#"{"query": "val*"}"#, filled) == [3])
    #expect(try ids(#"{"query": "läuft"}"#, filled) == [5])
    #expect(try ids(#"{"query": "日本"}"#, filled) == [5])
    #expect(try ids(#"{"query": "step", "order": "newest", "limit": 2}"#, filled) == [5, 4])
    #expect(try ids(#"{"query": "step", "order": "newest", "before": 4}"#, filled) == [2, 1])
    #expect(try ids(#"{"query": "step", "run": "a", "level": "error"}"#, filled) == [2])
  }

  @Test(arguments: [
    #"step" OR "loss"#, "a AND", "NEAR(step loss)", "text: step", "step*loss^", "(((", "\"unended step", "-step", "{step} : loss",
    "step'; DROP TABLE logs; --",
    "\u{0}step", "🧪 step", "+step", "step NOT loss",
  ])
  func noGrammarIsEverWrong(_ query: String) throws {
    let filled = try filled(indexed: 3)
    let input: JSONValue = ["query": .string(query)]
    do {
      _ = try ids(input.serialized(), filled)
    } catch let failure as PluginFailure {
      #expect(failure.code == "query_empty")
    }
    #expect(try filled.database.integer("SELECT count(*) FROM logs") == 6)
  }

  @Test func aQueryWithoutAWordIsRefused() throws {
    let filled = try filled(indexed: 3)
    #expect(
      throws: PluginFailure(
        "there is no word in the query '((\"'; give letters or digits to look for", code: "query_empty", status: .invalid)
    ) {
      try ids(#"{"query": "((\""}"#, filled)
    }
    let long = String(repeating: "a ", count: 65)
    #expect(throws: PluginFailure.self) { try ids(#"{"query": "\#(long)"}"#, filled) }
  }

  @Test func wordsAreMarkedWhereAWebPageCountsThem() throws {
    let filled = try FilledDatabase()
    try filled.log("🧪 loss and Loss")
    let line = try Logs.answer(filled.input(#"{"query": "loss", "highlight": true}"#), filled.database)["logs"]?[0]
    #expect(line?["marks"] == [[3, 4], [12, 4]])
  }

  @Test func linesAreChosenByTimeLevelAndPhase() throws {
    let filled = try filled(indexed: 0)
    #expect(try ids(#"{"since": 20, "until": 40}"#, filled) == [2, 3, 4])
    #expect(try ids(#"{"levels": ["warn", "error"]}"#, filled) == [2, 3])
    #expect(try ids(#"{"phase": "train"}"#, filled) == [1, 4])
    #expect(try ids(#"{"session": "t"}"#, filled) == [6])
  }

  @Test(arguments: ["oldest", "newest"])
  func pagesGoOnFromNext(_ order: String) throws {
    let filled = try filled(indexed: 4)
    let place = order == "oldest" ? "after" : "before"
    var seen: [Int] = []
    var from = ""
    while true {
      let answer = try Logs.answer(filled.input(#"{"query": "step", "order": "\#(order)", "limit": 2\#(from)}"#), filled.database)
      seen += try #require(answer["logs"]?.arrayValue).compactMap { $0["id"]?.intValue }
      guard let next = answer["next"]?.intValue else { break }
      from = #", "\#(place)": \#(next)"#
    }
    #expect(seen == (order == "oldest" ? [1, 2, 4, 5] : [5, 4, 2, 1]))
  }
}
