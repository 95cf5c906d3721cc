// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON
import Testing

@testable import Host
import PluginBridge

@Suite struct ControlLimitTests {
  @Test func connectionBeyondTheLimitIsToldSo() throws {
    let fixture = try ControlFixture { $0.connections = 2 }
    let first = try fixture.client()
    var second: ControlClient? = try fixture.client()
    #expect(first.ask("host/status") != nil && second?.ask("host/status") != nil)
    let third = try fixture.client()
    #expect(
      third.line()
        == #"{"jsonrpc":"2.0","id":null,"error":{"code":-32013,"data":{"retryable":true,"status":"busy"},"message":"2 clients are connected already; close one, or raise control.maxConnections"}}"#
    )
    #expect(third.line() == nil)
    second = nil
    // The door learns of the closed connection in its own time: a client that may come in is the sign.
    let deadline = MonotonicClock.after(milliseconds: 10_000)
    var entered = false
    while !entered, MonotonicClock.now() < deadline { entered = try fixture.client().ask("host/status")?["result"] != nil }
    #expect(entered)
  }

  @Test func thousandClientsAreServed() throws {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, 4_096))
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    try #require(limit.rlim_cur >= 3_000)
    let fixture = try ControlFixture { $0.connections = 1_000 }
    let clients = try (0..<1_000).map { _ in try fixture.client() }
    for client in clients { client.send(#"{"jsonrpc":"2.0","id":1,"method":"host/status"}"#) }
    #expect(clients.allSatisfy { $0.json()?["result"] == ["version": "1"] })
    #expect(try fixture.client().json()?["error"]?["code"] == -32013)
    #expect(fixture.door.counters.connections == 1_000)
  }

  @Test func hugeLineCostsItsSenderOnly() throws {
    let fixture = try ControlFixture()
    let (sender, other) = (try fixture.client(), try fixture.client())
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    var sent = 0
    while sent < 100, sender.write(piece) { sent += 1 }
    #expect(sent >= 16 && sent < 100)
    #expect(
      sender.json() == [
        "jsonrpc": "2.0", "id": nil,
        "error": [
          "code": -32600, "message": "a line is longer than 16777216 bytes; send less at once, or raise control.maxLineBytes",
        ],
      ])
    #expect(sender.line() == nil)
    #expect(other.ask("host/status")?["result"] != nil)
    #expect(
      fixture.log.lines == [
        "warning control client closed reason=a line is longer than 16777216 bytes; send less at once, or raise control.maxLineBytes"
      ])
  }

  @Test func longestLineIsTaken() throws {
    let fixture = try ControlFixture { $0.lineBytes = 1_000 }
    let client = try fixture.client()
    let line = #"{"jsonrpc":"2.0","id":1,"method":"host/status"}"#
    client.send(line + String(repeating: " ", count: 1_000 - line.utf8.count))
    #expect(client.json()?["result"] != nil)
    client.send(line + String(repeating: " ", count: 1_001 - line.utf8.count))
    #expect(client.json()?["error"]?["code"] == -32600)
    #expect(client.line() == nil)
  }

  @Test func clientThatLeavesTooMuchUnreadIsClosed() throws {
    let fixture = try ControlFixture { $0.outgoingBytes = 1 << 20 }
    let client = try fixture.client()
    let input = String(repeating: "x", count: 200_000)
    for id in 0..<20 {
      client.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"command/call","params":{"name":"script.hold","input":"\#(input)"}}"#)
    }
    let held = try (0..<20).map { _ in try #require(fixture.commands.heldCall()) }
    let answer = Array("\"\(input)\"".utf8)
    for call in held { _ = fixture.board.finish(call, status: .ok, content: .json, payload: answer) }
    #expect(try fixture.eventually { fixture.door.counters.overrun == 1 })
    #expect(fixture.door.counters.highestQueuedBytes <= 1 << 20)
    #expect(fixture.log.lines.count == 1)
    #expect(fixture.log.lines.first?.hasPrefix("warning control client closed: it does not read waiting_bytes=") == true)
    #expect(try fixture.client().ask("host/status")?["result"] != nil)
  }

  @Test func requestsOfAClientThatDoesNotReadWait() throws {
    let fixture = try ControlFixture { $0.outgoingBytes = 1 << 20 }
    let client = try fixture.client()
    let input = String(repeating: "x", count: 10_000)
    let total = 1_000
    let writer = BlockingQueue<Bool>()
    HostThread.start("jf-test-writer") {
      for id in 0..<total {
        client.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"command/call","params":{"name":"script.echo","input":"\#(input)"}}"#)
      }
      writer.put(true)
    }
    // The door stops taking requests long before all are in; then every one is answered.
    _ = try fixture.settle { fixture.door.counters.queuedBytes }
    var answered: Set<Int> = []
    while answered.count < total, let id = client.json()?["id"]?.intValue { answered.insert(id) }
    #expect(answered.count == total)
    #expect(writer.take(until: MonotonicClock.after(milliseconds: 10_000)) == true)
    #expect(fixture.door.counters.overrun == 0)
    #expect(fixture.door.counters.highestQueuedBytes <= 1 << 20)
  }
}
