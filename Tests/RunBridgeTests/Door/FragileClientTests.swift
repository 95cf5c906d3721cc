// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import RunBridge

/// The reader that scripts have, in processes of their own, against the real door.
@Suite(.timeLimit(.minutes(10)), .onDoorThread) struct FragileClientTests {
  @Test func everyRequest() async throws {
    try await DoorHarness.with { harness in
      let script = try DoorScript("everything", port: harness.port)
      let expected = [
        "null", #""echo: gr\u00fc\u00dfe \ud83d\udeb2""#, #""echo: half \ufffd pair""#, #"[1, "two", [3]]"#, "null", "[1, 2]",
        #""RuntimeError: VSCode request failed: it cannot be done""#,
        #""RuntimeError: VSCode request failed: Invalid JSON: NaN and Infinity cannot be sent; send null or a text instead""#,
        #"[{"content": "hi", "role": "user", "timestamp": 1}]"#,
        #""RuntimeError: VSCode request failed: Unknown request type: vscode/unheardOf""#,
        #""RuntimeError: VSCode request failed: Invalid request: 'type' is missing, or no text""#,
      ]
      for line in expected { #expect(try script.line() == line) }
      #expect(script.status() == 0)
    }
  }

  @Test func longMessages() async throws {
    try await DoorHarness.with { harness in
      let script = try DoorScript("big", port: harness.port)
      #expect(try script.line() == "\((8 << 20) + "echo: ".count)")
      #expect(try script.line() == "\(8 << 20)")
      #expect(try script.line() == #"["still in step"]"#)
      #expect(script.status() == 0)
    }
  }

  @Test func timeouts() async throws {
    try await DoorHarness.with { harness in
      let script = try DoorScript("timeouts", port: harness.port)
      #expect(try script.line() == #""RuntimeError: VSCode request failed: Command timeout""#)
      #expect(try script.line() == #""RuntimeError: VSCode request failed: Command timeout""#)
      #expect(try script.line() == #""RuntimeError: VSCode request failed: 'vscode/chat' was not answered within 1.0 s""#)
      #expect(try script.line() == #"["after"]"#)
    }
  }

  @Test func aSubmitIsNotLostBehindARequest() async throws {
    try await DoorHarness.with { harness in
      let door = harness.door
      harness.answering.onSubmit { connection, arguments in
        let submit = OperationSubmit(operation: arguments[0] ?? .null, resumeToken: "evo_async_1", result: ["name": "Ada"], error: nil)
        // While the script waits for the answer of its request: its reader would throw this away.
        _ = door.submit(submit, to: connection)
      }
      let script = try DoorScript("submit", port: harness.port)
      #expect(try script.line() == #""announced""#)
      #expect(try script.line() == "[1]")
      #expect(try script.line() == #"{"error": null, "operationId": 1, "result": {"name": "Ada"}, "resumeToken": "evo_async_1"}"#)
      #expect(await harness.operations.notes.next()?.hasPrefix("started 1 form ") == true)
    }
  }

  @Test func theHostGoes() async throws {
    let harness = try await DoorHarness()
    let script = try DoorScript("going_away", port: harness.port)
    #expect(try script.line() == #""announced""#)
    #expect(await harness.answering.notes.next() == "command begins")
    let submit = OperationSubmit(operation: 7, resumeToken: "evo_async_7", result: .null, error: "host is shutting down")
    await harness.door.stop(submits: [harness.onlyConnection: [submit]])
    #expect(try script.line() == #""RuntimeError: VSCode request failed: host is shutting down""#)
    #expect(
      try script.line() == #"{"error": "host is shutting down", "operationId": 7, "result": null, "resumeToken": "evo_async_7"}"#)
    // A clean error at once, instead of a wait until the deadline; the same answer, when it asks before it sees the reset.
    let last = try script.line()
    let errors = [#""ConnectionResetError: "#, #""BrokenPipeError: "#, #""RuntimeError: VSCode request failed: host is shutting down"#]
    #expect(errors.contains { last.hasPrefix($0) }, "\(last)")
    #expect(script.status() == 0)
  }

  @Test func aScriptThatIsKilled() async throws {
    try await DoorHarness.with { harness in
      let script = try DoorScript("open_call", port: harness.port)
      #expect(try script.line() == "null")
      #expect(await harness.answering.notes.next() == "command begins")
      script.kill()
      #expect(await harness.answering.notes.next() == "command cancelled")
      #expect(await harness.operations.notes.next() == "disconnected one")
      #expect(script.status() == 9)
    }
  }

  @Test func theHostIsReplaced() async throws {
    let first = try await DoorHarness()
    let script = try DoorScript("stays", port: first.port)
    #expect(try script.line() == #"["before"]"#)
    let estate = try #require(await first.door.detachAll())
    let second = try await DoorHarness(adopting: estate)
    try script.goOn()
    #expect(try script.line() == #"["after"]"#)
    await second.door.stop()
  }

  @Test func severalProcessesWithTheSameIds() async throws {
    try await DoorHarness.with { harness in
      let scripts = try (0..<4).map { _ in try DoorScript("many", port: harness.port) }
      for script in scripts { #expect(try script.line() == "24") }
      #expect(harness.counter("answered") == 96)
    }
  }

  @Test func aWrongToken() async throws {
    try await DoorHarness.with { harness in
      let script = try DoorScript("handshake", "handshake", port: harness.port, token: "wrong")
      for _ in 0..<2 { #expect(try script.line() == #""RuntimeError: Run bridge handshake failed""#) }
    }
  }
}
