// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing
import WebSockets

@testable import Dashboard

@Suite(.serialized) struct CallTests {
  /// A host of its own for the suite's test, with a page's door before it.
  private func withBench(callLimit: Int = 64, _ body: (PageBench, PulseHost) async throws -> Void) async throws {
    let host = try PulseHost()
    let bench = try PageBench(socket: host.socket, callLimit: callLimit)
    defer { bench.stop() }
    try await body(bench, host)
  }

  @Test func aCallIsAnsweredAsTheCommandAnswers() async throws {
    try await withBench { bench, _ in
      let answer = try await bench.post("/api/call/pulse.echo", "{\n\"a\": [1,\r\n 2.5, \"x\\ny\"]}")
      #expect(answer.status == 200)
      #expect(answer.json == ["result": ["a": [1, 2.5, "x\ny"]]])
      #expect(try await bench.post("/api/call/pulse.echo", "").json == ["result": [:]])
      let big = try await bench.post("/api/call/pulse.big", #"{"size": 1000000}"#)
      #expect(big.json["result"]?["pad"]?.stringValue?.utf8.count == 1_000_000)
    }
  }

  @Test func whatIsWrongIsSaid() async throws {
    try await withBench { bench, _ in
      let unknown = try await bench.post("/api/call/pulse.ecco")
      #expect(unknown.status == 404)
      #expect(unknown.json["error"]?["status"] == "not_found")
      #expect(unknown.json["error"]?["message"]?.stringValue?.contains("did you mean 'pulse.echo'") == true)
      #expect(unknown.json["error"]?["command"] == "pulse.ecco")
      let late = try await bench.post("/api/call/pulse.wait?timeoutMs=20")
      #expect(late.status == 504 && late.json["error"]?["status"] == "deadline")
      for query in ["0", "-1", "x", "9999999999", "1e3"] {
        #expect(try await bench.post("/api/call/pulse.echo?timeoutMs=\(query)").status == 400)
      }
      #expect(try await bench.post("/api/call/").status == 404)
      #expect(try await bench.post("/api/call/a/b").status == 404)
      #expect(try await bench.post("/api/call/host/stop").status == 404)
      #expect(try await bench.post("/api/call/\(String(repeating: "a", count: 300))").status == 404)
    }
  }

  /// Bodies that would end our own object, or begin another line, if they were not read first.
  @Test(arguments: [
    "[]", "1", "null", "{", "{}}", "{} {}", #"{}},"id":7,"method":"host/stop"}"#,
    "{}\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"host/stop\"}",
    #"{"a":1,"a"}"#, "{'a': 1}", "\u{0}",
  ])
  func aBodyThatIsNoObjectIsRefused(_ body: String) throws {
    #expect(throws: ControlFault.self) { try CallInput.object(Array(body.utf8)) }
  }

  @Test func aNameCannotLeaveItsPlace() async throws {
    try await withBench { bench, _ in
      let answer = try await bench.post("/api/call/a%22%2C%22input%22%3A%7B%7D%0A%7D")
      #expect(answer.status == 404)
      #expect(try await bench.post("/api/call/pulse.echo").status == 200)
    }
  }

  @Test func aSessionThatOnlyLooksCallsWhatReads() async throws {
    try await withBench { bench, _ in
      #expect(try await bench.post("/api/call/pulse.get", readOnly: true).status == 200)
      // Idempotent by its manifest, but no verb of reading; and the other way round.
      for name in ["pulse.emit", "pulse.echo", "pulse.flow?stream=1"] {
        let refused = try await bench.post("/api/call/\(name)", readOnly: true)
        #expect(refused.status == 403)
        #expect(refused.json["error"]?["status"] == "denied")
      }
      #expect(try await bench.post("/api/call/pulse.none", readOnly: true).status == 404)
      #expect(try await bench.post("/api/host/plugin/list", readOnly: true).status == 200)
      for method in ["plugin/disable", "host/reload", "config/show", "plugin/allow"] {
        #expect(try await bench.post("/api/host/\(method)", #"{"id": "pulse"}"#, readOnly: true).status == 403)
      }
      #expect(try await bench.counts()["emitted"] == 0)
    }
  }

  @Test func theHostIsAskedWhatIsOnTheList() async throws {
    try await withBench { bench, _ in
      let plugins = try await bench.post("/api/host/plugin/list")
      #expect(plugins.json["result"]?["plugins"]?[0]?["id"] == "pulse")
      #expect(try await bench.post("/api/host/command/list", #"{"prefix": "pulse.e"}"#).json["result"]?["commands"]?.arrayValue?.count == 2)
      #expect(try await bench.post("/api/host/config/show", #"{"origin": true}"#).status == 200)
      for method in ["host/stop", "event/subscribe", "command/call", "call/cancel", "", "plugin", "plugin/list/x"] {
        #expect(try await bench.post("/api/host/\(method)").status == 404)
      }
      #expect(try await bench.post("/api/host/plugin/info", #"{"id": "none"}"#).status == 404)
      #expect(try await bench.post("/api/host/plugin/info", #"{"other": 1}"#).status == 400)
      #expect(try await bench.post("/api/host/plugin/list", "[1]").status == 400)
    }
  }

  @Test func aStreamIsHandedOnLineByLine() async throws {
    try await withBench { bench, _ in
      let lines = try await bench.lines("/api/call/pulse.flow?stream=1", #"{"count": 300, "size": 100}"#)
      #expect(lines.compactMap { $0["chunk"]?["n"]?.intValue } == Array(0..<300))
      #expect(lines.contains(["progress": ["fraction": 0.5, "note": "half \"way\""]]))
      #expect(lines.last == ["result": ["done": true]])
      let failed = try await bench.lines("/api/call/pulse.none?stream=1")
      #expect(failed.count == 1 && failed[0]["error"]?["status"] == "not_found")
    }
  }

  /// The command goes no faster than its page takes what it says, and ends when the page goes in the middle.
  @Test func aPageThatGoesInTheMiddleStopsTheStream() async throws {
    try await withBench { bench, _ in
      try await readOnePiece(of: bench)
      try await bench.until("the stream ends") { $0["cancelled"] == 1 }
      #expect(try #require(await bench.counts()["emitted"]?.intValue) < 100_000)
    }
  }

  /// Lets go of the answer after its first piece, which closes the connection.
  private func readOnePiece(of bench: PageBench) async throws {
    let stream = try await bench.stream("/api/call/pulse.flow?stream=1", #"{"count": 100000, "size": 100000}"#)
    var reader = stream.body.makeAsyncIterator()
    #expect(try await reader.next() != nil)
  }

  @Test func whoGoesCancels() async throws {
    try await withBench { bench, _ in
      let waiting = Task { try await bench.post("/api/call/pulse.wait") }
      try await bench.until("the call is there") { $0["waiting"] == 1 }
      waiting.cancel()
      try await bench.until("the call is given up") { $0["cancelled"] == 1 }
      #expect(bench.link.desk.openCount == 0)
    }
  }

  @Test func aSessionHasSoManyCalls() async throws {
    try await withBench(callLimit: 3) { bench, _ in
      let waiting = (0..<3).map { _ in Task { try await bench.post("/api/call/pulse.wait", session: "greedy") } }
      try await bench.until("the calls are there") { $0["waiting"] == 3 }
      let refused = try await bench.post("/api/call/pulse.echo", session: "greedy")
      #expect(refused.status == 503 && refused.json["error"]?["retryable"] == true)
      #expect(try await bench.post("/api/call/pulse.echo", session: "modest").status == 200)
      for call in waiting { call.cancel() }
      try await bench.until("the calls are given up") { $0["cancelled"] == 3 }
      #expect(try await bench.post("/api/call/pulse.echo", session: "greedy").status == 200)
    }
  }

  @Test func callsFailWhenTheHostGoesAndWorkWhenItIsBack() async throws {
    try await withBench { bench, host in
      async let waiting = bench.post("/api/call/pulse.wait")
      async let streaming = bench.lines("/api/call/pulse.wait?stream=1")
      try await bench.until("the calls are there") { $0["waiting"] == 2 }
      host.stop(9)
      #expect(try await waiting.json["error"]?["status"] == "gone")
      #expect(try await streaming.last?["error"]?["status"] == "gone")
      let none = try await bench.post("/api/call/pulse.echo")
      #expect(none.status == 502 && none.json["error"]?["retryable"] == true)
      try host.start()
      #expect(try await bench.post("/api/call/pulse.echo", #"{"a": 1}"#).json["result"] == ["a": 1])
    }
  }
}
