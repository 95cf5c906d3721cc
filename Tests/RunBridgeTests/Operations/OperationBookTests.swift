// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import SQLite
import SmallDisk
import Synchronization
import Testing

@testable import RunBridge

/// Announcements as the field's client sends them, answers in all the ways there are, in a real database.
@Suite(.timeLimit(.minutes(2))) struct OperationBookTests {
  private static let operation = "op-1"

  // MARK: - Announcements

  @Test func whatIsAnnouncedTwiceIsListedOnce() async throws {
    let harness = try await BookHarness()
    for _ in 0..<2 { harness.book.started(.field("http_endpoint", ["url": "u", "method": "POST"]), by: .talking()) }
    for _ in 0..<2 { harness.book.started(.field("async_result", operation: 2), by: .talking()) }
    let found = try await harness.book.list(run: nil, states: [.waiting], limit: 10)
    let summary = try #require(found.first?.summary)
    #expect(found.count == 1)
    let expected: JSONValue = [
      "operation": "op-1", "run": "run-1", "run_name": "name of run-1", "type": "http_endpoint", "state": "waiting",
      "script_operation": "1",
      "announced": summary["announced"] ?? nil, "deadline": summary["deadline"] ?? nil, "name": "ask",
      "resume_token": "evo_async_1760000000000",
    ]
    #expect(summary == expected)
    let left = try #require(summary["deadline"]?.doubleValue) - StoreTime.now
    #expect(left > 100 && left < 300)
    #expect(found.first?.description["parameters"] == ["url": "u", "method": "POST"])
    #expect(harness.told == ["op-1 waiting"])
    await harness.stop()
  }

  @Test func theSameNamesOnTwoConnectionsAreTwo() async throws {
    let harness = try await BookHarness()
    harness.book.started(.field("http_endpoint"), by: .talking(connection: 1))
    harness.book.started(.field("http_endpoint"), by: .talking(connection: 2))
    _ = try await harness.book.submit("op-2", result: "two", error: nil, by: nil)
    #expect(try await harness.peers.sent().connection == 2)
    #expect(try await harness.pending() == ["op-1"])
    await harness.stop()
  }

  @Test func aNameThatIsUsedAgainIsAnotherOperation() async throws {
    let harness = try await BookHarness()
    harness.book.started(.field("http_endpoint", token: "a"), by: .talking())
    harness.book.started(.field("http_endpoint", token: "a2"), by: .talking())
    #expect(try await harness.pending() == ["op-1"], "while it waits, the name counts")
    _ = try await harness.book.submit("op-1", result: 1, error: nil, by: nil)
    harness.book.started(.field("http_endpoint", token: "b"), by: .talking())
    #expect(try await harness.pending() == ["op-2"])
    await harness.stop()
  }

  // MARK: - Answers

  @Test(arguments: [nil, true, -7, 1.5, "text", [1, [2]], ["_drop_moved_tokens": true, "deep": ["a": [nil]]]] as [JSONValue])
  func anyResultReachesTheConnectionThatAsked(result: JSONValue) async throws {
    let harness = try await BookHarness()
    harness.book.started(.field("form", ["formSpec": [:]], operation: 41), by: .talking(connection: 9))
    let ended = try await harness.book.submit(Self.operation, result: result, error: nil, by: "ada")
    #expect(ended.state == .delivered)
    let expected = OperationSubmit(operation: 41, resumeToken: "evo_async_1760000000000", result: result, error: nil)
    #expect(try await harness.peers.sent() == TalkPeers.Sent(submit: expected, connection: 9))
    let kept = try await harness.book.operation(Self.operation)
    #expect(kept.description["result"] == result && kept.state == .delivered && kept.by == "ada")
    #expect(harness.told == ["op-1 waiting", "op-1 delivered"])
    await #expect(throws: PluginFailure("cannot answer op-1: it is over (delivered by ada)", code: "operation_over", status: .gone)) {
      try await harness.book.submit(Self.operation, result: "again", error: nil, by: nil)
    }
    #expect(!harness.peers.hasSent)
    await harness.stop()
  }

  @Test func anErrorIsAnAnswerToo() async throws {
    let harness = try await BookHarness()
    harness.book.started(.field("form"), by: .talking())
    _ = try await harness.book.submit(Self.operation, result: nil, error: "no idea", by: nil)
    let sent = try await harness.peers.sent().submit
    #expect(sent.error == "no idea" && sent.result == .null)
    #expect(try await harness.book.operation(Self.operation).summary["error"] == "no idea")
    await harness.stop()
  }

  @Test func cancelledIsAnError() async throws {
    let harness = try await BookHarness()
    harness.book.started(.field("form"), by: .talking())
    #expect(try await harness.book.cancel("evo_async_1760000000000", by: "ada").state == .cancelled)
    #expect(try await harness.peers.sent().submit.error == "cancelled")
    #expect(try await harness.state("op-1") == .cancelled)
    await harness.stop()
  }

  @Test func onlyTheFirstAnswerCounts() async throws {
    let harness = try await BookHarness()
    harness.book.started(.field("form"), by: .talking())
    let book = harness.book
    let wins = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<50 {
        group.addTask { (try? await book.submit("op-1", result: .integer(Int64(number)), error: nil, by: nil)) != nil }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(wins == 1)
    _ = try await harness.peers.sent()
    #expect(!harness.peers.hasSent)
    await harness.stop()
  }

  @Test func namesThatSeveralHaveAreRefused() async throws {
    let harness = try await BookHarness()
    for connection in 1...2 as ClosedRange<UInt> { harness.book.started(.field("form"), by: .talking(connection: connection)) }
    await #expect(
      throws: PluginFailure(
        "2 operations are called '1' by their scripts: op-1, op-2; give one of these", code: "ambiguous", status: .invalid)
    ) { try await harness.book.cancel("1", by: nil) }
    await #expect(throws: PluginFailure("no operation '1'; see bridge.pending", code: "no_operation", status: .notFound)) {
      try await harness.book.cancel("1", run: "run-2", by: nil)
    }
    await #expect(throws: PluginFailure("no operation 'op-9'; see bridge.pending", code: "no_operation", status: .notFound)) {
      try await harness.book.operation("op-9")
    }
    await #expect(throws: PluginFailure.self) { try await harness.book.operation("op-") }
    await #expect(
      throws: PluginFailure("cannot submit both 'result' and 'error': give one of them", code: "bad_submit", status: .invalid)
    ) { try await harness.book.submit("op-1", result: 1, error: "e", by: nil) }
    await harness.stop()
  }

  // MARK: - Time

  @Test func whatTakesTooLongIsOver() async throws {
    let harness = try await BookHarness()
    harness.book.started(.field("form", operation: 1, token: "a", milliseconds: 600_000), by: .talking())
    harness.book.started(.field("form", operation: 3, token: "c", milliseconds: 200), by: .talking())
    harness.book.started(.field("form", operation: 2, token: "b", milliseconds: 1_500), by: .talking())
    for (operation, words) in [(3, "timed out after 0.2 s"), (2, "timed out after 1.5 s")] as [(JSONValue, String)] {
      let sent = try await harness.peers.sent().submit
      #expect(sent.operation == operation && sent.error == words && sent.result == .null)
    }
    try await harness.told("op-3 expired")
    #expect(try await harness.state("op-3") == .expired)
    #expect(try await harness.pending() == ["op-1"])
    await harness.stop()
  }

  @Test(arguments: [nil, 0] as [Double?]) func withoutATimeThereIsOneAnyway(milliseconds: Double?) async throws {
    let harness = try await BookHarness { $0.defaultTimeoutSeconds = 0.1 }
    harness.book.started(.field("form", milliseconds: milliseconds), by: .talking())
    #expect(try await harness.peers.sent().submit.error == "timed out after 0.1 s")
    await harness.stop()
    let patient = try await BookHarness { $0.defaultTimeoutSeconds = 0 }
    patient.book.started(.field("form", milliseconds: milliseconds), by: .talking())
    #expect(try await patient.book.operation("op-1").deadline == nil)
    await patient.stop()
  }

  // MARK: - Those who go

  @Test func whoGoesWaitsForNothing() async throws {
    let harness = try await BookHarness()
    harness.book.started(.field("form"), by: .talking(connection: 1))
    harness.book.started(.field("form"), by: .talking(connection: 2))
    harness.book.disconnected(.talking(connection: 1))
    #expect(try await harness.pending() == ["op-2"])
    let gone = try await harness.book.operation("op-1")
    #expect(gone.state == .failed && gone.error == "the script's connection closed before it was answered")
    #expect(!harness.peers.hasSent)
    harness.book.ended(run: "run-1")
    #expect(try await harness.book.operation("op-2").error == "the run ended before it was answered")
    await harness.stop()
  }

  @Test func anAnswerForWhoHasGoneIsOrphaned() async throws {
    let harness = try await BookHarness()
    harness.book.started(.field("form"), by: .talking())
    harness.peers.close(1)
    await #expect(throws: PluginFailure("cannot answer op-1: its script has gone", code: "orphaned", status: .gone)) {
      try await harness.book.submit("op-1", result: 1, error: nil, by: nil)
    }
    #expect(try await harness.state("op-1") == .orphaned)
    #expect(harness.told == ["op-1 waiting", "op-1 orphaned"])
    await harness.stop()
  }

  @Test func whatWasAnsweredIsNotListedAgain() async throws {
    let harness = try await BookHarness()
    harness.book.started(.field("form"), by: .talking())
    _ = try await harness.book.submit("op-1", result: ["a": 1], error: nil, by: nil)
    for _ in 0..<3 { harness.book.started(.field("form"), by: .talking()) }
    #expect(try await harness.pending() == [])
    harness.book.started(.field("form", run: "run-later"), by: .talking())
    #expect(try await harness.pending() == ["op-2"], "the script began to count anew")
    harness.book.disconnected(.talking())
    #expect(harness.book.state.withLock { $0.table.remembered } == 0)
    harness.book.started(.field("form"), by: .talking())
    #expect(try await harness.pending() == ["op-3"], "another connection under the old number")
    await harness.stop()
  }

  @Test(
    arguments: [
      ("completed", OperationState.delivered, nil), ("cancelled", .cancelled, "cancelled"), ("failed", .failed, "tired"),
      ("pending", .waiting, nil), ("nonsense", .waiting, nil),
    ] as [(String, OperationState, String?)]) func aScriptMayEndIt(status: String, state: OperationState, error: String?) async throws
  {
    let harness = try await BookHarness()
    harness.book.started(.field("form"), by: .talking())
    let update = OperationUpdate(operation: "1", status: status, result: 5, error: "tired")
    harness.book.updated(update, by: .talking(connection: 2))
    #expect(try await harness.state("op-1") == .waiting, "it is another connection's")
    harness.book.updated(update, by: .talking())
    let operation = try await harness.book.operation("op-1")
    #expect(operation.state == state && operation.error == error)
    if status == "completed" { #expect(operation.result == 5 && operation.by == "script") }
    #expect(!harness.peers.hasSent)
    await harness.stop()
  }

  // MARK: - Lambdas

  @Test func lambdasAreDoneOnce() async throws {
    let harness = try await BookHarness()
    for _ in 0..<2 { harness.book.started(.field("lambda", ["name": "score", "args": [0.5]]), by: .talking()) }
    for _ in 0..<2 { harness.book.started(.field("lambda", ["name": "score", "args": ["x": 1]], operation: 2), by: .talking()) }
    for _ in 0..<2 { harness.book.started(.field("lambda", ["name": "oops", "args": []], operation: 3), by: .talking()) }
    #expect(try await harness.peers.sent().submit.result == ["score": 0.5])
    #expect(try await harness.peers.sent().submit.result == ["score": ["x": 1]])
    let unknown = try await harness.peers.sent().submit
    #expect(unknown.error == "Unknown lambda handler: oops" && unknown.result == .null)
    #expect(try await harness.pending() == [])
    #expect(!harness.peers.hasSent)
    let states = try await harness.book.list(run: nil, states: Set(OperationState.allCases), limit: 10)
    #expect(
      states.map { "\($0.id) \($0.state.rawValue) \($0.by ?? "")" } == [
        "op-3 failed lambda oops", "op-2 delivered lambda score", "op-1 delivered lambda score",
      ])
    await harness.stop()
  }

  // MARK: - Over HTTP

  @Test func aResumeTokenIsWorthSomethingInItsRunOnly() async throws {
    let harness = try await BookHarness()
    harness.book.started(.field("http_endpoint", operation: 5, token: "tok"), by: .talking("run-1"))
    #expect(await harness.post("tok", 1, run: "run-2") == .unknown)
    #expect(await harness.post("other", 1) == .unknown)
    #expect(await harness.post("tok", ["ok": true]) == .accepted(operation: 5))
    #expect(try await harness.peers.sent().submit.result == ["ok": true])
    #expect(await harness.post("tok", 1) == .completed)
    #expect(await harness.post("tok", 1, run: "run-2") == .unknown)
    #expect(try await harness.book.operation("op-1").by == "http")
    await harness.stop()
  }

  @Test func aSecretAnswersOneOperationOnce() async throws {
    let harness = try await BookHarness()
    for number in 1...2 as ClosedRange<Int64> { harness.book.started(.field("http_endpoint", operation: number), by: .talking()) }
    let first = try harness.book.makeSecret(try await harness.book.operation("op-1"))
    let second = try harness.book.makeSecret(try await harness.book.operation("op-1"))
    #expect(first != second && second.utf8.count == 64)
    #expect(!harness.book.isSecret(first), "the one of before is void")
    #expect(await harness.post(secret: second, 1, resumeToken: "another") == .unknown)
    #expect(harness.book.isSecret(second) && !harness.book.isSecret(""))
    let hash = try await harness.store.perform { try $0.text("SELECT hex(secret_hash) FROM operations WHERE number = 1") }
    #expect(hash?.count == 64 && hash?.lowercased() != second)
    #expect(await harness.post(secret: first, 1) == .unknown)
    #expect(await harness.post(secret: second, "by http") == .accepted(operation: 1))
    #expect(await harness.post(secret: second, 1) == .unknown)
    #expect(try await harness.store.perform { try $0.integer("SELECT count(secret_hash) FROM operations") } == 0)
    #expect(try await harness.pending() == ["op-2"])
    let over = try await harness.book.operation("op-1")
    #expect(throws: PluginFailure("cannot answer op-1: it is over (delivered by http)", code: "operation_over", status: .gone)) {
      try harness.book.makeSecret(over)
    }
    await harness.stop()
  }

  // MARK: - Limits

  @Test func tooManyAreAnsweredAtOnce() async throws {
    let harness = try await BookHarness {
      $0.mostOfConnection = 2
      $0.mostWaiting = 3
    }
    for number in 1...3 as ClosedRange<Int64> { harness.book.started(.field("form", operation: number), by: .talking(connection: 1)) }
    let refused = try await harness.peers.sent()
    #expect(refused.submit.operation == 3 && refused.connection == 1)
    #expect(refused.submit.error == "too many operations wait: 2 already, and the limit is 2")
    for number in 1...2 as ClosedRange<Int64> { harness.book.started(.field("form", operation: number), by: .talking(connection: 2)) }
    #expect(try await harness.peers.sent().submit.error == "too many operations wait: 3 already, and the limit is 3")
    #expect(try await harness.pending().count == 3)
    _ = try await harness.book.cancel("op-1", by: nil)
    harness.book.started(.field("form", operation: 7), by: .talking(connection: 2))
    #expect(try await harness.pending().count == 3, "who ends makes room")
    await harness.stop()
  }

  @Test func sizesAreLimited() async throws {
    let harness = try await BookHarness {
      $0.announcementBytes = 2_000
      $0.waitingBytes = 3_000
      $0.resultBytes = 100
    }
    let long: JSONValue = .string(String(repeating: "x", count: 2_000))
    harness.book.started(.field("form", long), by: .talking())
    #expect(try await harness.peers.sent().submit.error?.hasSuffix(" bytes, and at most 2000 are taken") == true)
    let half: JSONValue = .string(String(repeating: "x", count: 1_200))
    for number in 1...2 as ClosedRange<Int64> {
      harness.book.started(.field("form", half, operation: number, token: "\(number)"), by: .talking())
    }
    #expect(try await harness.peers.sent().submit.error?.hasPrefix("too much waits already: ") == true)
    await #expect(
      throws: PluginFailure(
        "cannot submit 1202 bytes: the limit is 100; see 'operations.resultBytes'", code: "too_large", status: .tooLarge)
    ) { try await harness.book.submit("op-1", result: half, error: nil, by: nil) }
    #expect(
      await harness.post("1", half) == .failed("the result has 1202 bytes, and the limit is 100"))
    #expect(try await harness.pending() == ["op-1"])
    await harness.stop()
  }

  @Test func whatIsOverIsForgottenInTheEnd() async throws {
    let harness = try await BookHarness { $0.keptOperations = 3 }
    harness.book.started(.field("form", operation: 999), by: .talking())
    for number in 1...64 as ClosedRange<Int64> {
      harness.book.started(.field("lambda", ["name": "score"], operation: number), by: .talking())
    }
    let all = try await harness.book.list(run: nil, states: Set(OperationState.allCases), limit: 100)
    #expect(all.map(\.id) == ["op-1", "op-65", "op-64", "op-63"], "what waits is never forgotten")
    let mine = try await harness.book.list(run: "run-2", states: Set(OperationState.allCases), limit: 100)
    #expect(mine.isEmpty)
    #expect(try await harness.book.list(run: "run-1", states: [.delivered], limit: 2).map(\.id) == ["op-65", "op-64"])
    await harness.stop()
  }

  @Test func longAnswersAreForgottenSooner() async throws {
    let harness = try await BookHarness { $0.keptBytes = 10_000 }
    let long: JSONValue = .string(String(repeating: "x", count: 4_000))
    for number in 1...4 as ClosedRange<Int64> {
      harness.book.started(.field("form", operation: number), by: .talking())
      _ = try await harness.book.submit("op-\(number)", result: long, error: nil, by: nil)
    }
    let kept = try await harness.book.list(run: nil, states: [.delivered], limit: 10)
    #expect(kept.map(\.id) == ["op-4", "op-3"])
    await harness.stop()
  }

  @Test func textsOfScriptsAreShortenedInLists() async throws {
    let harness = try await BookHarness()
    let long = String(repeating: "x", count: 1_000)
    harness.book.started(.field("form", token: long), by: .talking())
    let ended = try await harness.book.submit("op-1", result: nil, error: long, by: nil)
    #expect(ended.summary["resume_token"] == .string(String(long.prefix(200) + "…")))
    #expect(ended.summary["error"]?.stringValue?.count == 201)
    #expect(ended.description["error"] == .string(long))
    await harness.stop()
  }

  @Test(.enabled(if: SmallDisk.isPossible, "a small file system cannot be mounted here")) func aFullDiskStopsNoAnswer() async throws {
    let disk = try SmallDisk(megabytes: 4)
    let folder = try TalkFolder()
    let store = BridgeStore(path: disk.path + "/bridge.sqlite")
    try store.start()
    defer { store.stop() }
    let peers = TalkPeers()
    let book = OperationBook(OperationSettings(), store: store, fronts: TalkFronts(), changed: { _ in }, trouble: folder.trouble)
    book.join(peers)
    try await book.start()
    try disk.fill()
    book.started(.field("form", .string(String(repeating: "x", count: 1 << 20))), by: .talking())
    #expect(try await folder.complaint().hasPrefix("cannot keep the operation op-1: "))
    #expect(try await book.submit("op-1", result: "yes", error: nil, by: nil).state == .delivered)
    #expect(try await peers.sent().submit.result == "yes")
    await book.stop()
  }
}
