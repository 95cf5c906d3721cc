// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import Testing

@testable import Kernel

/// Letting go of kernels of others, on real ones.
@Suite(.timeLimit(.minutes(2))) struct DetachTests {
  /// A kernel that is somebody else's for a host that attached to it.
  private func withAttached(_ body: (_ bench: KernelBench, _ owner: Kernel, _ attached: Kernel) async throws -> Void) async throws {
    try await KernelBench.with { bench in
      let owner = try await bench.start("python")
      let file = try #require(await owner.details["connection_file"])
      let attached = try await bench.kernels.attach(["connection_file": file], provider: "attach")
      try await body(bench, owner, attached)
    }
  }

  @Test func itGoesOnAndNothingOfItIsLeftHere() async throws {
    try await withAttached { bench, owner, attached in
      await bench.kernels.bind("/a.py", to: attached)
      let running = try await bench.queue("print('begun', flush=True)\nimport time\ntime.sleep(1)\nx = 5", on: attached)
      let waiting = try await bench.queue("1", on: attached)
      _ = try await bench.recorder.first { $0.types(of: running.description.id).contains("stream") ? true : nil }
      try await bench.kernels.detach(attached)

      let lost = try await bench.end(of: running).ending
      #expect(lost.status == .lost && lost.reason == "the host let go of the kernel, which goes on")
      let dropped = try await bench.end(of: waiting).ending
      #expect(dropped.status == .aborted && dropped.reason == "the host let go of the kernel before it began")
      let told = try await bench.recorder.status(.dead, of: attached.id)
      #expect(told.reason == "the host let go of it; it goes on")
      #expect(await bench.kernels.kernel(of: "/a.py") == nil)
      #expect(await bench.kernels.inOrder.map(\.id) == [owner.id])
      #expect(KernelJournal(path: "\(bench.folder)/kernels.json").read().map(\.id) == [owner.id])

      let after = try await bench.run("print(x)", on: owner)
      #expect(after.events.compactMap { $0["content"]?["text"] } == ["5\n"], "what ran went on to its end")
      await #expect(throws: PluginFailure.self) { try await bench.queue("1", on: attached) }
    }
  }

  @Test func whoDetachesAttachesAgain() async throws {
    try await withAttached { bench, owner, attached in
      let file = try #require(await owner.details["connection_file"])
      try await bench.kernels.detach(attached)
      let again = try await bench.kernels.attach(["connection_file": file], provider: "attach")
      #expect(again.id != attached.id)
      #expect(try await bench.run("1", on: again).ending.status == .ok)
      try await bench.kernels.detach(again)
    }
  }

  @Test func oneOfOursIsKept() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start("python")
      let failure = await #expect(throws: PluginFailure.self) { try await bench.kernels.detach(kernel) }
      #expect(failure?.code == "ours")
      #expect(
        failure?.message
          == "cannot detach from kernel '\(kernel.id)': it is a process of this host's, which nobody else would look after; end it with kernel.shutdown, or take a document from it with session.detach"
      )
      #expect(try await bench.run("1", on: kernel).ending.status == .ok)
    }
  }

  @Test func oneThatHasDiedIsTakenOffTheList() async throws {
    try await withAttached { bench, owner, attached in
      try await bench.kernels.shutDown(owner)
      _ = try await bench.recorder.status(.dead, of: attached.id)
      try await bench.kernels.detach(attached)
      #expect(await bench.kernels.inOrder.isEmpty)
    }
  }
}
