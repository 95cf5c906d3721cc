// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import RunBridge

@Suite(.timeLimit(.minutes(5)), .onDoorThread) struct DoorHandshakeTests {
  private static let right = "/?token=token+of+one&session=session+of+one"

  private func status(_ harness: DoorHarness, _ target: String, _ headers: [String] = []) throws -> Int {
    let client = try DoorClient(harness.port)
    try client.ask("GET \(target) HTTP/1.1", headers + DoorClient.upgrade)
    let head = try client.readHead()
    return Int(head.split(separator: " ")[1]) ?? 0
  }

  @Test func theAnswerIsSpelledForThoseWhoSearchIt() async throws {
    try await DoorHarness.with { harness in
      let client = try DoorClient(harness.port)
      try client.ask("GET \(Self.right) HTTP/1.1", DoorClient.upgrade)
      let head = try client.readHead()
      #expect(head.hasPrefix("HTTP/1.1 101 "))
      #expect(head.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
      #expect(!client.hasUnread)
      #expect(await harness.runs.notes.next() == "connected one")
    }
  }

  @Test(
    arguments: [
      ("/", []), ("/?token=token+of+one", []), ("/?session=session+of+one", []), ("/?token=&session=session+of+one", []),
      ("/?token=token+of+one&session=", []), ("/?token=token+of+one&session=session+of+two", []),
      ("/?token=token+of+three&session=session+of+three", []), ("/?token=TOKEN+OF+ONE&session=session+of+one", []),
      ("/?token=token+of+one%00&session=session+of+one", []), ("/?token=%ff&session=session+of+one", []),
      ("/?session=session+of+one", ["Authorization: Basic token of one"]), ("/?session=session+of+one", ["Authorization: Bearer"]),
      ("/?session=session+of+one", ["Authorization: Bearer token of two"]), ("/", ["Cookie: token=token of one; session=session of one"]),
    ] as [(String, [String])]) func withoutARightTokenNobodyComesIn(target: String, headers: [String]) async throws
  {
    try await DoorHarness.with { harness in
      let client = try DoorClient(harness.port)
      try client.ask("GET \(target) HTTP/1.1", headers + DoorClient.upgrade)
      let answer = try client.readAnswer()
      #expect(answer == (401, "Unauthorized\n"))
      #expect(harness.counter("unauthorized") == 1)
      #expect(harness.counter("connections") == 0)
    }
  }

  @Test(arguments: [
    ["Authorization: Bearer token of one", "X-Evolve-Session: session of one"],
    ["authorization: bearer  token of one", "X-Evolve-Run-Bridge-Session: session of one"],
    ["X-Evolve-Token: token of one", "X-Evolve-Session: session of one"],
    ["X-Evolve-Run-Bridge-Token: token of one", "X-Evolve-Run-Bridge-Session: session of one"],
  ]) func tokensInHeaders(headers: [String]) async throws {
    try await DoorHarness.with { harness in
      let status1 = try status(harness, "/any/path", headers)
      #expect(status1 == 101)
    }
  }

  @Test func aTokenThatWasRevoked() async throws {
    try await DoorHarness.with { harness in
      let status2 = try status(harness, Self.right)
      #expect(status2 == 101)
      harness.runs.revoke("one")
      let status3 = try status(harness, Self.right)
      #expect(status3 == 401)
      let status4 = try status(harness, "/?token=token+of+two&session=session+of+two")
      #expect(status4 == 101)
    }
  }

  @Test(arguments: [
    "Origin: http://evil.example", "Origin: null", "Origin: http://127.0.0.1", "Host: evil.example", "Host: evil.example:80",
    "Host: 127.0.0.1:1", "Host: 127.0.0.1",
  ])
  func pagesAndForeignNamesAreRefused(header: String) async throws {
    try await DoorHarness.with { harness in
      let status5 = try status(harness, Self.right, [header])
      #expect(status5 == 403)
      let status6 = try status(harness, Self.right, ["Host: localhost:\(harness.port)"])
      #expect(status6 == 101)
    }
  }

  @Test func oneTooMany() async throws {
    try await DoorHarness.with {
      $0.connections = 2
    } _: { harness in
      let inside = [try harness.client(), try harness.client("two")]
      let client = try DoorClient(harness.port)
      try client.ask("GET \(Self.right) HTTP/1.1", DoorClient.upgrade)
      #expect(try client.readAnswer().status == 503)
      for client in inside {
        try client.command(1, "echo")
        #expect(try client.hear()["success"] == true)
      }
    }
  }

  @Test func aHandshakeThatNeverEnds() async throws {
    try await DoorHarness.with {
      $0.handshakeSeconds = 1
    } _: { harness in
      let slow = try DoorClient(harness.port)
      try slow.send(Array("GET /?token=token+of+one".utf8))
      let silent = try DoorClient(harness.port)
      #expect(try slow.readAnswer().status == 408)
      #expect(silent.end() == .ended)
      let other = try harness.client()
      try other.command(1, "echo")
      #expect(try other.hear()["success"] == true)
    }
  }

  @Test func aPortThatIsTaken() async throws {
    try await DoorHarness.with { harness in
      var settings = DoorSettings()
      settings.port = harness.port
      let second = BridgeDoor(settings: settings)
      second.join(
        DoorPartners(authority: harness.runs, answering: harness.answering, operations: harness.operations, submits: ListedSubmits()))
      let error = await #expect(throws: (any Error).self) { try await second.start() }
      #expect(
        error.map { "\($0)" }
          == "cannot open the bridge for scripts: cannot serve on port \(harness.port): Address already in use; choose another port, or 0 for any that is free"
      )
      #expect(second.port == nil)
      await second.stop()
    }
  }

  @Test func openedAndClosedAsOftenAsNeeded() async throws {
    let harness = try await DoorHarness()
    #expect(harness.door.port == harness.port)
    #expect(try await harness.door.start() == harness.port)
    await harness.door.stop()
    #expect(harness.door.port == nil)
    #expect(harness.door.status["port"] == .null)
    await harness.door.stop()
    async let again = harness.door.start()
    async let stopped: Void = harness.door.stop()
    _ = try await again
    await stopped
    let port = try await harness.door.start()
    let client = try DoorClient.webSocket(port, "one")
    try client.command(1, "echo")
    #expect(try client.hear()["id"] == 1)
    await harness.door.stop()
  }
}
