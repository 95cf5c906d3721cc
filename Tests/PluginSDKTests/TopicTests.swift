// SPDX-License-Identifier: Apache-2.0

import PluginTestKit
import Testing

@testable import PluginSDK

@Suite struct TopicTests {
  @Test func eventsArriveInOrder() async throws {
    let (host, _) = try await probe()
    #expect(try await host.call("probe.publish", #"{"count":3}"#).status == .ok)
    #expect(host.allPublished("probe.out").map(\.text) == ["0", "1", "2"])
    await host.close()
  }

  @Test func fullSubscriberHoldsThePublisherAndNothingIsLostOrDoubled() async throws {
    let (host, _) = try await probe()
    host.setRoom(2, in: "probe.out")
    let call = host.begin("probe.publish", json: #"{"count":100}"#)
    for _ in 0..<49 {
      try await host.refused("probe.out")
      host.setRoom(2, in: "probe.out")
    }
    #expect(try await call.answer().status == .ok)
    #expect(host.allPublished("probe.out").map(\.text) == (0..<100).map { "\($0)" })
    await host.close()
  }

  @Test func manyPublishersAtAFullTopicAreEachWoken() async throws {
    let (host, _) = try await probe()
    host.setRoom(1, in: "probe.out")
    let calls = (0..<8).map { _ in host.begin("probe.publish", json: #"{"count":25}"#) }
    for _ in 0..<200 {
      _ = try await host.published("probe.out")
      host.setRoom(1, in: "probe.out")
    }
    for call in calls { #expect(try await call.answer().status == .ok) }
    #expect(host.allPublished("probe.out").count == 200)
    for number in 0..<25 { #expect(host.allPublished("probe.out").count { $0.text == "\(number)" } == 8) }
    await host.close()
  }

  @Test func waitIsEndedByCancelling() async throws {
    let (host, _) = try await probe()
    host.setRoom(0, in: "probe.out")
    let call = host.begin("probe.publish", json: #"{"count":1}"#)
    try await host.refused("probe.out")
    call.cancel()
    await host.close()
    #expect(host.record.contains { $0.arguments.contains("gave up 'probe.publish': it was cancelled") })
  }

  @Test func threadOfThePluginBlocksUntilThereIsRoom() async throws {
    let (host, bench) = try await probe()
    host.setRoom(0, in: "probe.out")
    let topic = try #require(bench.context).topic("probe.out")
    let thread = OwnedThread.start(name: "publisher") {
      do { try topic.publishBlocking(["a": 1]) } catch { bench.note("\(error)") }
      bench.note("published")
    }
    try await host.refused("probe.out")
    host.setRoom(nil, in: "probe.out")
    try await bench.noted("published")
    thread?.join()
    #expect(try await host.published("probe.out").text == #"{"a":1}"#)
    await host.close()
  }

  @Test func tryPublishSaysNoAndTheWaitEndsWithRoom() async throws {
    let (host, bench) = try await probe()
    let topic = try #require(bench.context).topic("probe.out")
    try await topic.waitUntilReady()
    host.setRoom(0, in: "probe.out")
    #expect(try !topic.tryPublish(bytes: [49]))
    topic.onReady { bench.note("ready") }
    #expect(!bench.events.contains("ready"))
    host.setRoom(1, in: "probe.out")
    try await topic.waitUntilReady()
    try await bench.noted("ready")
    #expect(try topic.tryPublish(borrowing: [50].span))
    await host.close()
  }

  @Test func topicTheManifestDoesNotNameIsExplained() async throws {
    let (host, _) = try await probe()
    #expect(
      try await host.call("probe.foreign").failure?.message
        == "cannot open topic '': not a topic's name; write parts of a-z, 0-9 and _ joined by dots")
    await host.close()
  }

  @Test func whatIsNotJSONIsNotPublished() async throws {
    let (host, bench) = try await probe()
    let topic = try #require(bench.context).topic("probe.out")
    await #expect(throws: PluginFailure("cannot publish on 'probe.out': the payload is not valid JSON", status: .invalid)) {
      try await topic.publish(bytes: [0xff])
    }
    await host.close()
  }
}
