// SPDX-License-Identifier: Apache-2.0

import JSON
import SQLite
import Testing

@testable import Store

@Suite struct PyramidTests {
  /// Random orders of arrival, two sessions of one run, repeated deliveries, commits, rollbacks and restarts at random.
  @Test(arguments: 1...6)
  func itIsWhatAllRowsSayWhateverHappens(seed: UInt64) throws {
    var dice = Dice(state: seed)
    let ingest = try IngestHarness()
    var events = (1...1_500).map { number in
      let far = number % 3 == 0
      return step(
        far ? Int.random(in: -300...600_000, using: &dice) : number, seq: number, session: number % 2 == 0 ? "s" : "t",
        values: ["loss": .number(Double.random(in: -1...1, using: &dice)), "lr": .number(Double(Int.random(in: 0...3, using: &dice)))])
    }
    // Nearly in order, quite out of order, or some of each.
    if seed % 3 == 0 { events.shuffle(using: &dice) }
    for place in stride(from: 0, to: events.count - 40, by: 40) where seed % 3 == 1 {
      events[place..<place + 40].shuffle(using: &dice)
    }
    var open: [JSONValue] = []
    for event in events {
      try ingest.take(event)
      open.append(event)
      switch Int.random(in: 0..<200, using: &dice) {
      case 0: try ingest.restart()
      case 1: ingest.takeBack()
      case 2..<8:
        try ingest.commit()
        open.removeAll()
        continue
      case 8..<20: try ingest.take(events.randomElement(using: &dice)!)  // repeated, or early
      default: continue
      }
      // What was not committed is delivered again.
      if !ingest.database.isInTransaction { for event in open { try ingest.take(event) } }
    }
    for event in events { try ingest.take(event) }
    try ingest.commit()
    #expect(try ingest.database.integer("SELECT count(*) FROM metrics") == 3_000)
    #expect(try PyramidReference(ingest.database).differences(ingest.database) == [])
  }

  @Test func plantedSpikesSurviveAtEveryLevel() throws {
    let ingest = try IngestHarness()
    let spikes = [1_234: 99.0, 17_777: -99.0]
    for number in 1...20_000 { try ingest.take(step(number, seq: number, values: ["loss": .number(spikes[number] ?? 0.5)])) }
    try ingest.commit()
    for level in 0...2 {
      let high = "SELECT max_step FROM pyramid WHERE level = \(level) AND max = 99.0"
      #expect(try ingest.database.integer(high) == 1_234)
      #expect(try ingest.database.integer("SELECT min_step FROM pyramid WHERE level = \(level) AND min = -99.0") == 17_777)
    }
    #expect(try ingest.rows("SELECT level, count(*), sum(count) FROM pyramid GROUP BY level") == ["0|313|20000", "1|5|20000", "2|1|20000"])
  }

  @Test func missingValuesDoNotEnter() throws {
    let ingest = try IngestHarness()
    try ingest.take(step(1, seq: 1, values: ["loss": .null]), step(2, seq: 2, values: [:]), step(3, seq: 3, values: ["loss": 3]))
    try ingest.take(text: #"{"type":"trainStep","step":4,"run_id":"r","session_id":"s","event_seq":4,"loss":NaN}"#)
    try ingest.take(text: #"{"type":"trainStep","step":5,"run_id":"r","session_id":"s","event_seq":5,"loss":1e999}"#)
    try ingest.take(step(6, seq: 6, values: ["loss": "0.5"]))
    try ingest.commit()
    #expect(try ingest.rows("SELECT level, count, first_step, last_step FROM pyramid") == ["0|1|3|3", "1|1|3|3", "2|1|3|3"])
    #expect(ingest.inserter.counts.rejected == 2)
  }

  @Test func numbersAtTheEndOfTheirRangeStayNumbers() throws {
    let ingest = try IngestHarness()
    for (number, value) in [1.7e308, 1.7e308, -1.7e308, -1.7e308, -1.7e308].enumerated() {
      try ingest.take(step(number + 1, seq: number + 1, values: ["loss": .number(value)]))
      // Sums of both signs beyond the range would be no number when they meet.
      if number % 2 == 1 { try ingest.commit() }
    }
    try ingest.take(step(.max, seq: 10), step(.min, seq: 11))
    try ingest.commit()
    #expect(try ingest.database.integer("SELECT count(*) FROM pyramid WHERE sum IS NULL OR abs(sum) > 1.8e308") == 0)
    #expect(
      try ingest.rows("SELECT bucket, count FROM pyramid WHERE level = 2 ORDER BY bucket") == [
        "\(Int64.min >> 18)|1", "0|5", "\(Int64.max >> 18)|1",
      ])
  }

  /// More metrics than are remembered between two commits.
  @Test func manyMetricsNeedNoMoreMemory() throws {
    let ingest = try IngestHarness()
    let names = (0..<9_000).map { "layer\($0)" }
    for round in 1...2 {
      for run in 1...6 {
        let values = Dictionary(uniqueKeysWithValues: names.map { ($0, JSONValue.number(Double(run * round))) })
        try ingest.take(step(round, seq: run * 10 + round, run: "run\(run)", values: values))
        #expect(!ingest.inserter.ledger.isFull || run == 6)
      }
      try ingest.commit()
      #expect(!ingest.inserter.ledger.isFull)
    }
    #expect(try ingest.database.integer("SELECT count(*) FROM pyramid") == 3 * 54_000)
    #expect(try ingest.database.integer("SELECT count(*) FROM pyramid WHERE count <> 2") == 0)
  }

  /// A full file, with a limit on its pages in the place of a disk's.
  @Test func aFullFileTakesBackAllOfATransaction() throws {
    let ingest = try IngestHarness()
    for number in 1...200 { try ingest.take(step(number, seq: number)) }
    try ingest.commit()
    let pages = try #require(try ingest.database.integer("PRAGMA page_count"))
    _ = try ingest.database.integer("PRAGMA max_page_count = \(pages + 4)")
    let error = #expect(throws: SQLiteError.self) {
      for number in 201...9_000 { try ingest.take(step(number, seq: number)) }
      try ingest.commit()
    }
    #expect(error?.code == .full)
    ingest.takeBack()
    #expect(try ingest.database.text("PRAGMA integrity_check") == "ok")
    #expect(try ingest.database.integer("SELECT steps FROM runs") == 200)
    #expect(try PyramidReference(ingest.database).differences(ingest.database) == [])
    _ = try ingest.database.integer("PRAGMA max_page_count = 1000000")
    for number in 201...9_000 { try ingest.take(step(number, seq: number)) }
    try ingest.commit()
    #expect(try ingest.database.integer("SELECT steps FROM runs") == 9_000)
    #expect(try PyramidReference(ingest.database).differences(ingest.database) == [])
  }
}
