// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import Kernel

/// Runs on the null kernel, which does at once what it is told, and some things it should not.
@Suite(.timeLimit(.minutes(1))) struct KernelRunTests {
  private func types(_ events: [JSONValue]) -> [String] { events.compactMap { $0["type"]?.stringValue } }

  @Test func aRunTellsWhatHappenedInOrder() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      let (events, ending) = try await bench.run("hello", on: kernel)
      #expect(types(events) == ["queued", "started", "execute_input", "execute_result", "ended"])
      #expect(events.compactMap { $0["seq"]?.intValue } == [0, 1, 2, 3, 4])
      #expect(events[3]["content"]?["data"]?["text/plain"] == "hello")
      #expect(ending.status == .ok)
      #expect(ending.executionCount == 1)
      let times = ending.timings
      #expect(times.sent != nil && times.busy != nil && times.firstOutput != nil && times.reply != nil && times.idle != nil)
    }
  }

  @Test(arguments: ["idle-first", "reply-first"]) func theOrderOfReplyAndIdleDoesNotMatter(code: String) async throws {
    try await KernelBench.with { bench in
      let (_, ending) = try await bench.run(code, on: try await bench.start())
      #expect(ending.status == .ok)
    }
  }

  @Test func whatComesAfterTheEndIsStillTheRuns() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      let run = try await bench.queue("late", on: kernel)
      _ = try await bench.recorder.first { $0.types(of: run.description.id).contains("stream") ? true : nil }
      let (events, ending) = try await bench.end(of: run)
      #expect(types(events).contains("stream"))
      #expect(ending.status == .ok)
    }
  }

  @Test(arguments: ["bad-signature", "replay", "null-parent", "no-parent", "junk", "nan"])
  func aKernelThatMisbehavesDoesNotHoldItsRunsUp(code: String) async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      let (_, ending) = try await bench.run(code, on: kernel)
      #expect(ending.status == .ok)
      let (events, _) = try await bench.run("and on", on: kernel)
      #expect(types(events).contains("execute_result"))
    }
  }

  @Test func aFloodArrivesWhole() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      let (events, ending) = try await bench.run("flood 20000 7", on: kernel)
      #expect(events.filter { $0["type"] == "stream" }.count == 20_000)
      #expect(events.compactMap { $0["seq"]?.intValue } == Array(0..<events.count))
      #expect(ending.status == .ok)
    }
  }

  @Test func aLargeStreamComesInPieces() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      let (events, _) = try await bench.run("big 10000000", on: kernel)
      let pieces = events.filter { $0["type"] == "stream" }.compactMap { $0["content"]?["text"]?.stringValue?.utf8.count }
      #expect(pieces.count > 1)
      #expect(pieces.reduce(0, +) == 10_000_000)
    }
  }

  @Test func clientsTakeTurnsAndTheNextCanBeChosen() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      await kernel.setPaused(true)
      let runs = [
        try await bench.queue("a1", on: kernel, client: "a"), try await bench.queue("a2", on: kernel, client: "a"),
        try await bench.queue("b1", on: kernel, client: "b"), try await bench.queue("a3", on: kernel, client: "a"),
      ]
      let isNext = await kernel.runNext(runs[3].description.id)
      #expect(isNext)
      await kernel.setPaused(false)
      var counts: [Int?] = []
      for run in runs { counts.append(try await bench.end(of: run).ending.executionCount) }
      #expect(counts == [3, 4, 2, 1])
    }
  }

  @Test func afterAnErrorTheRestOfItsOrderIsNotRun() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      await kernel.setPaused(true)
      let failing = try await bench.queue("error", on: kernel, batch: "x")
      let after = try await bench.queue("not run", on: kernel, batch: "x")
      let other = try await bench.queue("run", on: kernel, client: "other")
      await kernel.setPaused(false)
      #expect(try await bench.end(of: failing).ending.status == .error)
      let ending = try await bench.end(of: after).ending
      #expect(ending.status == .aborted)
      #expect(ending.reason == "a block before it in the same order failed")
      #expect(try await bench.end(of: other).ending.status == .ok)
    }
  }

  @Test func aWaitingRunCanBeCancelled() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      await kernel.setPaused(true)
      let run = try await bench.queue("1", on: kernel)
      let isCancelled = try await kernel.cancel(run.description.id)
      let isCancelledAgain = try await kernel.cancel(run.description.id)
      #expect(isCancelled && !isCancelledAgain)
      #expect(try await bench.end(of: run).ending.reason == "it was cancelled before it began")
    }
  }

  @Test func inputGoesToTheRunThatAsks() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      let run = try await bench.queue("input", on: kernel)
      let asking = try await bench.recorder.first { recorder -> String? in
        for case .input(_, let run, _, _) in recorder.news { return run.id }
        return nil
      }
      #expect(asking == run.description.id)
      await #expect(throws: (any Error).self) { try await kernel.answer("another", with: "x") }
      try await kernel.answer(asking, with: "Ada")
      let (events, _) = try await bench.end(of: run)
      #expect(types(events).contains("input_request"))
      #expect(events.contains { $0["content"]?["text"]?.stringValue?.contains("Ada") == true })
    }
  }
}
