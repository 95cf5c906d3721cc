// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import PluginSDK
import Testing

@testable import Kernel

/// What is said when an order cannot have what it names.
@Suite(.timeLimit(.minutes(1))) struct RunWishesTests {
  private func order(_ wishes: JSONValue) throws -> RunOrder {
    var input = wishes
    input["document"] = "/a.py"
    return try JSONDecoder().decode(RunOrder.self, from: Data(input.bytes()))
  }

  @Test func anInterpreterThatIsNotUsedIsTold() async throws {
    try await KernelBench.with { bench in
      let python = TestPlaces.root.appending(path: "build/venv").path()
      let kernel = try await bench.kernels.start(KernelOrder(interpreter: python, workingDirectory: bench.folder))
      let name = await kernel.plan.displayName
      for same in ["\(python)", "\(python)/", "\(python)/bin/python"] {
        #expect(await kernel.note(of: try order(["interpreter": .string(same)])) == nil, "\(same)")
      }
      #expect(await kernel.note(of: try order([:])) == nil)
      #expect(await kernel.note(of: try order(["provider": "local"])) == nil)
      let end = "was not used; begin another with 'jackfield kernel start', or kernel.start"
      #expect(
        await kernel.note(of: try order(["interpreter": "/opt/other"]))
          == "'/a.py' has a kernel already, \(name), and the code runs in it: the interpreter '/opt/other' \(end)")
      #expect(
        await kernel.note(of: try order(["spec": "ir", "provider": "cluster"]))
          == "'/a.py' has a kernel already, \(name), and the code runs in it: the kernelspec 'ir' and the provider 'cluster' \(end)")
    }
  }

  @Test func oneBegunByItsSpecHasThat() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start()
      #expect(await kernel.note(of: try order(["spec": "null"])) == nil)
      #expect(await kernel.note(of: try order(["spec": "python"]))?.contains("the kernelspec 'python' was not used") == true)
    }
  }

  @Test(
    arguments: [
      (-1.0, "cannot follow run 'r' any more: it is of before the host was started; what is kept of it is read with results.get"),
      (1.0, "cannot follow run 'r' any more: only the latest 256 that ended can be; what is kept of it is read with results.get"),
      (
        nil,
        "no run 'r': it was not begun since the host was started, or is older than the latest 256 that ended; results.list shows what is kept"
      ),
    ] as [(Double?, String)])
  func aRunThatCannotBeFollowedIsToldWhy(after: Double?, sentence: String) async throws {
    let bench = try KernelBench()
    let began = bench.runs.began
    let commands = CodeCommands(kernels: bench.kernels, runs: bench.runs, work: bench.local.tools.work) { _ in after.map { began + $0 } }
    let failure = await #expect(throws: PluginFailure.self) { _ = try await commands.find("r") }
    #expect(failure?.message == sentence && failure?.code == "no_run" && failure?.status == .notFound)
    await bench.end()
  }
}
