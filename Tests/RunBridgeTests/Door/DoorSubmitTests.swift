// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import RunBridge

@Suite(.timeLimit(.minutes(5)), .onDoorThread) struct DoorSubmitTests {
  private func submit(_ operation: JSONValue, _ result: JSONValue = "done") -> OperationSubmit {
    OperationSubmit(operation: operation, resumeToken: "t", result: result, error: nil)
  }

  private func frame(_ operation: JSONValue, _ result: JSONValue = "done") -> JSONValue {
    [
      "type": "dapEvent", "event": "asyncOperationSubmit",
      "body": ["operationId": operation, "resumeToken": "t", "result": result, "error": nil],
    ]
  }

  @Test func onlyToWhoAnnouncedIt() async throws {
    try await DoorHarness.with { harness in
      let client = try harness.client()
      try client.announce(4)
      let started = try #require(await harness.operations.notes.next())
      #expect(started.hasPrefix("started 4 form "))
      let number = UInt(started.dropFirst("started 4 form ".count)) ?? 0
      #expect(number == harness.onlyConnection)
      let other = try harness.client()
      try other.command(1, "echo")
      #expect(harness.door.submit(submit(4), to: number))
      #expect(try client.hear() == frame(4))
      #expect(try other.hear()["id"] == 1)
      #expect(!harness.door.submit(submit(4), to: number + 1_000))
      #expect(harness.counter("submits") == 1)
    }
  }

  @Test func heldWhileARequestIsOpen() async throws {
    try await DoorHarness.with { harness in
      let client = try harness.client()
      try client.command(1, "stubborn")
      try client.command(2, "stubborn")
      for _ in 0..<2 { #expect(await harness.answering.notes.next() == "stubborn begins") }
      let number = harness.onlyConnection
      #expect(harness.door.submit(submit(4), to: number))
      #expect(harness.door.submit(submit("five"), to: number))
      try client.say(["type": "cancel", "id": 2])
      #expect(try client.hear()["id"] == 2)
      #expect(harness.door.status["connections"]?[0]?["held_submits"] == 2)
      harness.answering.release()
      #expect(try client.hear()["id"] == 1)
      #expect(try client.hear() == frame(4))
      #expect(try client.hear() == frame("five"))
      #expect(harness.door.status["connections"]?[0]?["held_submits"] == 0)
    }
  }

  @Test func onceMoreWhenItIsAnnouncedAgain() async throws {
    try await DoorHarness.with { harness in
      let client = try harness.client()
      try client.announce(4)
      try client.announce(4)
      for _ in 0..<2 { #expect(await harness.operations.notes.next()?.hasPrefix("started 4 ") == true) }
      #expect(harness.door.submit(submit(4), to: harness.onlyConnection))
      #expect(try client.hear() == frame(4))
      try client.announce(5)
      try client.announce(4)
      try client.announce(4)
      #expect(try client.hear() == frame(4))
      try client.command(1, "echo")
      #expect(try client.hear()["id"] == 1)
    }
  }

  @Test func whatIsTooLongBecomesAnError() async throws {
    try await DoorHarness.with {
      $0.messageBytes = 1_000
    } _: { harness in
      let client = try harness.client()
      try client.announce(4)
      #expect(await harness.operations.notes.next() != nil)
      #expect(harness.door.submit(submit(4, .string(String(repeating: "x", count: 2_000))), to: harness.onlyConnection))
      let body = try client.hear()["body"]
      #expect(body?["result"] == .null)
      #expect(
        body?["error"] == "the answer is 2118 bytes long, and the limit is 1000; ask for less, or raise 'messageBytes' of the bridge")
    }
  }

  @Test func anOperationTooOften() async throws {
    try await DoorHarness.with {
      $0.requestsPerSecond = 1
    } _: { harness in
      let client = try harness.client()
      for number in 1...20 as ClosedRange<Int64> { try client.announce(.integer(number)) }
      let refused = try client.hear()
      #expect(refused["event"] == "asyncOperationSubmit")
      #expect(
        refused["body"]?["error"] == "this run sends more than 1 requests a second; send fewer, or raise 'requestsPerSecond' of the bridge")
    }
  }

  // MARK: - POST /submit

  private static let token = "X-Evolve-Token: token of one"
  private static let session = "X-Evolve-Session: session of one"

  @Test(
    arguments: [
      ([token, session], #"{"resumeToken": "waiting", "result": [1]}"#, 200, #"{"ok":true,"operationId":[1]}"#),
      (
        ["X-Evolve-Run-Bridge-Token: token of one", "X-Evolve-Run-Bridge-Session: session of one"], #"{"resumeToken": "waiting"}"#, 200,
        #"{"ok":true,"operationId":null}"#
      ),
      (
        ["Authorization: Bearer token of one"], #"{"resumeToken": "waiting", "result": "\ud83d", "sessionId": "session of one"}"#, 200,
        "{\"ok\":true,\"operationId\":\"\u{fffd}\"}"
      ),
      ([token], #"{"resumeToken": "waiting", "result": 1, "session": "session of one"}"#, 200, #"{"ok":true,"operationId":1}"#),
      ([token, session], "", 400, #"{"error":"Invalid JSON"}"#), ([token, session], "[1]", 400, #"{"error":"Invalid JSON"}"#),
      ([token, session], #"{"resumeToken": "waiting", "result": NaN}"#, 400, #"{"error":"Invalid JSON"}"#),
      ([token, session], #"{"result": 1}"#, 400, #"{"error":"Missing resumeToken"}"#),
      ([token, session], #"{"resumeToken": 5}"#, 400, #"{"error":"Missing resumeToken"}"#),
      ([token, session], #"{"resumeToken": "strange"}"#, 404, #"{"error":"Unknown resumeToken"}"#),
      ([token, session], #"{"resumeToken": "done"}"#, 409, #"{"error":"Operation already completed"}"#),
      ([token, session], #"{"resumeToken": "broken"}"#, 500, #"{"error":"cannot keep the answer: the disk is full"}"#),
      // Nothing of the body is looked at before the token.
      ([], "no JSON", 401, #"{"error":"Unauthorized"}"#), ([session], #"{"resumeToken": "waiting"}"#, 401, #"{"error":"Unauthorized"}"#),
      (["X-Evolve-Token: wrong", session], "no JSON", 401, #"{"error":"Unauthorized"}"#),
      ([token, "X-Evolve-Session: session of two"], "no JSON", 401, #"{"error":"Unauthorized session"}"#),
      ([token], #"{"resumeToken": "waiting"}"#, 401, #"{"error":"Unauthorized session"}"#),
      ([token], #"{"resumeToken": "waiting", "session": "session of two"}"#, 401, #"{"error":"Unauthorized session"}"#),
      // The secret of one operation.
      (["Authorization: Bearer the secret of 5"], #"{"result": 1}"#, 200, #"{"ok":true,"operationId":5}"#),
      (["Authorization: Bearer the secret of 5"], "no JSON", 400, #"{"error":"Invalid JSON"}"#),
      (["Authorization: Bearer the secret of 6"], #"{"result": 1}"#, 401, #"{"error":"Unauthorized"}"#),
    ] as [([String], String, Int, String)]) func posted(headers: [String], body: String, status: Int, answer: String) async throws
  {
    try await DoorHarness.with { harness in
      let client = try DoorClient(harness.port)
      try client.ask("POST /submit HTTP/1.1", headers + ["Content-Length: \(body.utf8.count)"], body: body)
      #expect(try client.readAnswer() == (status, answer))
    }
  }

  @Test func theSessionInTheQueryButNotTheToken() async throws {
    try await DoorHarness.with { harness in
      let client = try DoorClient(harness.port)
      let body = #"{"resumeToken": "waiting", "result": 1}"#
      try client.ask("POST /submit?session=session+of+one HTTP/1.1", [Self.token, "Content-Length: \(body.utf8.count)"], body: body)
      #expect(try client.readAnswer().status == 200)
      try client.ask("POST /submit?token=token+of+one&session=session+of+one HTTP/1.1", ["Content-Length: \(body.utf8.count)"], body: body)
      #expect(try client.readAnswer().status == 401)
    }
  }

  @Test(arguments: ["GET /submit", "PUT /submit", "POST /", "POST /submit/", "POST /Submit", "GET /"]) func nothingElseIsThere(line: String)
    async throws
  {
    try await DoorHarness.with { harness in
      let client = try DoorClient(harness.port)
      try client.ask("\(line) HTTP/1.1", [Self.token, Self.session, "Content-Length: 0"])
      #expect(try client.readAnswer() == (404, #"{"error":"Not found"}"#))
    }
  }

  @Test func postedTooOften() async throws {
    try await DoorHarness.with {
      $0.requestsPerSecond = 1
    } _: { harness in
      let client = try DoorClient(harness.port)
      let body = #"{"resumeToken": "waiting", "result": 1}"#
      var statuses: Set<Int> = []
      for _ in 0..<20 {
        try client.ask("POST /submit HTTP/1.1", [Self.token, Self.session, "Content-Length: \(body.utf8.count)"], body: body)
        statuses.insert(try client.readAnswer().status)
      }
      #expect(statuses == [200, 429])
    }
  }

  @Test func pagesMayNotPost() async throws {
    try await DoorHarness.with { harness in
      let client = try DoorClient(harness.port)
      try client.ask("POST /submit HTTP/1.1", [Self.token, Self.session, "Origin: http://evil.example", "Content-Length: 2"], body: "{}")
      #expect(try client.readAnswer().status == 403)
    }
  }
}
