// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import Processes
import Testing

@testable import Kernel

@Suite(.timeLimit(.minutes(2))) struct WarmKernelTests {
  /// A document's kernel has variables of its own; the pool must serve it all the same, as if it had been begun for it.
  @Test(arguments: [true, false]) func servesADocument(outlives: Bool) async throws {
    try await KernelBench.with(#"{"warm":{"python":1},"outliveHost":\#(outlives)}"#) { bench in
      await bench.kernels.fillWarm()
      let document = "\(bench.folder)/runs/first.py"
      let kernel = try await bench.kernels.start(KernelOrder(spec: "python", document: document, outlivesHost: outlives))
      #expect(kernel.firstPlan.order.document == nil, "it was begun for the document, not taken from the pool")
      let run = try await bench.run("import os; print(os.environ['JPY_SESSION_NAME'], os.getcwd())", on: kernel)
      let texts = run.events.compactMap { $0["content"]?["text"]?.stringValue }
      #expect(texts.joined() == "\(document) \(bench.folder)/runs\n")
    }
  }

  /// A host that is killed ends nothing: what it kept ready is ended by the next, also what it was just making ready.
  @Test(arguments: [true, false]) func aHostThatIsKilledLeavesNoneBehind(isReady: Bool) async throws {
    let killed = try KernelBench(#"{"warm":{"python":1}}"#)
    let filling = Task { await killed.kernels.fillWarm() }
    if isReady { await filling.value }
    let written = KernelJournal(path: "\(killed.folder)/kernels.json")
    while written.read().isEmpty { await Task.yield() }
    let entry = try #require(written.read().first)
    let process = try #require(LocalRecord(entry.record)).process
    #expect(entry.isWarm == true && process.isAlive)

    // As after SIGKILL: the first host does nothing more.
    let next = try KernelBench(folder: killed.folder)
    await next.kernels.beginRestoring()
    await next.kernels.settled()
    #expect(!process.isAlive)
    #expect(await next.kernels.inOrder.isEmpty)
    #expect(next.warnings.isEmpty)
    #expect(written.read().isEmpty)
    await filling.value
    await killed.end()
    await next.end()
  }

  @Test func oneThatIsUsedIsFoundAgainAsItsUsers() async throws {
    let first = try KernelBench(#"{"warm":{"python":1}}"#)
    await first.kernels.fillWarm()
    let kernel = try await first.kernels.start(KernelOrder(spec: "python", workingDirectory: first.folder))
    #expect(kernel.firstPlan.order.workingDirectory == nil, "it was not taken from the pool")
    await first.kernels.bind("/a.py", to: kernel)
    let entries = KernelJournal(path: "\(first.folder)/kernels.json").read()
    #expect(entries.first { $0.id == kernel.id }?.isWarm == nil && entries.first { $0.id == kernel.id }?.documents == ["/a.py"])
    await first.end()
  }

  @Test func whoWantsAnotherPolicyGetsAKernelWithThat() async throws {
    try await KernelBench.with(#"{"warm":{"python":1}}"#) { bench in
      await bench.kernels.fillWarm()
      let policy = KernelPolicy(KernelSettings(), autorestart: 3)
      let kernel = try await bench.kernels.start(KernelOrder(spec: "python", workingDirectory: bench.folder), policy: policy)
      #expect(kernel.policy.autorestart == 3 && kernel.firstPlan.order.workingDirectory == bench.folder)
    }
  }

  /// A kernel in the pool that has hung since: whoever wants one gets one.
  @Test func oneThatDoesNotServeIsReplaced() async throws {
    try await KernelBench.with(#"{"warm":{"python":1}}"#) { bench in
      await bench.kernels.fillWarm()
      let entry = try #require(KernelJournal(path: "\(bench.folder)/kernels.json").read().first)
      let process = try #require(LocalRecord(entry.record)).process
      process.signalGroup(SIGKILL)
      let kernel = try await bench.kernels.start(KernelOrder(spec: "python", workingDirectory: bench.folder))
      #expect(kernel.id != entry.id && kernel.firstPlan.order.workingDirectory == bench.folder)
      #expect(await bench.kernels.inOrder.map(\.id) == [kernel.id])
    }
  }
}
