// SPDX-License-Identifier: Apache-2.0
import JSON
import Synchronization
import Testing

@testable import Host
import PluginBridge

@Suite struct ControlEventTests {
  private let fixture: ControlFixture
  private let client: ControlClient

  init() throws {
    fixture = try ControlFixture()
    client = try fixture.client()
  }

  private func publish(_ topic: String, _ payload: [UInt8], _ content: Content = .json) throws {
    let topic = try #require(fixture.board.topic(topic))
    #expect(fixture.board.publish(topic, content: content, byteCount: payload.count, publisher: nil) { payload } == .ok)
  }

  private func publish(_ topic: String, _ text: String) throws { try publish(topic, Array(text.utf8)) }

  @Test func eventsComeUntilTheSubscriptionEnds() throws {
    #expect(client.ask("event/subscribe", ["patterns": ["trainer.*", "store.done"]])?["result"] == ["subscription": 1])
    try publish("trainer.step", "{\"loss\":\n0.10}")
    try publish("store.other", "1")
    try publish("store.done", "")
    let first = try #require(client.line())
    let time = try #require(JSONValue(parsing: first)["params"]?["time"]?.doubleValue)
    #expect(time > 1.7e9)
    #expect(
      first
        == #"{"jsonrpc":"2.0","method":"event","params":{"subscription":1,"topic":"trainer.step","sequence":1,"time":\#(time),"payload":{"loss": 0.10}}}"#
    )
    let second = client.json()?["params"]
    #expect(second?["topic"] == "store.done")
    #expect(second?["payload"] == .some(.null))
    #expect(client.ask("event/unsubscribe", ["subscription": 1])?["result"] == [:])
    try publish("trainer.step", "2")
    #expect(
      client.ask("event/unsubscribe", ["subscription": 1])?["error"]?["message"]
        == "there is no subscription 1 on this connection")
    #expect(try fixture.eventually { fixture.door.counters.subscriptions == 0 })
  }

  @Test(arguments: [
    (Content.bytes, [UInt8](arrayLiteral: 0, 10), "bytes", "AAo="), (.json, Array("{".utf8), "bytes", "ew=="),
    (.cbor, [0xF6], "cbor", "9g=="),
    (Content(rawValue: 9), [1], "content_9", "AQ=="),
  ])
  func payloadThatIsNotJSONIsBase64(content: Content, payload: [UInt8], name: String, text: String) throws {
    #expect(client.ask("event/subscribe", ["patterns": ["*"]])?["result"] != nil)
    try publish("a.b", payload, content)
    let params = client.json()?["params"]
    #expect(params?["content"]?.stringValue == name)
    #expect(params?["payload"]?.stringValue == text)
  }

  @Test func subscriptionsOfAConnectionAreLimited() throws {
    for number in 1...64 {
      #expect(client.ask("event/subscribe", ["patterns": ["a"]])?["result"]?["subscription"]?.intValue == number)
    }
    #expect(
      client.ask("event/subscribe", ["patterns": ["a"]])?["error"]
        == [
          "code": -32013, "message": "this connection has 64 subscriptions already; end one of them first",
          "data": ["status": "busy", "retryable": true],
        ])
  }

  @Test func subscriptionsGoWithTheirClient() throws {
    var passing: ControlClient? = try fixture.client()
    #expect(passing?.ask("event/subscribe", ["patterns": ["*"]])?["result"] != nil)
    #expect(try fixture.eventually { fixture.door.counters.subscriptions == 1 })
    passing = nil
    #expect(try fixture.eventually { fixture.door.counters.subscriptions == 0 })
    let left = fixture.board.bus.withLock { $0.subscriptions.count }
    #expect(left == 0)
  }

  @Test(arguments: ["drop_oldest", "drop_newest"])
  func floodOfEventsStopsAtASlowReader(overflow: String) throws {
    let total = 50_000
    #expect(client.ask("event/subscribe", ["patterns": ["a.*"], "queue": 500, "overflow": .string(overflow)])?["result"] != nil)
    let filling = String(repeating: "x", count: 1_000)
    for number in 1...total { try publish("a.flood", "[\(number),\"\(filling)\"]") }
    let queued = try fixture.settle { fixture.door.counters.queuedBytes }
    #expect(queued > 0)
    #expect(fixture.door.counters.highestQueuedBytes <= fixture.limits.lowMark + 2_000)
    let (received, lost) = try readUntilQuiet(marker: "a.end")
    #expect(received < total)
    #expect(received + lost == total)
    #expect(fixture.door.counters.overrun == 0)
  }

  /// Reads what waits, then a last event that tells of the last losses.
  private func readUntilQuiet(marker: String) throws -> (received: Int, lost: Int) {
    var (received, lost, marked) = (0, 0, false)
    var last = 0
    while true {
      if !marked, !client.hasMore {
        _ = try fixture.settle { fixture.door.counters.queuedBytes }
        marked = !client.hasMore
        if marked { try publish(marker, "0") }
      }
      let params = try #require(client.json()?["params"])
      lost += params["lost"]?.intValue ?? 0
      if params["topic"]?.stringValue == marker { return (received, lost) }
      let number = try #require(params["payload"]?[0]?.intValue)
      #expect(number > last)
      last = number
      received += 1
    }
  }

  @Test func eventTooLargeForTheClientIsLostNotFatal() throws {
    let fixture = try ControlFixture { $0.outgoingBytes = 100_000 }
    let client = try fixture.client()
    #expect(client.ask("event/subscribe", ["patterns": ["*"]])?["result"] != nil)
    let topic = try #require(fixture.board.topic("a.b"))
    let large = Array("\"\(String(repeating: "x", count: 200_000))\"".utf8)
    _ = fixture.board.publish(topic, content: .json, byteCount: large.count, publisher: nil) { large }
    _ = fixture.board.publish(topic, content: .json, byteCount: 1, publisher: nil) { [49] }
    let params = client.json()?["params"]
    #expect(params?["sequence"] == 2)
    #expect(params?["lost"] == 1)
  }

  @Test func everySubscriberGetsEveryEvent() throws {
    let clients = try (0..<20).map { _ in try fixture.client() }
    for client in clients { #expect(client.ask("event/subscribe", ["patterns": ["*"], "queue": 65_536])?["result"] != nil) }
    for number in 0..<1_000 { try publish("a.b", "\(number)") }
    for client in clients {
      #expect((0..<1_000).allSatisfy { client.json()?["params"]?["payload"]?.intValue == $0 })
    }
  }
}
