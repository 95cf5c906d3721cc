// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import Synchronization
import Testing

@testable import Kernel

@Suite struct WatchTests {
  private let results: ResultHarness
  private let evaluator = ScriptedEvaluator()
  private let clock = StepClock()
  private let notices = Monitor<[JSONValue]>([])

  init() throws { results = try ResultHarness() }

  private func service(_ results: ResultHarness? = nil) async throws -> WatchService {
    let notices = notices
    let service = WatchService(
      evaluator: evaluator, results: (results ?? self.results).service, clock: clock,
      kernelOf: { ["/a.py": "k", "/b.py": "k", "/other.py": "o"][$0] }, changed: { notice in notices.change { $0.append(notice) } })
    try await service.start()
    return service
  }

  /// The next look that a change of state brings, to its end.
  private func look(_ service: WatchService, _ kernel: String = "k") async throws {
    await service.stateChanged(kernel: kernel)
    await clock.sleeperCame()
    clock.advance(by: WatchService.quiet)
    // A wish for nothing waits for the look that is under way.
    await service.settled(kernel)
  }

  private func texts(_ service: WatchService) async -> [String?] {
    await service.list(nil).map { $0["value"]?["text"]?.stringValue }
  }

  @Test func valuesFollowTheState() async throws {
    let service = try await service()
    evaluator.set("x", "1")
    _ = try await service.add(.document("/a.py"), "x", limit: .seconds(1))
    _ = try await service.add(.document("/b.py"), "y", limit: .seconds(1))
    #expect(await texts(service) == ["1", "NameError: name 'y'"])
    evaluator.set("x", "2")
    evaluator.set("y", "None")
    // Another file on the same kernel ran, or a run failed: the kernel is what counts.
    try await look(service)
    #expect(await texts(service) == ["2", "None"])
    let values = await service.list(nil).compactMap { $0["value"] }
    #expect(values.map { $0["status"] } == ["ok", "ok"])
    #expect(values[0]["number"] == 2.0)
    #expect(values[1]["number"] == nil)
    #expect(await service.list(nil).allSatisfy { $0["pending"] == false })
  }

  @Test func changesCloseTogetherAreOne() async throws {
    let service = try await service()
    evaluator.set("x", "1")
    _ = try await service.add(.kernel("k"), "x", limit: .seconds(1))
    for _ in 0..<50 { await service.stateChanged(kernel: "k") }
    try await look(service)
    #expect(evaluator.asked.count == 2)
  }

  @Test func oneLookAtATimeAndOneMoreAfterAChange() async throws {
    let service = try await service()
    evaluator.set("x", "1")
    _ = try await service.add(.kernel("k"), "x", limit: .seconds(1))
    evaluator.state.withLock { $0.isGated = true }
    await service.stateChanged(kernel: "k")
    await clock.sleeperCame()
    clock.advance(by: WatchService.quiet)
    await evaluator.isAtGate()
    #expect(await service.list(nil)[0]["pending"] == true)
    evaluator.set("x", "2")
    await service.stateChanged(kernel: "k")
    await service.stateChanged(kernel: "k")
    #expect(evaluator.asked.count == 2)
    evaluator.open()
    await clock.sleeperCame()
    clock.advance(by: WatchService.quiet)
    await service.settled("k")
    #expect(evaluator.asked.count == 3)
    #expect(evaluator.state.withLock { $0.mostAtOnce } == 1)
    #expect(await texts(service) == ["2"])
  }

  /// A slow one costs the others nothing: they are asked for before it.
  @Test func aSlowWatchComesLast() async throws {
    let service = try await service()
    for name in ["a", "b"] { evaluator.set(name, "1") }
    evaluator.state.withLock { $0.slow = ["slow"] }
    _ = try await service.add(.kernel("k"), "slow", limit: .milliseconds(250))
    _ = try await service.add(.kernel("k"), "a", limit: .seconds(1))
    _ = try await service.add(.kernel("k"), "b", limit: .seconds(1))
    #expect(await texts(service)[0] == "no answer within 250 ms: the kernel is busy")
    let before = evaluator.asked.count
    try await look(service)
    #expect(evaluator.asked.dropFirst(before).flatMap { $0 } == ["a", "b", "slow"])
    #expect(await service.list(nil)[0]["value"]?["status"] == "late")
    // One that was quick is not any more: the others have their values all the same.
    evaluator.state.withLock { _ = $0.slow.insert("a") }
    evaluator.set("b", "2")
    try await look(service)
    #expect(await texts(service)[1] == "no answer within 1000 ms: the kernel is busy")
    #expect(await texts(service)[2] == "2")
  }

  @Test func refreshingLooksAtWhatWasNamedAndNothingElse() async throws {
    let service = try await service()
    for (document, name) in [("/a.py", "x"), ("/b.py", "y"), ("/other.py", "z")] {
      evaluator.set(name, "1")
      _ = try await service.add(.document(document), name, limit: .seconds(1))
    }
    let before = evaluator.asked.count
    _ = try await service.refresh(.document("/a.py"))
    #expect(evaluator.asked.dropFirst(before) == [["x"]])
    _ = try await service.refresh(nil)
    #expect(Set(evaluator.asked.dropFirst(before + 1).flatMap { $0 }) == ["x", "y", "z"])
    let cleared = try await service.clear(.document("/a.py"))
    #expect(cleared == ["removed": 1])
    #expect(await service.list(nil).map { $0["expression"] } == ["y", "z"])
  }

  @Test func aDocumentWithoutAKernelSaysSo() async throws {
    let service = try await service()
    let watch = try await service.add(.document("/none.py"), "x", limit: .seconds(1))
    #expect(watch["value"]?["status"] == "absent")
    #expect(watch["value"]?["text"] == "no kernel runs for '/none.py'; run a block of it")
    #expect(evaluator.asked.isEmpty)
  }

  @Test func watchesSurviveARestartWithTheirHistory() async throws {
    let service = try await service()
    evaluator.set("loss", "tensor(0.5, grad_fn=<Mean>)")
    let id = try #require(try await service.add(.document("/a.py"), "loss", limit: .milliseconds(70))["id"]?.stringValue)
    evaluator.set("loss", "np.float64(0.25)")
    try await look(service)
    try await service.rename("/a.py", to: "/b.py")
    await service.stop()
    let again = try results.restarted()
    let restored = try await self.service(again)
    let watch = try #require(await restored.list(nil).first)
    #expect(watch["document"] == "/b.py")
    #expect(watch["limit_ms"] == 70)
    #expect(watch["value"]?["text"] == "np.float64(0.25)")
    evaluator.set("loss", "0.125")
    _ = try await restored.refresh(id: id, nil)
    let history = try await restored.history(id, limit: 10)["values"]?.arrayValue ?? []
    #expect(history.map { $0["number"] } == [0.5, 0.25, 0.125])
    #expect(try await restored.history(id, limit: 1)["values"]?.arrayValue?.count == 1)
    again.service.stop()
  }

  @Test(
    arguments: [
      ("1", 1.0), ("-2.5e-3", -0.0025), ("np.float64(1.5)", 1.5), ("tensor(0.25)", 0.25), ("tensor(3, device='cuda:0')", 3),
      ("1_000", 1_000),
      ("array(7)", 7), ("tensor(2.)", 2), ("None", nil), ("nan", nil), ("inf", nil), ("'5'", nil), ("[1]", nil), ("(1, 2)", nil),
      ("f(1, 2)", nil),
      ("0x10", nil), ("", nil), ("True", nil), ("1 2", nil), (String(repeating: "(", count: 100_000), nil), ("1j", nil),
    ] as [(String, Double?)])
  func numbersAreFound(text: String, number: Double?) { #expect(WatchNumber.of(text) == number) }

  @Test func aHugeValueKeepsItsText() {
    let html = String(repeating: "x", count: 2 << 20)
    let value = WatchValue(answer: ["status": "ok", "data": ["text/plain": "t", "text/html": .string(html)]], time: 1)
    #expect(value.data == ["text/plain": "t"])
    #expect(value.leftOut?.hasPrefix("the value has 20") == true)
  }

  @Test(arguments: [
    (#"{}"#, "cannot clear watches: say which: 'document', 'kernel', or 'all': true"),
    (#"{"document": "a", "all": true}"#, "cannot clear watches: say which: 'document', 'kernel', or 'all': true"),
  ])
  func clearingSaysWhose(input: String, message: String) async throws {
    let commands = WatchCommands(service: try await service()).all
    #expect(commands.map(\.name) == ["watch.add", "watch.list", "watch.remove", "watch.refresh", "watch.clear", "watch.history"])
    let error = #expect(throws: PluginFailure.self) {
      try WatchCommands.requireOne(
        try JSONDecoder().decode(WatchCommands.Selection.self, from: Data(input.utf8)), "clear watches", mayNameOne: false)
    }
    #expect(error?.message == message)
  }
}
