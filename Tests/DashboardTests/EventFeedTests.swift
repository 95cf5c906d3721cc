// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import Dashboard

@Suite struct EventFeedTests {
  private func event(_ number: Int, topic: String = "t", run: String = "r", size: Int = 10) throws -> ControlEvent {
    let pad = String(repeating: "x", count: size)
    let text = #"{"topic":"\#(topic)","sequence":\#(number),"payload":{"n":\#(number),"run_id":"\#(run)","pad":"\#(pad)"}}"#
    return try #require(ControlEvent(JSONPiece(Array(text.utf8)).members()))
  }

  private func feed(_ wishes: String) throws -> EventFeed {
    var feed = EventFeed(now: 0)
    feed.begin(try EventWish.read(JSONValue(parsing: wishes)))
    return feed
  }

  private func give(_ event: ControlEvent, to feed: inout EventFeed, by pattern: String = "t") {
    var look = EventLook(event)
    feed.take(look.hubEvent, by: pattern, &look)
  }

  /// A page that never reads costs a megabyte at most, and keeps the newest of each run.
  @Test func whatWaitsIsBounded() throws {
    var feed = try feed(#"[{"topic": "t"}]"#)
    for number in 0..<20_000 {
      give(try event(number, run: "r\(number % 5)"), to: &feed)
      #expect(feed.pending.count <= EventFeed.pendingCount && feed.pendingBytes <= EventFeed.pendingBytes)
    }
    #expect(feed.missed == ["t"])
    #expect(feed.pending.last?.text.count == (try event(19_999, run: "r4").text.count))
    #expect(Set(feed.pending.map(\.key)).count == 5)
  }

  @Test func aFewLargeEventsAreBoundedByTheirBytes() throws {
    var feed = try feed(#"[{"topic": "t"}]"#)
    for number in 0..<40 { give(try event(number, run: "r\(number)", size: 100_000), to: &feed) }
    #expect(feed.pendingBytes <= EventFeed.pendingBytes)
    #expect(feed.missed == ["t"])
    give(try event(1, size: 3_000_000), to: &feed)
    #expect(feed.pendingBytes <= EventFeed.pendingBytes)
  }

  @Test func nothingIsLeftOutWhileThereIsRoom() throws {
    var feed = try feed(#"[{"topic": "t"}]"#)
    for number in 0..<4_000 { give(try event(number), to: &feed) }
    #expect(feed.pending.count == 4_000 && feed.missed.isEmpty)
  }

  @Test(arguments: [
    (#"{}"#, true), (#"{"run_id": ["r"]}"#, true), (#"{"run_id": ["q"]}"#, false), (#"{"run_id": []}"#, false), (#"{"n": [7.0]}"#, true),
    (#"{"n": ["7"]}"#, false), (#"{"run_id": ["r"], "n": [8]}"#, false), (#"{"nothing": [1]}"#, false), (#"{"u": ["ü"]}"#, true),
    (#"{"e": [{"a": 1}]}"#, true), (#"{"f": [null, false]}"#, true),
  ])
  func conditionsAreJudgedByValue(_ conditions: String, _ fits: Bool) throws {
    let payload = #"{"n":7,"run_id":"r","\u0075":"\u00fc","e":{"a":1},"f":false}"#
    let event = try #require(ControlEvent(JSONPiece(Array(#"{"topic":"t","payload":\#(payload)}"#.utf8)).members()))
    var feed = try feed(#"[{"topic": "t", "where": \#(conditions)}]"#)
    give(event, to: &feed)
    #expect(feed.pending.count == (fits ? 1 : 0))
  }

  @Test(arguments: ["null", "7", "[1,2]", #""text""#, "{}", #"{"run_id":["r"]}"#])
  func anyPayloadIsSurvived(_ payload: String) throws {
    let event = try #require(ControlEvent(JSONPiece(Array(#"{"topic":"t","payload":\#(payload)}"#.utf8)).members()))
    var feed = try feed(#"[{"topic": "t", "where": {"run_id": ["r"]}}]"#)
    give(event, to: &feed)
    #expect(feed.pending.isEmpty)
  }
}
