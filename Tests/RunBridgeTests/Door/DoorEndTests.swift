// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing
import WebSockets

@testable import RunBridge

@Suite(.timeLimit(.minutes(5)), .onDoorThread) struct DoorEndTests {
  private func failure(_ id: JSONValue, _ reason: String) -> JSONValue { ["id": id, "success": false, "error": .string(reason)] }

  @Test func everythingIsAnsweredBeforeTheStop() async throws {
    let harness = try await DoorHarness()
    let client = try harness.client()
    try client.announce(4)
    try client.command(1, "never")
    try client.command(2, "stubborn")
    for _ in 0..<2 { _ = await harness.answering.notes.next() }
    let idle = try harness.client("two")
    try idle.command(1, "echo")
    #expect(try idle.hear()["id"] == 1)
    let connections = harness.door.status["connections"]?.arrayValue ?? []
    let number = try #require(connections.first { $0["run"] == "one" }?["connection"]?.intValue)
    let submit = OperationSubmit(operation: 4, resumeToken: "t", result: .null, error: "host is shutting down")
    await harness.door.stop(submits: [UInt(number): [submit]])
    #expect(try client.hear() == failure(1, "host is shutting down"))
    #expect(try client.hear() == failure(2, "host is shutting down"))
    #expect(try client.hear()["body"]?["error"] == "host is shutting down")
    #expect(client.end() == .reset)
    #expect(idle.end() == .reset)
    #expect(harness.counter("cancelled") == 2)
    #expect(throws: DoorClient.Failure.system(111)) { try harness.client() }
    harness.answering.release()
  }

  @Test func evenALongAnswerIsTakenBeforeTheReset() async throws {
    let harness = try await DoorHarness()
    let client = try harness.client()
    try client.command(1, "big", [8_388_608])
    try client.command(2, "never")
    #expect(await harness.answering.notes.next() == "command begins")
    // It may wait in the door, in the system, or be here: whatever is the case, it comes whole.
    let stopping = Task { await harness.door.stop() }
    var ids: Set<Int> = []
    for _ in 0..<2 { ids.insert(try client.hear()["id"]?.intValue ?? 0) }
    #expect(ids == [1, 2])
    #expect(client.end() == .reset)
    await stopping.value
  }

  @Test func theEndOfARun() async throws {
    try await DoorHarness.with { harness in
      let clients = [try harness.client(), try harness.client()]
      let other = try harness.client("two")
      for client in clients { try client.command(1, "never") }
      for _ in clients { #expect(await harness.answering.notes.next() == "command begins") }
      harness.door.abort(run: "one", reason: "the run is over")
      for client in clients {
        #expect(try client.hear() == failure(1, "the run is over"))
        #expect(client.end() == .reset)
      }
      try other.command(1, "echo")
      #expect(try other.hear()["success"] == true)
    }
  }

  @Test func whoGoesIsNotAnsweredAndNotForgotten() async throws {
    try await DoorHarness.with { harness in
      var client: DoorClient? = try harness.client()
      try client?.command(1, "never")
      #expect(await harness.answering.notes.next() == "command begins")
      #expect(await harness.runs.notes.next() == "connected one")
      client = nil
      #expect(await harness.answering.notes.next() == "command cancelled")
      #expect(await harness.operations.notes.next() == "disconnected one")
      #expect(await harness.runs.notes.next() == "disconnected one")
      #expect(harness.door.status["connections"] == [])
      #expect(harness.door.status["open_requests"] == 0)
    }
  }

  // MARK: - The next host

  @Test func theNextDoorGoesOn() async throws {
    let first = try await DoorHarness()
    let client = try first.client()
    try client.command(1, "never")
    #expect(await first.answering.notes.next() == "command begins")
    let silent = try first.client("two")
    let over = try first.client()
    try over.command(1, "echo")
    #expect(try over.hear()["id"] == 1)
    // The beginning of a frame's header goes with it.
    let next = DoorClient.frame(
      0x81,
      Array(
        #"{"id": 2, "type": "vscode/executeCommand", "params": {"command": "echo", "args": ["\#(String(repeating: "x", count: 200))"]}}"#
          .utf8))
    try client.send(Array(next.prefix(3)))
    while first.door.status["connections"]?.arrayValue?.count != 3 { _ = await first.runs.notes.next() }
    let numbers = first.door.status["connections"]?.arrayValue?.map { $0["connection"]?.intValue }
    var estate = try #require(await first.door.detachAll())
    #expect(try client.hear() == failure(1, "host is restarting; ask again"))
    #expect(estate.connections.count == 3)
    #expect(first.door.port == nil)
    // Nobody was told of an end.
    #expect(first.operations.notes.isEmpty)
    // The third one's run is over meanwhile.
    estate.connections.sort { $0.number < $1.number }
    let last = estate.connections.removeLast()
    last.detached.abort()
    #expect(over.end() == .reset)
    // Who comes in between waits.
    let early = try DoorClient(first.port)
    try early.ask("GET /?token=token+of+two&session=session+of+two HTTP/1.1", DoorClient.upgrade)
    let second = try await DoorHarness(adopting: estate)
    #expect(second.port == first.port)
    try client.send(Array(next.dropFirst(3)))
    #expect(try client.hear()["id"] == 2)
    #expect(try early.readHead().hasPrefix("HTTP/1.1 101 "))
    let kept = second.door.status["connections"]?.arrayValue?.map { $0["connection"]?.intValue } ?? []
    #expect(Array(kept.prefix(2)) == Array(numbers?.prefix(2) ?? []))
    // One who has said nothing yet is still told nothing.
    #expect(
      second.door.submit(
        OperationSubmit(operation: 1, resumeToken: nil, result: 1, error: nil), to: UInt((kept.dropFirst().first ?? 0) ?? 0)))
    try silent.command(5, "echo")
    #expect(try silent.hear()["event"] == "asyncOperationSubmit")
    #expect(try silent.hear()["id"] == 5)
    await second.door.stop()
    #expect(client.end() == .reset)
  }

  @Test func aRunThatIsOverIsNotTakenOver() async throws {
    let first = try await DoorHarness()
    let client = try first.client()
    try client.command(1, "echo")
    #expect(try client.hear()["id"] == 1)
    let estate = try #require(await first.door.detachAll())
    let second = BridgeDoor()
    let runs = ListedRuns()
    runs.revoke("one")
    second.join(DoorPartners(authority: runs, answering: ScriptedAnswering(), operations: NotedOperations(), submits: ListedSubmits()))
    #expect(try await second.adopt(estate) == first.port)
    #expect(client.end() == .reset)
    await second.stop()
  }

  @Test func anEstateThatNobodyTakes() async throws {
    let first = try await DoorHarness()
    let client = try first.client()
    try client.command(1, "echo")
    #expect(try client.hear()["id"] == 1)
    let estate = try #require(await first.door.detachAll())
    estate.close()
    #expect(client.end() == .reset)
    #expect(throws: DoorClient.Failure.system(111)) { try first.client() }
    #expect(await first.door.detachAll() == nil)
  }

  @Test func messagesThatCameMeanwhileGoFirst() async throws {
    let first = try await DoorHarness()
    let client = try first.client()
    try client.command(1, "echo")
    #expect(try client.hear()["id"] == 1)
    let estate = try #require(await first.door.detachAll())
    let messages = (2...4).map { id in
      JSONValue.object(["id": .integer(id), "type": "vscode/executeCommand", "params": ["command": "echo", "timeout": 20_000]]).bytes()
    }
    let connections = estate.connections.map {
      DoorEstate.Connection(
        descriptor: $0.descriptor, unread: $0.unread, messages: messages, run: $0.run, number: $0.number, hasSpoken: true)
    }
    let second = try await DoorHarness(
      adopting: DoorEstate(listener: estate.listener, connections: connections, lastNumber: estate.lastNumber))
    #expect(Set(try (2...4).map { _ in try client.hear()["id"]?.intValue }) == [2, 3, 4])
    await second.door.stop()
  }
}
