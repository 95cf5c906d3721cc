// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import SQLite
import Testing

@testable import RunBridge

/// Operations that outlive the host: the same database, another book.
@Suite(.timeLimit(.minutes(2))) struct OperationRestartTests {
  private let folder: TalkFolder

  init() throws { folder = try TalkFolder() }

  /// Leaves operations behind as a host does that hands its connections over.
  private func leave(_ body: (BookHarness) async throws -> Void) async throws {
    let harness = try await BookHarness(in: folder)
    try await body(harness)
    harness.book.handOver()
    for connection in 1...3 as ClosedRange<UInt> { harness.book.disconnected(.talking(connection: connection)) }
    await harness.stop()
  }

  @Test func whatWaitsOnALiveConnectionIsStillAnswerable() async throws {
    var secret = ""
    try await leave { harness in
      harness.book.started(.field("form", ["formSpec": "x"], operation: 1, token: "a"), by: .talking(connection: 1))
      harness.book.started(.field("http_endpoint", operation: 2, token: "b"), by: .talking(connection: 2))
      harness.book.started(.field("http_endpoint", operation: 3, token: "c"), by: .talking(connection: 1))
      harness.book.started(.field("http_endpoint", operation: 4, token: "d"), by: .talking(connection: 1))
      secret = try harness.book.makeSecret(try await harness.book.operation("op-3"))
    }
    let fronts = TalkFronts([.form])
    let after = try await BookHarness(in: folder, fronts: fronts, connections: [1])
    #expect(try await after.pending() == ["op-1", "op-3", "op-4"])
    let lost = try await after.book.operation("op-2")
    #expect(lost.state == .failed && lost.error == "the host was restarted, and the script's connection is gone")
    fronts.answer(try await fronts.asked(), ["values": ["value": "again"]])
    let form = try await after.peers.sent()
    #expect(form.connection == 1 && form.submit == OperationSubmit(operation: 1, resumeToken: "a", result: "again", error: nil))
    #expect(await after.post(secret: secret, "s") == .accepted(operation: 3))
    #expect(try await after.peers.sent().submit.result == "s")
    #expect(await after.post("d", 4) == .accepted(operation: 4))
    #expect(await after.post("b", 4) == .completed)
    after.book.started(.field("http_endpoint", operation: 9), by: .talking())
    #expect(try await after.pending() == ["op-5"], "numbers go on")
    await after.stop()
  }

  @Test func answersWaitForConnectionsThatAreTakenOver() async throws {
    try await leave { harness in
      for number in 1...3 as ClosedRange<Int64> {
        harness.book.started(.field("http_endpoint", operation: number, token: "\(number)"), by: .talking(connection: number < 3 ? 1 : 2))
      }
      try await harness.store.perform { try $0.execute("UPDATE operations SET state = 'submitted', result = '1' WHERE number = 1") }
    }
    let after = try await BookHarness(in: folder, connections: [1, 2], away: [1, 2])
    try await after.told("op-1 submitted")
    #expect(try await after.book.submit("op-2", result: 2, error: nil, by: nil).state == .submitted)
    #expect(await after.post("3", 3) == .accepted(operation: 3))
    #expect(try await after.state("op-2") == .submitted)
    after.peers.open(1)
    for number in 1...2 as ClosedRange<Int64> { #expect(try await after.peers.sent().submit.result == .integer(number)) }
    try await after.told("op-2 delivered")
    #expect(try await after.state("op-2") == .delivered)
    after.book.disconnected(.talking(connection: 2))
    try await after.told("op-3 orphaned")
    #expect(try await after.state("op-3") == .orphaned)
    await after.stop()
  }

  @Test func answersDoNotWaitForEver() async throws {
    try await leave { $0.book.started(.field("http_endpoint"), by: .talking(connection: 1)) }
    let after = try await BookHarness(in: folder, connections: [1], away: [1], returnTime: .milliseconds(300))
    _ = try? await after.book.submit("op-1", result: 2, error: nil, by: nil)
    try await after.told("op-1 orphaned")
    await after.stop()
  }

  @Test func whatComesWhileTheHostGoesIsDoneByTheNext() async throws {
    let fronts = TalkFronts([.form])
    let harness = try await BookHarness(in: folder, fronts: fronts)
    harness.book.started(.field("form", ["formSpec": "x"], operation: 1, token: "a"), by: .talking())
    let asked = try await fronts.asked()
    harness.book.handOver()
    fronts.answer(asked, ["values": ["value": "too late"]])
    harness.book.started(.field("lambda", ["name": "score", "args": [1]], operation: 2, token: "b"), by: .talking())
    await harness.stop()
    #expect(!harness.peers.hasSent)
    let next = TalkFronts([.form])
    let after = try await BookHarness(in: folder, fronts: next, connections: [1])
    #expect(try await after.peers.sent().submit.result == ["score": 1])
    next.answer(try await next.asked(), ["values": ["value": "in time"]])
    #expect(try await after.peers.sent().submit.result == "in time")
    await after.stop()
  }

  @Test func whatIsAnnouncedAgainIsKnown() async throws {
    try await leave { $0.book.started(.field("form"), by: .talking(connection: 1)) }
    let after = try await BookHarness(in: folder, connections: [1])
    after.book.started(.field("form"), by: .talking(connection: 1))
    #expect(try await after.pending() == ["op-1"])
    after.book.disconnected(.talking(connection: 1))
    #expect(try await after.state("op-1") == .failed)
    await after.stop()
  }

  @Test func whatWasAnsweredAndPerhapsNotSentIsSent() async throws {
    try await leave { harness in
      harness.book.started(.field("form", token: "a"), by: .talking(connection: 1))
      harness.book.started(.field("form", token: "b"), by: .talking(connection: 2))
      try await harness.store.perform {
        try $0.execute("UPDATE operations SET state = 'submitted', result = '{\"a\":1}', by = 'ada'")
      }
    }
    let after = try await BookHarness(in: folder, connections: [1])
    #expect(try await after.peers.sent().submit.result == ["a": 1])
    #expect(!after.peers.hasSent)
    #expect(try await after.state("op-1") == .delivered)
    #expect(try await after.state("op-2") == .orphaned)
    #expect(try await after.book.operation("op-1").by == "ada")
    #expect(try await after.pending() == [])
    await after.stop()
  }

  @Test func timeGoesOnWhileTheHostIsAway() async throws {
    try await leave { harness in
      harness.book.started(.field("form", milliseconds: 250_000), by: .talking(connection: 1))
      try await harness.store.perform { try $0.execute("UPDATE operations SET deadline = deadline - 300") }
    }
    let after = try await BookHarness(in: folder, connections: [1])
    #expect(try await after.peers.sent().submit.error == "timed out after 250 s")
    await after.stop()
  }

  @Test func spoiledRowsDoNoHarm() async throws {
    try await leave { harness in
      harness.book.started(.field("form", token: "a"), by: .talking(connection: 1))
      harness.book.started(.field("form", token: "b"), by: .talking(connection: 2))
      try await harness.store.perform {
        try $0.execute(
          """
          UPDATE operations SET body = '{oops', type = 'form', deadline = 1e300 WHERE number = 1;
          UPDATE operations SET body = '{"timeoutMs":1e300}', connection = -5, state = 'nonsense' WHERE number = 2
          """)
      }
    }
    let after = try await BookHarness(in: folder, connections: [1])
    #expect(try await after.pending() == ["op-1"])
    _ = try await after.book.submit("op-1", result: 1, error: nil, by: nil)
    #expect(try await after.peers.sent().submit.operation == "1")
    #expect(try await after.state("op-2") == .failed)
    await after.stop()
  }

  @Test func whileTheHostGoesAnswersAreRefused() async throws {
    let harness = try await BookHarness(in: folder)
    harness.book.started(.field("form", token: "tok"), by: .talking())
    harness.book.handOver()
    await #expect(
      throws: PluginFailure(
        "cannot answer op-1: the host is restarting; try again in a moment", code: "restarting", retryable: true, status: .stopping)
    ) { try await harness.book.submit("op-1", result: 1, error: nil, by: nil) }
    #expect(
      await harness.post("tok", 1)
        == .failed("the host is restarting; submit again soon"))
    harness.book.stay()
    #expect(await harness.post("tok", 1) == .accepted(operation: 1))
    await harness.stop()
  }

  @Test func everybodyIsToldThatTheHostStops() async throws {
    let harness = try await BookHarness(in: folder)
    harness.book.started(.field("form"), by: .talking(connection: 1))
    harness.book.started(.field("form"), by: .talking(connection: 2))
    harness.book.shutDown()
    var told: Set<UInt> = []
    for _ in 0..<2 {
      let sent = try await harness.peers.sent()
      #expect(sent.submit.error == "host is shutting down")
      told.insert(sent.connection)
    }
    #expect(told == [1, 2])
    await harness.stop()
    let after = try await BookHarness(in: folder)
    #expect(try await after.pending() == [])
    #expect(try await after.state("op-1") == .failed)
    await after.stop()
  }
}
