// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import PluginSDK
import Testing

@testable import Kernel

/// A real ipykernel, spoken to by the real jupyter_client: its messages into results, its values into watches.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: PythonKernel.python), "build/venv is made by make setup"))
struct RealKernelResultTests {
  @Test func realMessagesMakeResults() async throws {
    let kernel = try await PythonKernel()
    let code = """
      import sys, time
      from IPython.display import display, clear_output, HTML, update_display
      print('to stdout'); sys.stdout.flush()
      print('to stderr', file=sys.stderr); sys.stderr.flush()
      for i in range(3):
          sys.stdout.write(f'\\r{i}/2'); sys.stdout.flush()
      print(); sys.stdout.flush()
      h = display('first', display_id='d')
      update_display('second', display_id='d')
      display(HTML('<script>alert(1)</script>'))
      {'a': float('nan')}
      """
    let results = try ResultHarness()
    let run = results.began("r")
    for event in try await kernel.execute(code) { results.service.happened(event, in: run) }
    results.ended(run)
    let outputs = try await results.outputs("r")
    #expect(
      outputs.map { $0["output_type"]?.stringValue } == ["stream", "stream", "stream", "display_data", "display_data", "execute_result"])
    #expect(outputs[0]["text"] == "to stdout\n")
    #expect(outputs[1]["text"] == "to stderr\n")
    #expect(outputs[1]["name"] == "stderr")
    #expect(outputs[2]["text"] == "2/2\n")
    #expect(outputs[3]["data"]?["text/plain"] == "'second'")
    #expect(outputs[4]["untrusted"] == ["text/html"])
    #expect(outputs[5]["data"]?["text/plain"] == "{'a': nan}")
    let failed = results.began("e", lines: 5...5)
    for event in try await kernel.execute("print('before'); 1/0") { results.service.happened(event, in: failed) }
    results.ended(failed, .error)
    let error = try await results.outputs("e")
    #expect(error.map { $0["output_type"]?.stringValue } == ["stream", "error"])
    #expect(error[1]["ename"] == "ZeroDivisionError")
    await kernel.end()
  }

  @Test func watchesLeaveNoTrace() async throws {
    let kernel = try await PythonKernel()
    let results = try ResultHarness()
    defer { withExtendedLifetime(results) {} }
    let service = WatchService(evaluator: kernel, results: results.service, kernelOf: { _ in "k" })
    _ = try await kernel.execute("x = 41; 'kept'")
    let sum = try await service.add(.document("/a.py"), "x + 1", limit: .seconds(10))
    #expect(sum["value"]?["text"] == "42")
    #expect(sum["value"]?["number"] == 42.0)
    #expect(try await service.add(.document("/a.py"), "None", limit: .seconds(10))["value"]?["text"] == "None")
    let broken = try await service.add(.document("/a.py"), "missing", limit: .seconds(10))
    #expect(broken["value"]?["status"] == "error")
    #expect(broken["value"]?["text"] == "NameError: name 'missing' is not defined")
    let events = try await kernel.execute("print(_, x, len(Out))")
    let count = try events.first { $0.type == "execute_input" }.map { try JSONValue(parsing: $0.content)["execution_count"] }
    #expect(count == 2)
    let text = try events.first { $0.type == "stream" }.map { try JSONValue(parsing: $0.content)["text"] }
    #expect(text == "kept 41 1\n")
    await service.stop()
    await kernel.end()
  }
}
