// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import Testing

@testable import Kernel

/// What every provider of kernels must do, checked on a real one. Runs Python.
///
///     try await ProviderConformance(provider, order: KernelOrder(spec: "python3")).run()
///
/// Each check is an expectation of its own; `run` does them all on one kernel, in an order a user could do them.
struct ProviderConformance {
  let provider: any KernelProvider
  let order: KernelOrder
  /// For a kernel to be ready.
  var startLimit: Duration = .seconds(120)
  /// How many first runs on fresh conversations.
  var conversations = 5

  func run() async throws {
    let plan = try await prepare()
    let handle = try await provider.launch(plan)
    let kernel = try await Conformed(handle, limit: startLimit)
    do {
      try await talksAndIsFoundAgain(kernel)
    } catch {
      await handle.kill()
      throw error
    }
    try await endIsSeen(kernel)
  }

  /// What holds of every kernel, also of one that somebody else began.
  func talksAndIsFoundAgain(_ kernel: Conformed) async throws {
    try await firstRunsLoseNothing(kernel)
    try await streamsKeepTheirOrder(kernel)
    try await interruptsByEveryWay(kernel)
    try await signalsWhereOffered(kernel)
    describes(kernel.handle)
    try await restores(kernel.handle)
  }

  // MARK: - Verbs

  private func prepare() async throws -> KernelPlan {
    let plan = try await provider.prepare(order)
    #expect(plan.order == order, "a plan keeps its order")
    #expect(!plan.spec.isEmpty && !plan.displayName.isEmpty)
    let again = try await provider.prepare(order)
    #expect(again == plan, "preparing begins nothing and settles the same again")
    await #expect(throws: (any Error).self, "an unknown spec is refused with a sentence") {
      try await provider.prepare(KernelOrder(spec: "no-such-kernel-\(UUID().uuidString)"))
    }
    return plan
  }

  private func firstRunsLoseNothing(_ kernel: Conformed) async throws {
    #expect(kernel.handle.isAlive)
    for number in 0..<conversations {
      let fresh = try await Conformed(kernel.handle, limit: startLimit)
      let run = try await fresh.run("print('first \(number)')")
      #expect(run.text == "first \(number)\n", "the first run of a conversation lost its output")
      #expect(run.status == "ok")
      await fresh.link.close()
    }
  }

  private func streamsKeepTheirOrder(_ kernel: Conformed) async throws {
    let run = try await kernel.run("for i in range(200): print(i, flush=True)\n1")
    #expect(run.text == (0..<200).map { "\($0)\n" }.joined())
    let types = run.published
    #expect(types.first == "status" && types.dropFirst().first == "execute_input")
    #expect(types.last == "status" && types.dropLast().last == "execute_result")
    let failed = try await kernel.run("1/0")
    #expect(failed.status == "error" && failed.published.contains("error"))
  }

  private func interruptsByEveryWay(_ kernel: Conformed) async throws {
    #expect(!kernel.handle.interruptWays.isEmpty)
    for way in kernel.handle.interruptWays where way != .message {
      let id = try kernel.begin("import time\nprint('begun', flush=True)\ntime.sleep(600)")
      _ = await kernel.heard.message("stream", of: id)
      try await kernel.handle.interrupt(by: way)
      let run = try await kernel.outcome(of: id)
      #expect(run.status == "error", "interrupted by \(way)")
    }
    let after = try await kernel.run("print('still here')")
    #expect(after.text == "still here\n")
  }

  private func signalsWhereOffered(_ kernel: Conformed) async throws {
    guard kernel.handle.interruptWays.contains(.signal) else {
      #expect(throws: (any Error).self, "no signal without a process") { try kernel.handle.signal(SIGINT) }
      return
    }
    let id = try kernel.begin("import time\nprint('begun', flush=True)\ntime.sleep(600)")
    _ = await kernel.heard.message("stream", of: id)
    try kernel.handle.signal(SIGINT)
    #expect(try await kernel.outcome(of: id).status == "error")
  }

  private func describes(_ handle: any KernelHandle) {
    #expect(handle.describe().objectValue?.isEmpty == false, "people want to know what it is")
  }

  private func restores(_ handle: any KernelHandle) async throws {
    guard let record = handle.persist() else { return }
    let found = try #require(await provider.restore(record), "a kernel that lives is found again")
    let kernel = try await Conformed(found, limit: startLimit)
    #expect(try await kernel.run("print(6 * 7)").text == "42\n")
    await kernel.link.close()
  }

  private func endIsSeen(_ kernel: Conformed) async throws {
    let record = kernel.handle.persist()
    async let end = kernel.handle.ended()
    await kernel.handle.kill()
    #expect(!(await end).sentence.isEmpty)
    #expect(!kernel.handle.isAlive)
    await kernel.handle.kill()
    await kernel.link.close()
    await kernel.handle.cleanUp()
    if let record {
      let found = try await provider.restore(record)
      #expect(found == nil, "a kernel that is gone is not found again")
    }
  }
}
