// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Testing

@testable import Host
import PluginBridge

@Suite struct EventTests {
  private let host = ProbeHost()

  private func event(_ topic: Topic, _ text: String, on host: ProbeHost? = nil) -> CallStatus {
    (host ?? self.host).switchboard.publish(topic, content: .json, byteCount: text.utf8.count, publisher: nil) { Array(text.utf8) }
  }

  private func texts(_ events: [Event]) -> [String] { events.map { String(decoding: $0.payload, as: UTF8.self) } }

  @Test func subscriberGetsWhatItsPatternMatches() throws {
    let board = host.switchboard
    let steps = try #require(board.topic("trainer.step"))
    let subscription = board.subscribe([try TopicPattern("trainer.*")], queue: 8, overflow: .dropOldest) {}
    let logs = try #require(board.topic("trainer.log"))
    let other = try #require(board.topic("trainers.log"))
    #expect([event(steps, "1"), event(logs, "2"), event(other, "3")] == [.ok, .ok, .ok])
    let taken = subscription.take(max: 10).events
    #expect(texts(taken) == ["1", "2"])
    #expect(taken.map(\.topic.name) == ["trainer.step", "trainer.log"])
    #expect(taken.map(\.sequence) == [1, 1])
  }

  @Test(arguments: [
    (Overflow.dropOldest, ["3", "4", "5"], UInt64(2)), (.dropNewest, ["1", "2", "3"], 2),
  ])
  func fullQueueDropsAndCounts(overflow: Overflow, left: [String], lost: UInt64) throws {
    let topic = try #require(host.switchboard.topic("a.b"))
    let subscription = host.switchboard.subscribe([try TopicPattern("a.b")], queue: 3, overflow: overflow) {}
    for number in 1...5 { #expect(event(topic, "\(number)") == .ok) }
    let taken = subscription.take(max: 10)
    #expect(texts(taken.events) == left)
    #expect(taken.lost == lost)
    #expect(subscription.dropped == 2)
  }

  @Test func latestPerKeyKeepsOneOfEachKeyInPlace() throws {
    let topic = try #require(host.switchboard.topic("a.b"))
    let subscription = host.switchboard.subscribe([try TopicPattern("a.*")], queue: 8, overflow: .latestPerKey, keyMember: "run") {}
    for text in [#"{"run":"x","n":1}"#, #"{"run":"y","n":2}"#, #"{"run":"x","n":3}"#] { #expect(event(topic, text) == .ok) }
    #expect(texts(subscription.take(max: 10).events) == [#"{"run":"x","n":3}"#, #"{"run":"y","n":2}"#])
  }

  @Test func fullBlockingQueueRefusesAndNobodyGetsTheEvent() throws {
    let topic = try #require(host.switchboard.topic("a.b"))
    let keeper = host.switchboard.subscribe([try TopicPattern("a.b")], queue: 2, overflow: .block) {}
    let watcher = host.switchboard.subscribe([try TopicPattern("*")], queue: 9, overflow: .dropOldest) {}
    #expect([event(topic, "1"), event(topic, "2"), event(topic, "3")] == [.ok, .ok, .again])
    #expect(texts(watcher.take(max: 9).events) == ["1", "2"])
    #expect(texts(keeper.take(max: 9).events) == ["1", "2"])
    #expect(event(topic, "3") == .ok)
  }

  @Test func publisherIsToldOnceThereIsRoom() throws {
    final class Publisher: TopicPublisher {
      let told = Mutex<[String]>([])
      func topicReady(_ topic: Topic) { told.withLock { $0.append(topic.name) } }
    }
    let publisher = Publisher()
    let topic = try #require(host.switchboard.topic("a.b"))
    let keeper = host.switchboard.subscribe([try TopicPattern("a.b")], queue: 4, overflow: .block) {}
    let publish = { host.switchboard.publish(topic, content: .json, byteCount: 1, publisher: publisher) { [49] } }
    for _ in 0..<4 { #expect(publish() == .ok) }
    #expect(publish() == .again)
    #expect(publish() == .again)
    _ = keeper.take(max: 1)
    #expect(publisher.told.withLock { $0 } == [])
    _ = keeper.take(max: 1)
    #expect(publisher.told.withLock { $0 } == ["a.b"])
  }

  @Test func readyIsSaidOnceUntilTheQueueWasFoundEmpty() throws {
    let told = Atomic<Int>(0)
    let topic = try #require(host.switchboard.topic("a.b"))
    let subscription = host.switchboard.subscribe([try TopicPattern("a.b")], queue: 9, overflow: .dropOldest) {
      told.wrappingAdd(1, ordering: .relaxed)
    }
    for _ in 0..<3 { _ = event(topic, "1") }
    #expect(told.load(ordering: .relaxed) == 1)
    _ = subscription.take(max: 2)
    _ = event(topic, "1")
    #expect(told.load(ordering: .relaxed) == 1)
    while !subscription.take(max: 9).events.isEmpty {}
    _ = event(topic, "1")
    #expect(told.load(ordering: .relaxed) == 2)
  }

  @Test(arguments: [Overflow.block, .dropOldest, .dropNewest])
  func hugeEventsFillAQueueBeforeItsPlacesAreTaken(overflow: Overflow) throws {
    let subscription = EventSubscription(patterns: [], capacity: 1_000, capacityBytes: 100, overflow: overflow) {}
    let topic = try #require(host.switchboard.topic("a.b"))
    var refused = 0
    for number in 0..<10 {
      let reserved = overflow == .block
      if reserved, !subscription.reserve(for: nil, topic: topic) {
        refused += 1
        continue
      }
      let payload = [UInt8](repeating: UInt8(number), count: 60)
      subscription.offer(Event(topic: topic, content: .bytes, payload: payload, sequence: 1, time: 0), reserved: reserved)
    }
    let taken = subscription.take(max: 100)
    #expect(taken.events.map { $0.payload[0] } == (overflow == .dropOldest ? [8, 9] : [0, 1]))
    #expect(overflow == .block ? refused == 8 : taken.lost == 8)
    #expect(subscription.reserve(for: nil, topic: topic))
  }

  @Test func eventBeyondTheLimitIsRefused() throws {
    var limits = Switchboard.Limits()
    limits.eventBytes = 4
    let board = Switchboard(limits: limits)
    let topic = try #require(board.topic("a.b"))
    #expect(board.publish(topic, content: .bytes, byteCount: 5, publisher: nil) { [] } == .tooLarge)
  }

  @Test(arguments: ["", "A.b", "a..b", ".a", "a.*.b", "a*", "1a", "a b", "ä.b"])
  func patternMustBeOne(text: String) {
    #expect(throws: TopicPatternError.self) { try TopicPattern(text) }
  }

  @Test(arguments: Configuration.Mode.allCases) func pluginGetsEveryEventThoughItRefusesSome(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let wants = PluginBlueprint.Subscription(pattern: try TopicPattern("a.*"), queue: 16, overflow: .block)
    try host.add(subscriptions: [wants])
    #expect(host.call("probe.refuse_events", "25")?.status == .ok)
    let topic = try #require(host.switchboard.topic("a.b"))
    var sent = 0
    let deadline = MonotonicClock.after(milliseconds: 10_000)
    while sent < 1_000, MonotonicClock.now() < deadline {
      if event(topic, "1", on: host) == .ok { sent += 1 }
    }
    while host.call("probe.events")?.text != "1000", MonotonicClock.now() < deadline {}
    #expect(host.call("probe.events")?.text == "1000")
  }

  @Test(arguments: Configuration.Mode.allCases) func firstEventLoadsAPluginThatWaitsForIt(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let wants = PluginBlueprint.Subscription(pattern: try TopicPattern("a.*"), queue: 16, overflow: .block)
    let slot = try host.add(subscriptions: [wants])
    #expect(slot.condition.state == .ready)
    _ = event(try #require(host.switchboard.topic("a.b")), "1", on: host)
    // The first call may overtake the first event; the second cannot, for both wait in the same queue.
    #expect(host.call("probe.echo")?.status == .ok)
    #expect(host.call("probe.events")?.text == "1")
    #expect(slot.condition.state == .active)
  }

  @Test func publishingIsHeldToTheManifest() throws {
    try host.add()
    let subscription = host.switchboard.subscribe([try TopicPattern("probe.ticks")], queue: 1, overflow: .block) {}
    #expect(host.call("probe.publish", "1")?.text == "0")
    #expect(host.call("probe.publish", "2")?.text == "-8")
    #expect(texts(subscription.take(max: 1).events) == ["1"])
    // The plugin publishes "again" when it hears that there is room.
    let deadline = MonotonicClock.after(milliseconds: 10_000)
    while subscription.isEmpty, MonotonicClock.now() < deadline { _ = host.call("probe.echo") }
    #expect(texts(subscription.take(max: 1).events) == [#""again""#])
  }
}
