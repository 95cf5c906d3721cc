// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import Kernel

/// The same checks for kernels that are begun here and for kernels that are found here; for those of servers see ServerProviderTests.
@Suite(.timeLimit(.minutes(2))) struct ProviderConformanceTests {
  @Test func localProviderConforms() async throws {
    let bench = try LaunchBench()
    try bench.register(
      "python",
      [
        "argv": [.string(LaunchBench.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "Python",
        "language": "python",
      ])
    try await ProviderConformance(provider: bench.provider, order: KernelOrder(spec: "python", workingDirectory: bench.folder)).run()
    await bench.finish()
  }

  @Test func attachProviderConforms() async throws {
    let bench = try LaunchBench()
    try await bench.withKernel { kernel in
      try await bench.untilReady(kernel)
      let provider = AttachProvider(surroundings: bench.surroundings, tools: bench.provider.tools)
      let record: JSONValue = ["connection_file": .string(kernel.record.place.connectionFile)]
      let handle = try #require(try await provider.restore(record))
      let attached = try await Conformed(handle, limit: .seconds(60))
      try await ProviderConformance(provider: provider, order: KernelOrder()).talksAndIsFoundAgain(attached)
      await handle.kill()
      #expect(kernel.isAlive, "what somebody else began is not ours to kill")
      async let end = handle.ended()
      await kernel.kill()
      _ = await end
      #expect(!handle.isAlive)
      let gone = try await provider.restore(record)
      #expect(gone == nil)
      await attached.link.close()
    }
    await bench.finish()
  }
}
