// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import Testing

@testable import Kernel

/// What only a real ipykernel shows.
@Suite(.timeLimit(.minutes(2))) struct PythonKernelTests {
  private func text(_ events: [JSONValue]) -> String {
    events.compactMap { $0["content"]?["text"]?.stringValue ?? $0["content"]?["data"]?["text/plain"]?.stringValue }.joined()
  }

  @Test func valuesAreSeenWhileItIsBusyAndLeaveNoTrace() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start("python")
      #expect(text(try await bench.run("x = 20; 41", on: kernel).events) == "41")
      let busy = try await bench.queue("import time\nprint('begun', flush=True)\nwhile True: time.sleep(0.01)", on: kernel)
      _ = try await bench.recorder.first { $0.types(of: busy.description.id).contains("stream") ? true : nil }
      let values = try await kernel.evaluate(["a": "x * 2", "b": "nowhere"], within: .seconds(20))
      #expect(values["a"]?["data"]?["text/plain"] == "40")
      #expect(values["b"]?["ename"] == "NameError")
      #expect(await kernel.summary.subshells == true)
      let completed = try await kernel.askBeside("complete_request", ["code": "impor", "cursor_pos": 5], within: .seconds(20))
      #expect(completed["matches"]?.arrayValue?.contains("import") == true)
      let variables = try await Variables.read(from: kernel, within: .seconds(20))["variables"]?.arrayValue ?? []
      #expect(variables.contains { $0["name"] == "x" && $0["value"] == "20" && $0["type"] == "int" })
      let report = try await kernel.interrupt()
      #expect(report.wasRunning && report.way == .signal)
      #expect(try await bench.end(of: busy).ending.reason == "KeyboardInterrupt")
      #expect(text(try await bench.run("_, len(Out)", on: kernel).events) == "(41, 1)")
    }
  }

  @Test func interruptReachesWhatTheCodeBegan() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start("python")
      // Popen returns when the child is the other program: a signal that comes before is Python's, and the child never hears of it.
      let code = "import subprocess\nchild = subprocess.Popen(['sleep', '600'])\nprint('begun', flush=True)\nchild.wait()"
      let run = try await bench.queue(code, on: kernel)
      _ = try await bench.recorder.first { $0.types(of: run.description.id).contains("stream") ? true : nil }
      _ = try await kernel.interrupt()
      #expect(try await bench.end(of: run).ending.status == .error)
      // It ended long before its 600 seconds; Python forgets how, and says 0, when the signal came right after it had been told.
      #expect(["-2", "0"].contains(text(try await bench.run("child.wait(60)", on: kernel).events)))
    }
  }

  @Test func aThreadThatPrintsLaterIsStillTheRuns() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start("python")
      let run = try await bench.queue("import threading; threading.Timer(0.5, lambda: print('late', flush=True)).start()", on: kernel)
      #expect(try await bench.end(of: run).ending.status == .ok)
      _ = try await bench.recorder.first { $0.types(of: run.description.id).contains("stream") ? true : nil }
      #expect(text(try await bench.end(of: run).events) == "late\n")
    }
  }

  @Test func commsKeepTheirStateForWhoComesLate() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start("python")
      let code = """
        from comm import create_comm
        c = create_comm(target_name='t', comm_id='one', data={'state': {'a': 1, 'b': 2}})
        c.send({'method': 'update', 'state': {'b': 3}})
        """
      _ = try await bench.run(code, on: kernel)
      let state = try #require(await kernel.comms["one"])
      #expect(state.target == "t")
      #expect(state.state == ["a": 1, "b": 3])
      _ = try await bench.run("c.close()", on: kernel)
      #expect(await kernel.comms.isEmpty)
    }
  }

  @Test func aWarmKernelIsUsedAndReplaced() async throws {
    try await KernelBench.with(#"{"warm": {"python": 1}}"#) { bench in
      await bench.kernels.fillWarm()
      let order = KernelOrder(spec: "python", workingDirectory: "/")
      let kernel = try await bench.kernels.start(order)
      #expect(await kernel.summary.started > 0)
      #expect(text(try await bench.run("import os; os.getcwd()", on: kernel).events) == "'/'")
      #expect(await kernel.plan.workingDirectory == "/")
      #expect(try await bench.run("1", on: kernel).ending.executionCount == 2)
    }
  }

  @Test func aPasswordIsAskedForAsOne() async throws {
    try await KernelBench.with { bench in
      let kernel = try await bench.start("python")
      let run = try await bench.queue("import getpass; len(getpass.getpass('key: '))", on: kernel)
      let (prompt, isPassword) = try await bench.recorder.first { recorder -> (String, Bool)? in
        for case .input(_, _, let prompt, let isPassword) in recorder.news { return (prompt, isPassword) }
        return nil
      }
      #expect(prompt == "key: " && isPassword)
      try await kernel.answer(run.description.id, with: "secret")
      #expect(text(try await bench.end(of: run).events) == "6")
    }
  }
}
