// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import SQLite
import Testing

@testable import Store

@Suite struct SeriesTests {
  private func ramp(_ steps: ClosedRange<Int64>) -> [FilledDatabase.Value] {
    steps.map { FilledDatabase.Value(step: $0, value: Double($0), epoch: $0 / 10, ts: 1_000 + Double($0) / 2) }
  }

  @Test func twoSpikesInAMillionPointsSurvive() throws {
    let filled = try FilledDatabase()
    // Every sixth step, so that the test takes its time for the check and not for the rows; the pyramid is as over a million steps.
    var values = (0..<160_000).map { FilledDatabase.Value(step: Int64($0) * 6 + 1, value: 1 + Double($0 % 97) / 1_000) }
    values[40_123].value = 55
    values[133_007].value = -55
    try filled.insert(values, events: false)
    let answer = try filled.series(#"{"run": "r", "metric": "loss", "points": 2000, "band": true}"#)["series"]?[0]
    let shown = try #require(answer?["values"]?.arrayValue)
    #expect(shown.count <= 2_000)
    #expect(shown.count > 1_000)
    #expect(shown.contains(55.0))
    #expect(shown.contains(-55.0))
    #expect(answer?["level"] == 0)
    #expect(answer?["count"] == 160_000)
    #expect(answer?["steps"]?.arrayValue?.first == 1)
    #expect(answer?["steps"]?.arrayValue?.last == .integer(159_999 * 6 + 1))
    #expect(answer?["band"]?["max"]?.arrayValue?.contains(55.0) == true)
    #expect(answer?["band"]?["min"]?.arrayValue?.contains(-55.0) == true)
  }

  /// Random values, gaps, sessions and ranges: each bucket has exactly the extremes that reading all rows finds.
  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func everyZoomHasTheExtremesOfItsRows(_ seed: UInt64) throws {
    var chance = SplitMix(state: seed)
    let filled = try FilledDatabase()
    var values: [FilledDatabase.Value] = []
    var step = Int64.random(in: -40_000...0, using: &chance)
    for _ in 0..<20_000 {
      step += Int64.random(in: 1...(seed % 2 == 0 ? 40 : 2), using: &chance)
      values.append(FilledDatabase.Value(step: step, value: Double.random(in: 0...1, using: &chance)))
    }
    for _ in 0..<6 { values[Int.random(in: 0..<20_000, using: &chance)].value = Double.random(in: -90...90, using: &chance) }
    try filled.insert(values, events: false)
    // A second session takes some of the steps again.
    try filled.insert(Array(values[5_000..<5_500]).map { .init(step: $0.step, value: $0.value * 3) }, session: "t", events: false)
    let all = values + values[5_000..<5_500].map { .init(step: $0.step, value: $0.value * 3) }
    for _ in 0..<25 {
      let ends = [values.randomElement(using: &chance)!.step, values.randomElement(using: &chance)!.step].sorted()
      let points = Int.random(in: 10...400, using: &chance)
      let inside = all.filter { ends[0]...ends[1] ~= $0.step }
      let answer = try #require(
        try filled.series(
          #"{"run": "r", "metric": "loss", "points": \#(points), "from": \#(ends[0]), "to": \#(ends[1]), "band": true}"#)["series"]?[0])
      let steps = try #require(answer["steps"]?.integers)
      let shown = try #require(answer["values"]?.numbers)
      #expect(steps.count <= points && steps.count == shown.count)
      #expect(steps == steps.sorted())
      #expect(steps.first == Int(inside.map(\.step).min()!) && steps.last == Int(inside.map(\.step).max()!))
      #expect(answer["count"]?.intValue == inside.count)
      try expectExtremes(of: inside, in: answer, shown: Set(shown))
    }
  }

  private func expectExtremes(of rows: [FilledDatabase.Value], in answer: JSONValue, shown: Set<Double>) throws {
    let from = try #require(answer["band"]?["from"]?.integers)
    let to = try #require(answer["band"]?["to"]?.integers)
    for (index, first) in from.enumerated() {
      let bucket = rows.filter { Int($0.step) >= first && Int($0.step) <= to[index] }.map(\.value)
      #expect(answer["band"]?["min"]?[index]?.doubleValue == bucket.min())
      #expect(answer["band"]?["max"]?[index]?.doubleValue == bucket.max())
      let (least, greatest) = (try #require(bucket.min()), try #require(bucket.max()))
      #expect(shown.contains(least) && shown.contains(greatest))
      let mean = try #require(answer["band"]?["mean"]?[index]?.doubleValue)
      #expect(abs(mean - bucket.reduce(0, +) / Double(bucket.count)) < 1e-9)
    }
    #expect(zip(from.dropFirst(), to).allSatisfy { $0 > $1 })
  }

  @Test func fewPointsAreGivenAsTheyAre() throws {
    let filled = try FilledDatabase()
    try filled.insert(ramp(1...20))
    for method in ["minmax", "lttb"] {
      let answer = try filled.series(#"{"run": "r", "metric": "loss", "points": 100, "method": "\#(method)"}"#)["series"]?[0]
      #expect(answer?["steps"]?.arrayValue == (1...20).map { .integer($0) })
      #expect(answer?["level"] == -1)
    }
  }

  @Test func aRangeInEpochsAndInSecondsIsFound() throws {
    let filled = try FilledDatabase()
    try filled.insert(ramp(1...1_000))
    let epochs = try filled.series(#"{"run": "r", "metric": "loss", "x": "epoch", "from": 3, "to": 4}"#)["series"]?[0]
    #expect(epochs?["steps"]?.arrayValue == (30...49).map { .integer($0) })
    #expect(epochs?["xs"]?.arrayValue == (30...49).map { .number(Double($0 / 10)) })
    let seconds = try filled.series(#"{"run": "r", "metric": "loss", "x": "time", "from": 1100.2, "to": 1102, "points": 50}"#)["series"]?[0]
    #expect(seconds?["steps"]?.arrayValue == (201...204).map { .integer($0) })
    #expect(seconds?["xs"] == [1100.5, 1101.0, 1101.5, 1102.0])
    let none = try filled.series(#"{"run": "r", "metric": "loss", "x": "time", "from": 9999}"#)["series"]?[0]
    #expect(none?["steps"] == [] && none?["xs"] == [])
  }

  @Test func timesOfReducedPointsAreThoseOfTheirEvents() throws {
    let filled = try FilledDatabase()
    try filled.insert(ramp(1...9_000))
    let answer = try #require(try filled.series(#"{"run": "r", "metric": "loss", "x": "time", "points": 30}"#)["series"]?[0])
    let steps = try #require(answer["steps"]?.numbers)
    #expect(answer["xs"]?.numbers == steps.map { 1_000 + $0 / 2 })
  }

  @Test func severalRunsAndMetricsComeInOneAnswer() throws {
    let filled = try FilledDatabase()
    try filled.insert(ramp(1...5), run: "a")
    try filled.insert(ramp(1...3), run: "b")
    try filled.insert(ramp(1...2), run: "b", metric: "lr")
    let answer = try filled.series(#"{"runs": ["a", "b"], "metrics": ["loss", "lr"], "points": 10}"#)
    let series = try #require(answer["series"]?.arrayValue)
    #expect(series.map { $0["run"] } == ["a", "a", "b", "b"])
    #expect(series.map { $0["steps"]?.arrayValue?.count } == [5, 0, 3, 2])
    #expect(series[1]["missing"] == true)
    #expect(answer["run"] == nil)
    #expect(throws: PluginFailure.self) { try filled.series(#"{"runs": ["a", "b"], "metric": "nothing"}"#) }
  }

  @Test func oneSessionIsReadFromItsRows() throws {
    let filled = try FilledDatabase()
    try filled.insert(ramp(1...500), session: "s")
    try filled.insert((400...600).map { .init(step: $0, value: -1) }, session: "t")
    let answer = try filled.series(#"{"run": "r", "metric": "loss", "session": "t", "points": 20}"#)["series"]?[0]
    #expect(answer?["level"] == -1)
    #expect(answer?["steps"]?.arrayValue?.first == 400)
    #expect(answer?["steps"]?.arrayValue?.last == 600)
    #expect(answer?["values"]?.arrayValue?.allSatisfy { $0 == -1.0 } == true)
  }

  @Test func stepsAtTheEndOfTheirRangeAreOnlySteps() throws {
    let filled = try FilledDatabase()
    try filled.insert([.init(step: .min, value: 1), .init(step: 0, value: 2), .init(step: .max, value: 3)], events: false)
    for method in ["minmax", "lttb"] {
      let answer = try filled.series(#"{"run": "r", "metric": "loss", "points": 10, "method": "\#(method)"}"#)["series"]?[0]
      #expect(answer?["values"] == [1.0, 2.0, 3.0])
    }
  }

  @Test func largestTrianglesAreTheOnesOfThePublishedAlgorithm() throws {
    // What a transcription of flot-downsample's largestTriangleThreeBuckets into Python chooses of the same 30 points.
    let points = (0..<30).map { SeriesPoint(step: $0, value: Double(($0 * 37) % 23)) }
    let chosen = LargestTriangles.choose(8, of: points).map(\.step)
    #expect(chosen == [0, 3, 5, 13, 15, 21, 28, 29])
  }

  @Test(arguments: [
    (#"{"metric": "loss"}"#, "no run is named; give 'run' or 'runs', as runs.list gives their ids"),
    (#"{"run": "r"}"#, #"no metric is named; give 'metric' or 'metrics', such as "loss""#),
    (#"{"run": "r", "metric": "loss", "points": 3}"#, "'points' is 3, and less than 10 do not show a series"),
    (
      #"{"run": "r", "metrics": ["loss", "b"], "points": 150000}"#,
      "150000 points of 2 series are too many for one answer, which has 200000 points at most; ask for 100000 or fewer"
    ),
    (#"{"run": "r", "metric": "loss", "band": true}"#, "'method' and 'band' go with 'points': say how many points are wanted"),
  ])
  func whatCannotBeAnsweredIsRefused(_ input: String, _ sentence: String) throws {
    let filled = try FilledDatabase()
    try filled.insert(ramp(1...5))
    #expect(throws: PluginFailure(sentence, code: nil, status: .invalid)) {
      do { _ = try filled.series(input) } catch var failure as PluginFailure {
        failure.code = nil
        throw failure
      }
    }
  }
}

/// A small generator with a seed, so that a failing case can be run again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}
