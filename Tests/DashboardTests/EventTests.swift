// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing
import WebSockets

@testable import Dashboard

@Suite(.serialized) struct EventTests {
  private func withBench(_ body: (PageBench, PulseHost) async throws -> Void) async throws {
    let host = try PulseHost()
    let bench = try PageBench(socket: host.socket)
    defer { bench.stop() }
    try await body(bench, host)
  }

  private static let ticks = #"[{"topic": "pulse.tick"}]"#

  @Test func aPageHearsWhatItWants() async throws {
    try await withBench { bench, _ in
      let ear = try await bench.listen("p1")
      let hello = try await ear.next("hello")
      #expect(
        hello.data["instance"] == "i1" && hello.data["assets"] == "a1" && hello.data["version"] == "9" && hello.data["read_only"] == false)
      #expect(try await bench.want("p1", Self.ticks).status == 200)
      try await bench.emit(3)
      let first = try await ear.next("events")
      #expect(first.numbers.first == 0)
      #expect(first.id == "i1-1")
      let event = try #require(first.data["events"]?[0]?.objectValue)
      #expect(Set(event.keys) == ["topic", "sequence", "time", "payload"])
      #expect(event["topic"] == "pulse.tick")
    }
  }

  @Test func wherePicksByMembersOfThePayload() async throws {
    try await withBench { bench, _ in
      let ear = try await bench.listen("p1")
      try await bench.want("p1", #"[{"topic": "pulse.*", "where": {"run_id": ["r3", "r4"], "n": [3, 11.0, 17, "18"]}}]"#)
      try await bench.emit(20)
      #expect(try await ear.numbers(upTo: 17) == [3, 11, 17])
    }
  }

  /// Overlapping patterns bring an event once; a payload with a line's end in it stays one message.
  @Test func anEventComesOnce() async throws {
    try await withBench { bench, _ in
      let ear = try await bench.listen("p1")
      try await bench.want(
        "p1", #"[{"topic": "*"}, {"topic": "pulse.*"}, {"topic": "pulse.tick"}, {"topic": "pulse.tick", "where": {"n": [1]}}]"#)
      _ = try await bench.link.answer("command/call", ["name": "pulse.emit", "input": ["count": 2, "other": 1]])
      try await bench.emit(1, from: 99)
      var events: [JSONValue] = []
      while events.last?["payload"]?["n"] != 99 { events += try await ear.next("events").data["events"]?.arrayValue ?? [] }
      let ours = events.filter { $0["topic"]?.stringValue?.hasPrefix("pulse.") == true }
      #expect(ours.compactMap { $0["payload"]?["n"]?.intValue } == [0, 1, 99])
      #expect(ours.filter { $0["topic"] == "pulse.other" }.map { $0["payload"] } == [["a": 1], ["a": 1]])
    }
  }

  @Test func topicsAreHeardOnceAndLetGo() async throws {
    try await withBench { bench, _ in
      try await bench.want("p1", #"[{"topic": "pulse.tick"}, {"topic": "trainer.*"}]"#)
      try await bench.want("p2", #"[{"topic": "pulse.tick"}]"#)
      #expect(bench.hub.patterns == ["pulse.tick", "trainer.*"])
      try await bench.want("p1", "[]")
      #expect(bench.hub.patterns == ["pulse.tick"])
      bench.hub.end(session: "s")
      #expect(bench.hub.patterns == [] && bench.hub.pageCount == 0)
    }
  }

  /// Of two changes that overtook each other the one that was made later counts.
  @Test func theLaterChangeCounts() async throws {
    try await withBench { bench, _ in
      try await bench.want("p1", #"[{"topic": "pulse.tick"}]"#, order: 2)
      try await bench.want("p1", #"[{"topic": "trainer.*"}]"#, order: 1)
      #expect(bench.hub.patterns == ["pulse.tick"])
    }
  }

  @Test func noMoreThanTwentyFramesASecond() async throws {
    try await withBench { bench, _ in
      let ear = try await bench.listen("p1")
      try await bench.want("p1", Self.ticks)
      let clock = ContinuousClock()
      let begun = clock.now
      let emitting = Task { for block in 0..<100 { try await bench.emit(10, from: block * 10) } }
      var frames = 0
      var numbers: [Int] = []
      while numbers.last != 999 {
        numbers += try await ear.next("events").numbers
        frames += 1
      }
      #expect(numbers == Array(0..<1_000))
      let seconds = (clock.now - begun) / .seconds(1)
      #expect(Double(frames) <= seconds * 20 + 2)
      try await emitting.value
    }
  }

  @Test func whoComesBackGetsWhatItMissed() async throws {
    try await withBench { bench, _ in
      var ear: PageEar? = try await bench.listen("p1")
      try await bench.want("p1", Self.ticks)
      try await bench.emit(1, from: 1)
      #expect(try await ear?.numbers(upTo: 1) == [1])
      let last = try #require(ear?.lastID)
      try await bench.emit(1, from: 2)
      _ = try await ear?.numbers(upTo: 2)
      // It says it has the first alone: the second comes again, and what happened while it was away.
      ear = nil
      try await bench.emit(1, from: 3)
      let again = try await bench.listen("p1", after: last)
      #expect(try await again.next()?.event == "hello")
      #expect(try await again.numbers(upTo: 3) == [2, 3])
    }
  }

  @Test func whoCannotBeToldEverythingIsToldThat() async throws {
    try await withBench { bench, _ in
      let ear = try await bench.listen("p1")
      try await bench.want("p1", Self.ticks)
      try await bench.emit(1)
      _ = try await ear.next("events")
      // Without a word of what it has, with what never was, and with more than is kept.
      for after in [nil, "i1-999", "i1-x", "i1-"] as [String?] {
        let again = try await bench.listen("p1", after: after)
        #expect(try await again.next()?.event == "hello")
        #expect(try await again.next("missed").topics == ["pulse.tick"])
      }
      let last = ear.lastID
      for block in 0..<30 { try await bench.emit(1, from: block, size: 20_000) }
      let held = try await bench.listen("p1", after: last)
      #expect(try await held.next("missed").topics == ["pulse.tick"])
    }
  }

  @Test func aSecondStreamOfAPageTakesThePlaceOfTheFirst() async throws {
    try await withBench { bench, _ in
      let first = try await bench.listen("p1")
      _ = try await first.next("hello")
      let second = try await bench.listen("p1")
      _ = try await second.next("hello")
      #expect(try await first.next() == nil)
      // Another session's page of the same name is another page.
      let stranger = try await bench.listen("p1", session: "t")
      _ = try await stranger.next("hello")
      try await bench.want("p1", Self.ticks)
      try await bench.emit(1, from: 5)
      #expect(try await second.numbers(upTo: 5) == [5])
      #expect(bench.hub.pageCount == 2)
    }
  }

  @Test(arguments: [
    "", "{}", "[]", #"{"page": "p"}"#, #"{"page": "p", "topics": {}}"#, #"{"page": "", "topics": []}"#, #"{"page": "a b", "topics": []}"#,
    #"{"page": "p", "topics": ["x"]}"#, #"{"page": "p", "topics": [{"topic": ""}]}"#, #"{"page": "p", "topics": [{"topic": "a\nb"}]}"#,
    #"{"page": "p", "topics": [{"topic": "a.*.b"}]}"#, #"{"page": "p", "topics": [{"topic": "a", "where": 1}]}"#,
    #"{"page": "p", "topics": [{"topic": "a", "where": {"m": 1}}]}"#,
  ])
  func hostileTopicsAreRefused(_ body: String) async throws {
    let bench = try PageBench(socket: "/nonexistent/host.sock")
    defer { bench.stop() }
    #expect(try await bench.post("/api/events/topics", body).status == 400)
    #expect(bench.hub.pageCount == 0)
  }

  @Test func limitsAreKept() async throws {
    try await withBench { bench, _ in
      func topics(_ names: some Sequence<String>) -> String {
        JSONValue.array(names.map { ["topic": .string($0)] }).serialized()
      }
      #expect(try await bench.want("p", topics((0..<300).map { "t\($0)" })).status == 400)
      #expect(try await bench.want("p", topics((0..<33).map { "t\($0)" })).status == 400)
      #expect(try await bench.want("p", topics((0..<32).map { "pulse.a\($0)" })).status == 200)
      #expect(try await bench.want("q", topics((0..<32).map { "pulse.b\($0)" })).status == 503)
      #expect(try await bench.want("q", topics(["Not A Topic"])).status == 400)
      #expect(try await bench.want("q", topics(["UPPER"])).status != 200)
      #expect(try await bench.want("q", topics(["pulse.tick"])).status == 200)
      for page in 0..<70 { _ = try await bench.want("many\(page)", "[]", session: "greedy") }
      #expect(try await bench.want("more", "[]", session: "greedy").status == 503)
      #expect(try await bench.want("more", "[]").status == 200)
      #expect(
        try await bench.post("/api/events/topics", #"{"page": "p", "x": "\#(String(repeating: "y", count: 300_000))"}"#).status == 413)
    }
  }

  @Test func theHostsRestartIsSeenByAPageThatStays() async throws {
    try await withBench { bench, host in
      let ear = try await bench.listen("p1")
      try await bench.want("p1", Self.ticks)
      try await bench.emit(1, from: 1)
      #expect(try await ear.numbers(upTo: 1) == [1])
      host.stop(9)
      try host.start()
      // What happened in between nobody knows: the page is told to ask again, and hears what comes then.
      #expect(try await ear.next("missed").topics == ["pulse.tick"])
      try await bench.emit(1, from: 2)
      #expect(try await ear.numbers(upTo: 2) == [2])
    }
  }
}
