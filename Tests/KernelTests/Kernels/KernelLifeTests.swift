// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import PluginSDK
import Testing

@testable import Kernel

@Suite(.timeLimit(.minutes(2))) struct KernelLifeTests {
  @Test func deathEndsEveryRunWithItsCause() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      let dying = try await bench.queue("exit 7", on: kernel)
      let waiting = try await bench.queue("never", on: kernel)
      #expect(try await bench.end(of: dying).ending.status == .lost)
      #expect(try await bench.end(of: waiting).ending.reason?.hasPrefix("the kernel ended with exit code 7") == true)
      let (summary, end) = try await bench.recorder.first { recorder -> (KernelSummary, KernelEnd)? in
        for case .died(let summary, let end) in recorder.news { return (summary, end) }
        return nil
      }
      #expect(summary.status == .dead)
      #expect(end.exitCode == 7)
      await #expect(throws: PluginFailure.self) { try await bench.run("1", on: kernel) }
    }
  }

  @Test func restartKeepsTheIdAndEndsWhatRan() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      _ = try await bench.run("1", on: kernel)
      let running = try await bench.queue("silence", on: kernel)
      let waiting = try await bench.queue("2", on: kernel)
      try await kernel.restart()
      #expect(try await bench.end(of: running).ending.reason == "the kernel was restarted")
      #expect(try await bench.end(of: waiting).ending.status == .aborted)
      let (_, ending) = try await bench.run("3", on: kernel)
      #expect(ending.executionCount == 1)
      #expect(await kernel.summary.status == .idle)
    }
  }

  @Test func aStubbornKernelIsEndedByForce() async throws {
    try await KernelBench.with(#"{"shutdownPatience": 0.2}"#, flags: ["stubborn"]) { bench in
      let kernel = try await bench.start()
      let pid = try #require(await kernel.details["pid"]?.intValue)
      try await bench.kernels.shutDown(kernel)
      #expect(kill(pid_t(pid), 0) != 0)
      #expect(await bench.kernels.all.isEmpty)
    }
  }

  @Test func aKernelThatEndsAtItsBeginTellsWhy() async throws {
    try await KernelBench.with { bench in
      try FileManager.default.removeItem(atPath: "\(bench.folder)/kernels/python/kernel.json")
      let spec = #"{"argv": ["/bin/sh", "-c", "echo no such module >&2; exit 3"], "display_name": "x", "language": "none"}"#
      try Data(spec.utf8).write(to: URL(filePath: "\(bench.folder)/kernels/python/kernel.json"))
      let failure = await #expect(throws: PluginFailure.self) { try await bench.start("python") }
      #expect(failure?.message.contains("ended with exit code 3 before it answered") == true)
      #expect(failure?.message.contains("no such module") == true)
      #expect(await bench.kernels.all.isEmpty)
    }
  }

  @Test func aKernelThatNeverAnswersIsGivenUp() async throws {
    try await KernelBench.with(#"{"startTimeout": 0.5, "shutdownPatience": 0.2}"#, flags: ["silent"]) { bench in
      await #expect(throws: PluginFailure.self) { try await bench.start() }
      #expect(await bench.kernels.all.isEmpty)
    }
  }

  @Test func whatAnswersNoInterruptIsSaidSo() async throws {
    try await KernelBench.with(#"{"interruptPatience": 0.2, "shutdownPatience": 0.2}"#, flags: ["stubborn"]) { bench in
      let kernel = try await bench.start()
      let handle = try #require(await kernel.handle)
      _ = try await bench.queue("silence", on: kernel)
      try handle.signal(SIGCONT)
      let failure = await #expect(throws: PluginFailure.self) { try await kernel.interrupt() }
      // The null kernel takes SIGINT as any program does: it ends, and that is remembered.
      #expect(failure?.code == "interrupt_killed")
      #expect(bench.kernels.services.interrupts.order(for: await kernel.implementation, of: [.signal]) == [] || failure != nil)
    }
  }

  @Test func itIsBegunAgainAsOftenAsItsPolicySays() async throws {
    try await KernelBench.with { bench in
      let policy = KernelPolicy(KernelSettings(), autorestart: 1)
      let kernel = try await bench.start(policy: policy)
      _ = try await bench.run("exit 1", on: kernel)
      _ = try await bench.recorder.first { recorder -> Bool? in
        for case .changed(let summary) in recorder.news where summary.status == .idle && summary.generation > 1 { return true }
        return nil
      }
      #expect(try await bench.run("2", on: kernel).ending.status == .ok)
      _ = try await bench.run("exit 1", on: kernel)
      #expect(await kernel.status == .dead)
    }
  }

  @Test func twoRunsInAFreshFileBeginOneKernel() async throws {
    try await KernelBench.with { bench in
      let order = KernelOrder(spec: "null", workingDirectory: bench.folder)
      async let one = bench.kernels.kernel(for: "/x.py", order: order)
      async let other = bench.kernels.kernel(for: "/x.py", order: order)
      let (first, second) = (try await one, try await other)
      #expect(first.id == second.id)
      #expect(await bench.kernels.all.count == 1)
    }
  }

  @Test func shutdownTakesAllSessionsAlong() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      await bench.kernels.bind("/a.py", to: kernel)
      await bench.kernels.bind("/b.py", to: kernel)
      #expect(await bench.kernels.documents(of: kernel.id) == ["/a.py", "/b.py"])
      try await bench.kernels.shutDown(kernel)
      #expect(await bench.kernels.sessions.isEmpty)
    }
  }

  @Test func kernelsAndSessionsOutliveTheHost() async throws {
    let first = try KernelBench()
    let kernel = try await first.start()
    await first.kernels.bind("/a.py", to: kernel)
    _ = try await first.run("1", on: kernel)
    await first.stop()

    let second = try KernelBench(folder: first.folder)
    await second.kernels.beginRestoring()
    await second.kernels.settled()
    let again = try #require(await second.kernels.kernel(of: "/a.py"))
    #expect(again.id == kernel.id)
    #expect(try await second.run("2", on: again).ending.executionCount == 2)
    await second.end()
  }

  @Test func fiftyKernelsAtOnce() async throws {
    try await KernelBench.with { bench in
      let kernels = try await withThrowingTaskGroup(of: Kernel.self) { group in
        for _ in 0..<50 { group.addTask { try await bench.start() } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let endings = try await withThrowingTaskGroup(of: RunEnding.self) { group in
        for kernel in kernels { group.addTask { try await bench.run("flood 100 10", on: kernel).ending } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(endings.count == 50)
      #expect(endings.allSatisfy { $0.status == .ok })
    }
  }

  @Test func aKernelBeyondItsMemoryIsEnded() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start(policy: KernelPolicy(KernelSettings(), memoryCeiling: 1))
      let run = try await bench.queue("silence", on: kernel)
      await bench.kernels.tick()
      #expect(try await bench.end(of: run).ending.reason?.contains("memory ceiling of 1 bytes") == true)
    }
  }

  @Test func anIdleKernelIsShutDown() async throws {
    try await KernelBench.with { bench in
      _ = try await bench.start(policy: KernelPolicy(KernelSettings(), cullIdle: 2))
      for _ in 0..<2 { await bench.kernels.tick() }
      #expect(await bench.kernels.all.isEmpty)
    }
  }
}
