// SPDX-License-Identifier: Apache-2.0

import JSON
import Synchronization
import Testing

@testable import Health

/// Sessions, runs, time: what the watches make of whole events.
@Suite struct WatchesTests {
  /// News, kept.
  private final class Notebook: Sendable {
    private let lines = Mutex<[String]>([])

    func note(_ alert: Watches.Alert) {
      let what = if case .began = alert.news.change { "began" } else { "ended" }
      let line = "\(alert.session)/\(alert.run) \(alert.news.kind.rawValue) \(what) \(alert.news.step ?? -1)"
      lines.withLock { $0.append(line) }
    }

    var all: [String] { lines.withLock { $0 } }
  }

  /// Watches whose news are kept, fed with events at times of our choosing.
  private struct Bench {
    private let notebook: Notebook
    let watches: Watches

    init(_ settings: WatchSettings = WatchSettings()) {
      let notebook = Notebook()
      self.notebook = notebook
      watches = Watches(settings) { notebook.note($0) }
    }

    func event(_ event: JSONValue, _ topic: String = "trainer.step", at time: Double = 0) {
      watches.take(event.bytes(), topic: topic, now: time)
    }

    var lines: [String] { notebook.all }
  }

  @Test func twoTrainersOfOneRunAreKeptApart() {
    let bench = Bench()
    for number in 1...5 {
      bench.event(step(number, 0.5, session: "a"))
      bench.event(step(number, number == 3 ? .null : 0.5, session: "b"))
    }
    #expect(bench.lines == ["b/r loss_not_finite began 3"])
  }

  @Test func repeatedLinesSayNothingNew() {
    var settings = WatchSettings()
    settings.notFinite.recoverySteps = 2
    let bench = Bench(settings)
    let events = (1...6).map { step($0, $0 == 2 ? .null : 0.5) }
    for event in events + events + events { bench.event(event) }
    #expect(bench.lines == ["s1/r loss_not_finite began 2", "s1/r loss_not_finite ended 4"])
  }

  @Test func theTrainersComplaintCounts() {
    let bench = Bench()
    let complaint: JSONValue = [
      "type": "log", "level": "error", "text": "Non-finite loss at step 17 (nan)", "run_id": "r", "session_id": "s1", "event_seq": 40,
    ]
    bench.event(complaint, "trainer.log")
    bench.event(complaint, "trainer.log")
    #expect(bench.lines == ["s1/r loss_not_finite began 17"])
    var other = complaint
    other["level"] = "info"
    other["session_id"] = "s2"
    bench.event(other, "trainer.log")
    #expect(bench.lines.count == 1)
  }

  @Test func aSilentTrainingIsToldOnce() {
    let bench = Bench()
    bench.event(step(1, 1), at: 0)
    bench.event(step(2, 1), at: 1)
    bench.watches.tick(now: 301)
    #expect(bench.lines == [])
    bench.watches.tick(now: 302)
    bench.watches.tick(now: 400)
    #expect(bench.lines == ["s1/r silent began 2"])
    bench.event(step(3, 1), at: 500)
    #expect(bench.lines == ["s1/r silent began 2", "s1/r silent ended 2"])
  }

  @Test func aSilenceWithAReasonIsLookedAtAgain() {
    let bench = Bench()
    bench.event(step(1, 1), at: 0)
    bench.watches.tick(now: 301)
    bench.watches.postponeSilence(of: "s1", now: 301)
    bench.watches.tick(now: 600)
    #expect(bench.lines == ["s1/r silent began 1"])
    bench.watches.tick(now: 602)
    #expect(bench.lines == ["s1/r silent began 1", "s1/r silent began 1"])
  }

  @Test func silenceAsLongAsOnesBeforeIsExpected() {
    let bench = Bench()
    bench.event(step(1, 1), at: 0)
    bench.event(step(2, 1), at: 200)
    bench.watches.tick(now: 799)
    #expect(bench.lines == [])
    bench.watches.tick(now: 801)
    #expect(bench.lines == ["s1/r silent began 2"])
  }

  @Test(arguments: [
    ("trainer.state", #"{"type":"paused"}"#), ("trainer.state", #"{"type":"trainingFinished"}"#),
    ("trainer.state", #"{"type":"stopping"}"#),
    ("trainer.status", #"{"state":"paused"}"#), ("trainer.status", #"{"state":"testing"}"#), ("trainer.status", #"{"state":"lost"}"#),
    ("trainer.status", #"{"state":"running","busy":"generate_report"}"#), ("trainer.status", #"{"state":"running","connected":false}"#),
  ])
  func silenceWithAReasonIsNone(_ topic: String, _ text: String) throws {
    let bench = Bench()
    bench.event(step(1, 1), at: 0)
    var event = try JSONValue(parsing: text)
    event["session_id"] = "s1"
    event["run_id"] = "r"
    bench.event(event, topic, at: 1)
    bench.watches.tick(now: 500)
    #expect(bench.lines == [])
  }

  @Test func aResumedTrainingIsExpectedToSpeak() {
    let bench = Bench()
    bench.event(step(1, 1), at: 0)
    bench.event(["type": "paused", "session_id": "s1", "run_id": "r"], "trainer.state", at: 1)
    bench.event(["type": "resumed", "session_id": "s1", "run_id": "r"], "trainer.state", at: 1_000)
    bench.watches.tick(now: 1_299)
    #expect(bench.lines == [])
    bench.watches.tick(now: 1_301)
    #expect(bench.lines == ["s1/r silent began 1"])
  }

  @Test func theEndOfATrainingEndsItsEpisodes() {
    let bench = Bench()
    bench.event(step(1, .null))
    bench.event(["type": "trainingFinished", "session_id": "s1", "run_id": "r"], "trainer.state")
    #expect(bench.lines == ["s1/r loss_not_finite began 1", "s1/r loss_not_finite ended 1"])
  }

  @Test func aConnectionThatComesBackEndsNothing() {
    let bench = Bench()
    bench.event(step(1, .null), at: 0)
    bench.event(["session_id": "s1"], "trainer.disconnected", at: 1)
    bench.watches.tick(now: 300)
    bench.event(step(2, .null), at: 301)
    bench.event(["session_id": "s1", "stillConnected": true], "trainer.disconnected", at: 301)
    #expect(bench.lines == ["s1/r loss_not_finite began 1"])
    bench.event(["session_id": "s1"], "trainer.disconnected", at: 302)
    bench.watches.tick(now: 903)
    #expect(bench.lines == ["s1/r loss_not_finite began 1", "s1/r loss_not_finite ended 2"])
  }

  @Test func anAdoptedEpisodeOfATrainingThatNeverComesBackEnds() {
    let bench = Bench()
    bench.watches.adopt(.lossNotFinite, run: "r", session: "s1", numbers: [:], now: 0)
    bench.watches.tick(now: 599)
    #expect(bench.lines == [])
    bench.watches.tick(now: 601)
    bench.watches.tick(now: 700)
    #expect(bench.lines == ["s1/r loss_not_finite ended -1"])
  }

  @Test(arguments: [
    "", "null", "[]", "3", "{", #"{"session_id":3,"step":1}"#, #"{"session_id":"","step":1}"#, #"{"step":1}"#,
    #"{"session_id":"s","step":"x","run_id":"r"}"#,
    #"{"session_id":"s","step":1e300,"run_id":"r","loss":null}"#, #"{"session_id":"s","step":1,"run_id":7,"loss":null}"#,
    #"{"session_id":"proc-1","step":1,"run_id":"r","loss":null}"#,
    #"{"session_id":"s","step":9223372036854775807,"run_id":"r","loss":"nan"}"#,
  ])
  func eventsThatSayNothing(_ text: String) {
    let bench = Bench()
    for topic in EventReader.topics { bench.watches.take(Array(text.utf8), topic: topic, now: 0) }
    #expect(bench.lines == [])
  }

  @Test func thousandsOfSessionsAndRunsDoNotGrowTheTable() {
    let bench = Bench()
    for number in 0..<(2 * Watches.mostSessions) { bench.event(step(1, 1, session: "s\(number)"), at: Double(number)) }
    for number in 1...100 { bench.event(step(number, .null, run: "run \(number)", session: "last"), at: 5_000) }
    #expect(bench.lines.count == 100)
    bench.event(["type": "trainingFinished", "session_id": "last"], "trainer.state", at: 5_001)
    #expect(bench.lines.count == 100 + SessionWatch.mostRuns)
  }

  @Test func aRunOfTenThousandLettersIsWatched() {
    let bench = Bench()
    let name = String(repeating: "ü/", count: 5_000)
    bench.event(step(1, .null, run: name))
    #expect(bench.lines == ["s1/\(name) loss_not_finite began 1"])
  }
}
