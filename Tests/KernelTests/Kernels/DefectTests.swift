// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import Testing

@testable import Kernel

/// What other kernel hosts get wrong, on a real kernel; Docs/kernels.md lists them.
@Suite(.timeLimit(.minutes(2))) struct DefectTests {
  @Test func everyOutputComesAndInItsOrder() async throws {
    try await KernelBench.with { bench in
      let code = """
        import sys
        from IPython.display import display
        print('costs $$5 and $& and $`', flush=True)
        print('a warning', file=sys.stderr, flush=True)
        for number in range(2): display({'image/png': 'AAAA', 'text/plain': str(number)}, raw=True)
        print('after', flush=True)
        1 / 0
        """
      let (events, ending) = try await bench.run(code, on: try await bench.start("python"))
      let told = events.compactMap { event -> String? in
        switch event["type"]?.stringValue {
        case "stream": "\(event["content"]?["name"]?.stringValue ?? "") \(event["content"]?["text"]?.stringValue ?? "")"
        case "display_data": "figure \(event["content"]?["data"]?["text/plain"]?.stringValue ?? "")"
        case "error": event["content"]?["ename"]?.stringValue
        default: nil
        }
      }
      #expect(
        told == [
          "stdout costs $$5 and $& and $`\n", "stderr a warning\n", "figure 0", "figure 1", "stdout after\n", "ZeroDivisionError",
        ])
      #expect(ending.status == .error)
    }
  }

  @Test func aShutdownLetsTheCodeCleanUp() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start("python")
      let path = "\(bench.folder)/cleaned"
      let run = try await bench.run("import atexit; atexit.register(lambda: open('\(path)', 'w').close())", on: kernel)
      #expect(run.ending.status == .ok)
      try await bench.kernels.shutDown(kernel)
      #expect(FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func nothingOfAKernelIsOpenToOthers() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start("python")
      let file = try #require(await kernel.details["connection_file"]?.stringValue)
      let mode: (String) throws -> Int? = { try FileManager.default.attributesOfItem(atPath: $0)[.posixPermissions] as? Int }
      #expect(try mode(file) == 0o600)
      #expect(try mode("\(bench.folder)/kernels.json") == 0o600)
    }
  }

  @Test func aKernelRunsInTheFolderOfItsDocument() async throws {
    try await KernelBench.with { bench in
      let order = KernelOrder(spec: "python", document: "\(bench.folder)/runs/x.py")
      let kernel = try await bench.kernels.kernel(for: "\(bench.folder)/runs/x.py", order: order)
      let (events, _) = try await bench.run("import os; print(os.path.basename(os.getcwd()))", on: kernel)
      #expect(events.compactMap { $0["content"]?["text"]?.stringValue }.joined() == "runs\n")
    }
  }
}
