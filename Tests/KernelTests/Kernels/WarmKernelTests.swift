// SPDX-License-Identifier: Apache-2.0

import JSON
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
}
