// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import Synchronization
import Testing

@testable import RunBridge

/// Operations that fronts and debug adapters answer.
@Suite(.timeLimit(.minutes(2))) struct OperationFrontTests {
  private static let schema: JSONValue = ["type": "object", "properties": ["lr": ["type": "number"]]]

  @Test func aFrontFillsAForm() async throws {
    let fronts = TalkFronts([.form])
    let harness = try await BookHarness(fronts: fronts)
    for _ in 0..<2 { harness.book.started(.field("form", ["formSpec": Self.schema]), by: .talking()) }
    let asked = try await fronts.asked()
    #expect(asked.question == FrontQuestion(kind: .form, body: ["schema": Self.schema, "title": "ask"]))
    #expect(asked.caller.run == "run-1" && asked.caller.workspace == "/project")
    fronts.answer(asked, ["values": ["lr": 0.1]])
    #expect(try await harness.peers.sent().submit.result == ["lr": 0.1])
    try await harness.told("op-1 delivered")
    #expect(try await harness.book.operation("op-1").by == "front")
    #expect(!fronts.isAsked, "announced twice, asked once")
    await harness.stop()
  }

  @Test func anAnswerFromElsewhereWithdrawsTheQuestion() async throws {
    let fronts = TalkFronts([.form])
    let harness = try await BookHarness(fronts: fronts)
    harness.book.started(.field("form", ["formSpec": Self.schema]), by: .talking())
    let asked = try await fronts.asked()
    _ = try await harness.book.submit("op-1", result: ["lr": 1], error: nil, by: nil)
    try await fronts.isWithdrawn(asked)
    harness.book.started(.field("form", ["formSpec": Self.schema], operation: 2), by: .talking())
    let second = try await fronts.asked()
    harness.book.disconnected(.talking())
    try await fronts.isWithdrawn(second)
    await harness.stop()
  }

  @Test func aFormThatIsClosedWaitsOn() async throws {
    let fronts = TalkFronts([.form])
    let harness = try await BookHarness(fronts: fronts)
    harness.book.started(.field("form", ["formSpec": "How fast?"]), by: .talking())
    let closed = try await fronts.asked()
    fronts.answer(closed, ["cancelled": true])
    fronts.offer([])
    // Another front may have come before the first answer was taken: it is asked as soon as there is nobody asked.
    fronts.offer([.form])
    var again: TalkFronts.Asked?
    while again == nil {
      harness.book.frontAttached()
      if fronts.isAsked { again = try await fronts.asked() }
      await Task.yield()
    }
    let asked = try #require(again)
    #expect(asked.question.body["title"] == "How fast?")
    fronts.answer(asked, ["values": ["value": "very"]])
    #expect(try await harness.peers.sent().submit.result == "very", "the one text of a form of words is the answer")
    await harness.stop()
  }

  @Test func aFrontThatRefusesLeavesItToOthers() async throws {
    let fronts = TalkFronts([.form])
    let harness = try await BookHarness(fronts: fronts)
    harness.book.started(.field("form", ["formSpec": Self.schema]), by: .talking())
    fronts.refuse(try await fronts.asked(), "busy")
    #expect(try await harness.pending() == ["op-1"])
    _ = try await harness.book.submit("op-1", result: 1, error: nil, by: nil)
    await harness.stop()
  }

  @Test func aParticipantIsAPersonWithAMessage() async throws {
    let fronts = TalkFronts([.input])
    let harness = try await BookHarness(fronts: fronts)
    harness.book.started(.field("copilot_participant", ["role": "reviewer", "context": ["file": "a.py"]]), by: .talking())
    let asked = try await fronts.asked()
    #expect(asked.question == FrontQuestion(kind: .input, body: ["prompt": #"reviewer: {"file":"a.py"}"#, "password": false]))
    fronts.answer(asked, ["value": "looks good"])
    let expected: JSONValue = [
      "message": "looks good", "participantContext": ["workspace": "/project", "chatContext": ["file": "a.py"]],
    ]
    #expect(try await harness.peers.sent().submit.result == expected)
    await harness.stop()
  }

  @Test func anAnswerThatIsTooLongIsNotTaken() async throws {
    let fronts = TalkFronts([.form])
    let harness = try await BookHarness(fronts: fronts) { $0.resultBytes = 10 }
    harness.book.started(.field("form", ["formSpec": Self.schema]), by: .talking())
    fronts.answer(try await fronts.asked(), ["values": ["lr": "far too much of it"]])
    #expect(try await harness.folder.complaint() == "cannot take the answer of a front for op-1: it is longer than the limit of 10 bytes")
    #expect(try await harness.pending() == ["op-1"])
    await harness.stop()
  }

  @Test func stoppingWithdrawsWhatIsAsked() async throws {
    let fronts = TalkFronts([.form])
    let harness = try await BookHarness(fronts: fronts)
    harness.book.started(.field("form", ["formSpec": Self.schema]), by: .talking())
    let asked = try await fronts.asked()
    await harness.stop()
    try await fronts.isWithdrawn(asked)
  }

  // MARK: - Debug adapters

  private static let adapter = Caller.talking(connection: nil)

  @Test func aDebugAdapterWaitsForItsAnswer() async throws {
    let harness = try await BookHarness()
    async let answer = harness.book.answer(to: .field("form", operation: 4, token: "tok"), from: Self.adapter)
    try await harness.told("op-1 waiting")
    #expect(try await harness.book.submit("op-1", result: [1], error: nil, by: nil).state == .delivered)
    #expect(try await answer == OperationSubmit(operation: 4, resumeToken: "tok", result: [1], error: nil))
    await harness.stop()
  }

  @Test(arguments: [true, false]) func theAdapterAndTheSocketTellOfTheSameOperation(adapterFirst: Bool) async throws {
    let harness = try await BookHarness()
    if !adapterFirst { harness.book.started(.field("form"), by: .talking()) }
    let waiting = Task { try await harness.book.answer(to: .field("form"), from: Self.adapter) }
    try await harness.told("op-1 waiting")
    for _ in 0..<2 { harness.book.started(.field("form"), by: .talking()) }
    // The adapter's own announcement may still be on its way when the socket's was first.
    while !harness.book.hasListener("op-1") { await Task.yield() }
    #expect(try await harness.pending() == ["op-1"])
    _ = try await harness.book.submit("op-1", result: "once", error: nil, by: nil)
    #expect(try await waiting.value.result == "once")
    #expect(!harness.peers.hasSent, "the adapter wins over the socket")
    await harness.stop()
  }

  @Test func otherRunsOfTheSameNameAreOthers() async throws {
    let harness = try await BookHarness()
    harness.book.started(.field("form"), by: .talking("run-2", connection: 2))
    harness.book.started(.field("form", run: "run-other"), by: .talking("run-1", connection: 1))
    let waiting = Task { try await harness.book.answer(to: .field("form"), from: Self.adapter) }
    try await harness.told("op-3 waiting")
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    #expect(try await harness.pending() == ["op-1", "op-2"])
    let gone = try await harness.book.operation("op-3")
    #expect(gone.state == .failed && gone.error == "the debug adapter stopped waiting before it was answered")
    await harness.stop()
  }

  @Test func withoutTheSocketTheAdapterStillWaits() async throws {
    let harness = try await BookHarness()
    let waiting = Task { try await harness.book.answer(to: .field("form"), from: Self.adapter) }
    try await harness.told("op-1 waiting")
    harness.book.started(.field("form"), by: .talking())
    harness.book.disconnected(.talking())
    #expect(try await harness.pending() == ["op-1"])
    _ = try await harness.book.cancel("op-1", by: nil)
    #expect(try await waiting.value.error == "cancelled")
    await harness.stop()
  }

  @Test func anAdapterIsToldThatTheHostStops() async throws {
    let harness = try await BookHarness()
    let waiting = Task { try await harness.book.answer(to: .field("form"), from: Self.adapter) }
    try await harness.told("op-1 waiting")
    await harness.stop()
    await #expect(throws: RequestFailure("the host is stopping")) { try await waiting.value }
  }
}

extension OperationBook {
  /// Whether a debug adapter waits for it.
  fileprivate func hasListener(_ id: String) -> Bool {
    state.withLock { state in state.table.named(id).first.map { state.table.isListenedTo($0.number) } ?? false }
  }
}
