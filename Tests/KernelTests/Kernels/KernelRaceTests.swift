// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import PluginSDK
import Testing

@testable import Kernel

/// Several who want something of one kernel at once, and orders that come in the middle of a change.
@Suite(.timeLimit(.minutes(2))) struct KernelRaceTests {
  private func types(_ events: [JSONValue]) -> [String] { events.compactMap { $0["type"]?.stringValue } }

  @Test func whatIsQueuedDuringARestartRunsAfterIt() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      async let restart: Void = kernel.restart()
      _ = try await bench.recorder.status(.restarting, of: kernel.id)
      let run = try await bench.queue("after", on: kernel)
      try await restart
      #expect(try await bench.end(of: run).ending.status == .ok)
    }
  }

  @Test func whatIsQueuedDuringARestartThatFailsIsEnded() async throws {
    try await KernelBench.with(flags: ["stubborn"]) { bench in
      let kernel = try await bench.start()
      let program = try #require(await kernel.plan.command.first)
      await kernel.replaceProgram(program + ".gone")
      let restart = Task { try await kernel.restart() }
      _ = try await bench.recorder.status(.restarting, of: kernel.id)
      let run = try await bench.queue("after", on: kernel)
      await #expect(throws: PluginFailure.self) { try await restart.value }
      #expect(try await bench.end(of: run).ending.status == .aborted)
    }
  }

  /// The kernel ignores its shutdown, so that the first restart takes a second, in which the others come.
  @Test func fiveRestartsAtOnceAreOne() async throws {
    try await KernelBench.with(#"{"shutdownPatience": 1}"#, flags: ["stubborn"]) { bench in
      let kernel = try await bench.start()
      async let first: Void = kernel.restart()
      _ = try await bench.recorder.status(.restarting, of: kernel.id)
      try await withThrowingTaskGroup { group in
        for _ in 0..<4 { group.addTask { try await kernel.restart() } }
        try await group.waitForAll()
      }
      try await first
      #expect(await kernel.summary.generation == 2)
      #expect(try await bench.run("1", on: kernel).ending.status == .ok)
    }
  }

  @Test func fiveWhoUseADeadKernelGetOneThatLives() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      await bench.kernels.bind("/x.py", to: kernel)
      _ = try await bench.run("exit 1", on: kernel)
      let order = KernelOrder(spec: "null", workingDirectory: bench.folder)
      let statuses = try await withThrowingTaskGroup(of: RunEnding.Status.self) { group in
        for _ in 0..<5 {
          group.addTask { try await bench.run("1", on: bench.kernels.kernel(for: "/x.py", order: order)).ending.status }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses == [.ok, .ok, .ok, .ok, .ok])
      #expect(await bench.kernels.all.count == 1)
    }
  }

  @Test func aShutdownEndsAKernelThatIsStillStarting() async throws {
    try await KernelBench.with(#"{"shutdownPatience": 0.2}"#, flags: ["silent"]) { bench in
      let starting = Task { try await bench.start() }
      let id = try await bench.recorder.first { recorder -> String? in
        for case .changed(let summary) in recorder.news where summary.generation == 1 || summary.status == .starting { return summary.id }
        return nil
      }
      try await bench.kernels.shutDown(bench.kernels.kernel(id))
      let failure = await #expect(throws: PluginFailure.self) { try await starting.value }
      #expect(failure?.message == "kernel '\(id)' was shut down before it was ready")
      #expect(await bench.kernels.all.isEmpty)
    }
  }

  @Test func aShutdownDuringARestartWins() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      let restart = Task { try await kernel.restart() }
      _ = try await bench.recorder.status(.restarting, of: kernel.id)
      try await bench.kernels.shutDown(kernel)
      _ = try? await restart.value
      #expect(await kernel.status == .dead)
      #expect(await bench.kernels.all.isEmpty)
    }
  }

  @Test func aHostThatGoesBeginsNothingMore() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      let running = try await bench.queue("silence", on: kernel)
      let waiting = try await bench.queue("never", on: kernel)
      await kernel.leave()
      #expect(try await bench.end(of: running).ending.status == .lost)
      let (events, ending) = try await bench.end(of: waiting)
      #expect(ending.status == .lost)
      #expect(types(events) == ["queued", "ended"])
      await kernel.kill(because: "the test is over")
    }
  }

  @Test func interruptsInQuickSuccessionStopOneRunAndNoOther() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start("python")
      let running = try await bench.queue("import time\ntime.sleep(60)", on: kernel)
      let next = try await bench.queue("import time\ntime.sleep(1)\nprint('whole')", on: kernel)
      let reports = try await withThrowingTaskGroup(of: InterruptReport.self) { group in
        for _ in 0..<5 { group.addTask { try await kernel.interrupt() } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(reports.map(\.wasRunning) == [true, true, true, true, true])
      #expect([.error, .aborted].contains(try await bench.end(of: running).ending.status))
      #expect(try await bench.end(of: next).ending.status == .ok)
    }
  }

  @Test func anInterruptAtOnceMeetsItsRun() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start("python")
      let run = try await bench.queue("import time\ntime.sleep(60)", on: kernel)
      let report = try await kernel.interrupt()
      // ipykernel ignores the signal until its code begins, and may lose the code over it when it comes right before.
      #expect(report.wasRunning)
      #expect([.error, .aborted].contains(try await bench.end(of: run).ending.status))
      #expect(try await bench.run("1", on: kernel).ending.status == .ok)
    }
  }

  @Test func whatIsOrderedWhenItDiesWaitsForItsReturn() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start(policy: KernelPolicy(KernelSettings(), autorestart: 100))
      for _ in 1...10 {
        _ = try await bench.run("exit 1", on: kernel)
        #expect(try await bench.run("1", on: kernel).ending.status == .ok)
      }
    }
  }

  @Test func aKernelThatWasBegunAgainByItselfIsFoundAgain() async throws {
    let first = try KernelBench()
    let kernel = try await first.start(policy: KernelPolicy(KernelSettings(), autorestart: 1))
    _ = try await first.run("exit 1", on: kernel)
    _ = try await first.recorder.first { recorder -> Bool? in
      for case .changed(let summary) in recorder.news where summary.status == .idle && summary.generation > 1 { return true }
      return nil
    }
    await first.stop()
    let second = try KernelBench(folder: first.folder)
    await second.kernels.beginRestoring()
    await second.kernels.settled()
    #expect(await second.kernels.all.keys.sorted() == [kernel.id])
    await second.end()
  }

  @Test func aKernelIsWrittenDownBeforeItIsReady() async throws {
    try await KernelBench.with(#"{"shutdownPatience": 0.2}"#, flags: ["silent"]) { bench in
      let starting = Task { try await bench.start() }
      // What a host that is killed now leaves behind.
      let journal = KernelJournal(path: "\(bench.folder)/kernels.json")
      while journal.read().isEmpty { await Task.yield() }
      let id = try #require(journal.read().first?.id)
      try await bench.kernels.shutDown(bench.kernels.kernel(id))
      await #expect(throws: PluginFailure.self) { try await starting.value }
    }
  }

  @Test func aReplyThatOvertakesItsOutputIsNotTheEnd() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      let run = try await bench.queue("idle-lost", on: kernel)
      while await kernel.active?.hasReplied != true { await Task.yield() }
      await kernel.pretend(replied: 60, heard: 1)
      await kernel.tick()
      #expect(await kernel.active != nil)
      await kernel.pretend(replied: 60, heard: 60)
      await kernel.tick()
      #expect(try await bench.end(of: run).ending.reason == "the kernel replied, but never said that it is idle again")
    }
  }

  @Test func kernelsBeginWithoutSignalsBlocked() async throws {
    try await KernelBench.with { bench in
      // As on a thread of libdispatch, where a test's children begin with all of them blocked.
      let kernel = try await bench.start("python")
      let code = "print([l.split()[1] for l in open('/proc/self/status') if l.startswith('SigBlk')][0])"
      let (events, _) = try await bench.run(code, on: kernel)
      #expect(events.compactMap { $0["content"]?["text"]?.stringValue }.joined() == "0000000000000000\n")
    }
  }

  @Test func aKernelThatDiedMeanwhileIsSaidAndOneOutOfReachIsNotForgotten() async throws {
    let first = try KernelBench()
    let (dead, lost) = (try await first.start(), try await first.start())
    await first.kernels.bind("/dead.py", to: dead)
    let deadPid = try #require(await dead.details["pid"]?.intValue)
    let file = try #require(await lost.details["connection_file"]?.stringValue)
    let lostPid = try #require(await lost.details["pid"]?.intValue)
    await first.stop()
    kill(pid_t(deadPid), SIGKILL)
    var status: Int32 = 0
    waitpid(pid_t(deadPid), &status, 0)
    let content = try Data(contentsOf: URL(filePath: file))
    try FileManager.default.removeItem(atPath: file)

    let second = try KernelBench(folder: first.folder)
    await second.kernels.beginRestoring()
    await second.kernels.settled()
    #expect(await second.kernels.all.isEmpty)
    #expect(second.warnings.contains { $0.hasPrefix("kernel of before has ended") && $0.contains("/dead.py") })
    #expect(second.warnings.contains { $0.hasPrefix("kernel of before not found again") && $0.contains("connection file") })
    await second.stop()

    // The file is back, and so is the kernel.
    try content.write(to: URL(filePath: file))
    let third = try KernelBench(folder: first.folder)
    await third.kernels.beginRestoring()
    await third.kernels.settled()
    #expect(await third.kernels.all.keys.sorted() == [lost.id])
    await third.end()
    waitpid(pid_t(lostPid), &status, WNOHANG)
  }
}

extension Kernel {
  /// As if the reply, and the last output, had come so many seconds ago.
  fileprivate func pretend(replied: Double, heard: Double) {
    active?.timings.reply = Self.now - replied
    active?.lastHeard = Self.now - heard
  }

  /// Lets the next begin fail.
  fileprivate func replaceProgram(_ program: String) { plan.command[0] = program }
}
