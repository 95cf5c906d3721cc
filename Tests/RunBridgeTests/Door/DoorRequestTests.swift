// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import RunBridge

@Suite(.timeLimit(.minutes(5)), .onDoorThread) struct DoorRequestTests {
  private func failure(_ id: JSONValue, _ reason: String) -> JSONValue { ["id": id, "success": false, "error": .string(reason)] }

  @Test func eachIsAnswered() async throws {
    try await DoorHarness.with { harness in
      let client = try harness.client()
      try client.command(1, "echo", [1, "two"])
      #expect(try client.hear() == ["id": 1, "success": true, "result": ["result": [1, "two"]]])
      try client.command(2, "nothing")
      #expect(try client.hear() == ["id": 2, "success": true, "result": [:]])
      try client.command(3, "list")
      #expect(try client.hear() == ["id": 3, "success": true, "result": ["result": [1, 2]]])
      try client.command(4, "fail")
      #expect(try client.hear() == failure(4, "it cannot be done"))
      try client.command(5, "throw")
      #expect(try client.hear() == failure(5, "cannot do it: it is broken"))
      try client.say(["id": "six", "type": "who/knows"])
      #expect(try client.hear() == failure("six", "Unknown request type: who/knows"))
      #expect(harness.counter("answered") == 3)
      #expect(harness.counter("failed") == 3)
    }
  }

  @Test(
    arguments: [
      (
        #"{"id": 1, "type": "vscode/chat", "params": {"message": NaN}}"#, 1,
        "Invalid JSON: NaN and Infinity cannot be sent; send null or a text instead"
      ),
      (#"{"id": 2, "type": "vscode/chat", "params": "#, 2, "Invalid JSON: a bracket, comma, colon or quote is missing or misplaced"),
      ("[]", nil, "Invalid request: a message is a JSON object"),
      ("{}", nil, "Invalid request: 'id' is missing, or neither a number nor a text"),
      (#"{"id": 3}"#, 3, "Invalid request: 'type' is missing, or no text"),
    ] as [(String, JSONValue, String)]) func whatIsNotUnderstood(text: String, id: JSONValue, reason: String) async throws
  {
    try await DoorHarness.with { harness in
      let client = try harness.client()
      try client.say(text)
      #expect(try client.hear() == failure(id, reason))
      try client.command(9, "echo")
      #expect(try client.hear()["id"] == 9)
      #expect(harness.counter("refused") == 1)
    }
  }

  @Test func eventsAreNotAnswered() async throws {
    try await DoorHarness.with { harness in
      let client = try harness.client()
      try client.say(#"{"type": "dapEvent", "event": "stopped", "body": {}}"#)
      try client.say(#"{"type": "dapEvent", "event": "asyncOperationUpdated", "body": {"operationId": 4, "status": "completed"}}"#)
      try client.command(1, "echo")
      #expect(try client.hear()["id"] == 1)
      #expect(await harness.operations.notes.next() == "updated 4 completed")
      #expect(harness.counter("ignored") == 1)
    }
  }

  @Test func sameIdsOfSeveralConnections() async throws {
    try await DoorHarness.with { harness in
      let clients = try (0..<4).map { try harness.client($0 % 2 == 0 ? "one" : "two") }
      for (number, client) in clients.enumerated() { try client.command(7, "echo", [.integer(Int64(number))]) }
      for (number, client) in clients.enumerated().reversed() {
        #expect(try client.hear() == ["id": 7, "success": true, "result": ["result": [.integer(Int64(number))]]])
      }
    }
  }

  @Test func aSlowOneHoldsUpNobody() async throws {
    try await DoorHarness.with { harness in
      let client = try harness.client()
      try client.command(1, "never")
      try client.command(2, "stubborn")
      for _ in 0..<2 { #expect(await harness.answering.notes.next()?.hasSuffix(" begins") == true) }
      for id in 3..<20 { try client.command(id, "echo") }
      #expect(Set(try (3..<20).map { _ in try client.hear()["id"]?.intValue }) == Set(3..<20))
      #expect(harness.door.status["open_requests"] == 2)
      harness.answering.release()
      #expect(try client.hear()["id"] == 2)
    }
  }

  @Test func theTimeOfACaller() async throws {
    try await DoorHarness.with { harness in
      let client = try harness.client()
      try client.command(1, "never", [], ["timeout": 600.0])
      #expect(try client.hear() == failure(1, "Command timeout"))
      #expect(await harness.answering.notes.next() == "command begins")
      #expect(await harness.answering.notes.next() == "command cancelled")
      try client.command(2, "never", [], ["timeout": 0])
      #expect(try client.hear() == failure(2, "Command timeout"))
      try client.say(["id": 3, "type": "vscode/chat", "params": ["message": "never", "timeout": 700]])
      #expect(try client.hear() == failure(3, "'vscode/chat' was not answered within 0.7 s"))
      // Whoever answers later is not heard any more.
      try client.command(4, "stubborn", [], ["timeout": 500])
      #expect(try client.hear() == failure(4, "Command timeout"))
      while await harness.answering.notes.next() != "stubborn begins" {}
      harness.answering.release()
      try client.command(5, "echo")
      #expect(try client.hear()["id"] == 5)
      #expect(harness.counter("timed_out") == 4)
      #expect(harness.door.status["open_requests"] == 0)
    }
  }

  @Test func cancelled() async throws {
    try await DoorHarness.with { harness in
      let client = try harness.client()
      try client.command(1, "never")
      #expect(await harness.answering.notes.next() == "command begins")
      try client.say(["type": "cancel", "id": 2])
      try client.say(["type": "cancel", "id": 1])
      #expect(try client.hear() == failure(1, "cancelled"))
      #expect(await harness.answering.notes.next() == "command cancelled")
      try client.say(["type": "cancel", "id": 1])
      try client.command(3, "echo")
      #expect(try client.hear()["id"] == 3)
      #expect(harness.counter("cancelled") == 1)
    }
  }

  @Test func partsOnlyForThoseWhoAsk() async throws {
    try await DoorHarness.with { harness in
      let client = try harness.client()
      try client.say(["id": 1, "type": "vscode/chat", "params": ["message": "x", "stream": true]])
      #expect(try client.hear() == ["type": "part", "id": 1, "part": ["delta": "a"]])
      #expect(try client.hear() == ["type": "part", "id": 1, "part": ["delta": "b"]])
      #expect(try client.hear()["result"]?["response"] == "echo: x")
      try client.say(["id": 2, "type": "vscode/chat", "params": ["message": "y"]])
      #expect(try client.hear()["result"]?["response"] == "echo: y")
    }
  }

  /// Whoever answers decides by it, and keeps an account of what was refused.
  @Test func whoeverAnswersKnowsWhoAsks() async throws {
    try await DoorHarness.with { harness in
      harness.runs.add("narrow", RunScopes(requests: ["vscode/show*"], commands: []))
      let client = try harness.client("narrow")
      try client.command(1, "who")
      let answer = try client.hear()
      let number = JSONValue.integer(Int64(harness.onlyConnection))
      #expect(answer["result"] == ["run": "narrow", "name": "run narrow", "connection": number, "chat": false])
    }
  }

  // MARK: - Limits

  @Test func tooManyOpen() async throws {
    try await DoorHarness.with {
      $0.openRequests = 2
    } _: { harness in
      let client = try harness.client()
      for id in 1...2 { try client.command(id, "never") }
      try client.command(3, "echo")
      #expect(try client.hear() == failure(3, "2 requests of this connection are open already; wait for their answers first"))
      let other = try harness.client()
      try other.command(3, "echo")
      #expect(try other.hear()["success"] == true)
    }
  }

  @Test func tooOften() async throws {
    try await DoorHarness.with {
      $0.requestsPerSecond = 1
    } _: { harness in
      let client = try harness.client()
      for id in 1...50 { try client.command(id, "echo") }
      // Each is answered: most are refused.
      let answers = try (1...50).map { _ in try client.hear() }
      #expect(Set(answers.compactMap { $0["id"]?.intValue }) == Set(1...50))
      let refused = answers.filter { $0["success"] == false }
      #expect(refused.count >= 40)
      #expect(
        refused.first?["error"] == "this run sends more than 1 requests a second; send fewer, or raise 'requestsPerSecond' of the bridge")
      let other = try harness.client("two")
      try other.command(1, "echo")
      #expect(try other.hear()["success"] == true)
    }
  }

  @Test func aMessageThatIsTooLongAndShowsNoID() async throws {
    try await DoorHarness.with {
      $0.messageBytes = 10_000
    } _: { harness in
      let client = try harness.client()
      try client.command(1, "never")
      #expect(await harness.answering.notes.next() == "command begins")
      try client.say(#"{"params": {"command": "\#(String(repeating: "x", count: 20_000))"}, "id": 2, "type": "vscode/executeCommand"}"#)
      #expect(try client.hear()["id"] == 1)
      // Its id stands behind the text: the beginning does not show it.
      #expect(client.end() == .reset)
    }
  }

  @Test func aMessageThatIsMuchTooLong() async throws {
    try await DoorHarness.with {
      $0.messageBytes = 100
    } _: { harness in
      let client = try harness.client()
      try client.send(Array(DoorClient.frame(0x81, [UInt8](repeating: 32, count: 2_000)).prefix(20)))
      #expect(client.end() == .reset)
      // In pieces, where no length tells it before.
      let other = try harness.client()
      for first in [0x01, 0x00, 0x00] as [UInt8] { try other.send(DoorClient.frame(first, [UInt8](repeating: 32, count: 40))) }
      #expect(other.end() == .reset)
    }
  }

  @Test func tooMuchOpen() async throws {
    try await DoorHarness.with {
      $0.waitingBytes = 100_000
    } _: { harness in
      let client = try harness.client()
      try client.command(1, "never", [.string(String(repeating: "x", count: 60_000))])
      try client.command(2, "never", [.string(String(repeating: "x", count: 60_000))])
      #expect(
        try client.hear()
          == failure(2, "the requests of this connection that are open already are nearly 100000 bytes long; wait for their answers first"))
      try client.say(["type": "cancel", "id": 1])
      #expect(try client.hear()["id"] == 1)
      try client.command(3, "echo", [.string(String(repeating: "x", count: 60_000))])
      #expect(try client.hear()["success"] == true)
    }
  }

  @Test func sameIdsOnOneConnectionAreEachAnswered() async throws {
    try await DoorHarness.with { harness in
      let client = try harness.client()
      try client.command(1, "stubborn")
      #expect(await harness.answering.notes.next() == "stubborn begins")
      try client.command(1, "echo")
      #expect(try client.hear()["id"] == 1)
      harness.answering.release()
      #expect(try client.hear()["id"] == 1)
    }
  }

  @Test func aMessageThatIsTooLong() async throws {
    try await DoorHarness.with {
      $0.messageBytes = 10_000
    } _: { harness in
      let client = try harness.client()
      try client.say(#"{"id": 2, "type": "vscode/executeCommand", "params": {"command": "\#(String(repeating: "x", count: 20_000))"}}"#)
      #expect(
        try client.hear()
          == failure(2, "the request is 20069 bytes long, and the limit is 10000; send less, or raise 'messageBytes' of the bridge"))
      try client.command(3, "big", [20_000])
      #expect(
        try client.hear()
          == failure(3, "the answer is 20046 bytes long, and the limit is 10000; ask for less, or raise 'messageBytes' of the bridge"))
      try client.command(4, "echo")
      #expect(try client.hear()["success"] == true)
    }
  }

  @Test func longMessagesBothWays() async throws {
    try await DoorHarness.with { harness in
      let client = try harness.client()
      let text = String(repeating: "z", count: 8 << 20)
      try client.command(1, "echo", [.string(text)])
      // What is behind a long one is read behind it.
      try client.say(["type": "cancel", "id": 1])
      try client.command(2, "echo")
      var answers: [JSONValue] = []
      for _ in 0..<2 { answers.append(try client.hear()) }
      #expect(Set(answers.compactMap { $0["id"]?.intValue }) == [1, 2])
      try client.command(3, "echo", [.string(text)])
      #expect(try client.hear()["result"]?["result"]?[0]?.stringValue?.utf8.count == 8 << 20)
    }
  }

  @Test func whoNeverReadsIsReset() async throws {
    try await DoorHarness.with {
      $0.waitingBytes = 9 << 20
    } _: { harness in
      let client = try DoorClient.webSocket(harness.port, "one", receiveBuffer: 4_096)
      for id in 1...40 { try client.command(id, "big", [1_048_576]) }
      #expect(await harness.runs.notes.next() == "connected one")
      #expect(await harness.runs.notes.next() == "disconnected one")
      #expect(harness.counter("overrun") >= 1)
      let other = try harness.client()
      try other.command(1, "echo")
      #expect(try other.hear()["success"] == true)
      withExtendedLifetime(client) {}
    }
  }

  @Test func whoTakesNothingIsReset() async throws {
    try await DoorHarness.with {
      $0.sendSeconds = 0.2
    } _: { harness in
      let client = try DoorClient.webSocket(harness.port, "one", receiveBuffer: 4_096)
      try client.command(1, "big", [12_582_912])
      #expect(await harness.runs.notes.next() == "connected one")
      #expect(await harness.runs.notes.next() == "disconnected one")
      #expect(throws: DoorClient.Failure.reset) { _ = try client.hear() }
    }
  }

  // MARK: - Frames

  @Test(
    arguments: [
      ([0x81, 0x02, 0x7b, 0x7d], 1_002), (DoorClient.frame(0xc1, [1]), 1_002), (DoorClient.frame(0x91, [1]), 1_002),
      (DoorClient.frame(0x83, [1]), 1_002), (DoorClient.frame(0x80, [1]), 1_002), (DoorClient.frame(0x81, [0xff]), 1_007),
    ] as [([UInt8], Int)]) func framesThatAreNone(bytes: [UInt8], code: Int) async throws
  {
    try await DoorHarness.with { harness in
      let client = try harness.client()
      try client.command(1, "echo")
      #expect(try client.hear()["id"] == 1)
      try client.send(bytes)
      #expect(try client.readGoodbye() == code)
      #expect(client.end() == .ended)
    }
  }

  @Test func messagesInPieces() async throws {
    try await DoorHarness.with { harness in
      let client = try harness.client()
      let text = Array(#"{"id": 1, "type": "vscode/executeCommand", "params": {"command": "echo"}}"#.utf8)
      try client.send(DoorClient.frame(0x01, Array(text[..<10])))
      try client.send(DoorClient.frame(0x89, [1]))
      #expect(try client.readFrame() == (0x8a, [1]))
      try client.send(DoorClient.frame(0x00, Array(text[10..<20])))
      try client.send(DoorClient.frame(0x80, Array(text[20...])))
      #expect(try client.hear()["id"] == 1)
      // As bytes.
      try client.send(DoorClient.frame(0x82, text))
      #expect(try client.hear()["id"] == 1)
    }
  }

  @Test func aMessageThatNeverEndsIsReset() async throws {
    try await DoorHarness.with {
      $0.messageSeconds = 0.2
    } _: { harness in
      let client = try harness.client()
      try client.command(1, "never")
      #expect(await harness.answering.notes.next() == "command begins")
      try client.send(Array(DoorClient.frame(0x81, [1, 2, 3]).dropLast()))
      #expect(client.end() == .reset)
      #expect(await harness.answering.notes.next() == "command cancelled")
    }
  }

  @Test func nothingIsSaidBeforeTheFirstMessage() async throws {
    try await DoorHarness.with { harness in
      let client = try harness.client()
      #expect(await harness.runs.notes.next() == "connected one")
      #expect(harness.door.submit(OperationSubmit(operation: 1, resumeToken: "t", result: 1, error: nil), to: harness.onlyConnection))
      // Only the answer to a ping comes.
      try client.send(DoorClient.frame(0x89, []))
      #expect(try client.readFrame() == (0x8a, []))
      try client.command(1, "echo")
      #expect(try client.hear()["event"] == "asyncOperationSubmit")
      #expect(try client.hear()["id"] == 1)
    }
  }
}
