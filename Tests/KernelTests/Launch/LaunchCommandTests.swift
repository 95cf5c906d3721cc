// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import Kernel

@Suite(.timeLimit(.minutes(3))) struct LaunchCommandTests {
  private func host(_ bench: LaunchBench) async throws -> TestHost {
    let environment = JSONValue.object(bench.surroundings.environment.mapValues { .string($0) })
    return try await TestHost(plugin: LaunchPlugin.self, configuration: JSONValue.object(["environment": environment]).serialized())
  }

  private func json(_ answer: Answer) throws -> JSONValue { try JSONValue(parsing: answer.payload.bytes) }

  @Test func listsKernelsAndInterpreters() async throws {
    let bench = try LaunchBench(["VIRTUAL_ENV": LaunchBench.venv])
    try bench.register("mine", ["argv": ["/bin/true"], "display_name": "Mine", "language": "m"])
    try bench.register("bad", ["argv": 3])
    let host = try await host(bench)
    let specs = try json(try await host.call("kernel.specs"))
    let names = specs["specs"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
    #expect(names.contains("mine") && names.contains("python3") && !names.contains("bad"))
    #expect(specs["unusable"]?[0]?["reason"] == "'argv' is no array that begins with a program" && specs["unreachable"] == [])
    let list = try json(try await host.call("kernel.interpreters"))["interpreters"]?.arrayValue ?? []
    #expect(list.first?["executable"] == .string(LaunchBench.python) && list.first?["nearest"] == true)
    #expect(list.dropFirst().allSatisfy { $0["nearest"] == false })
    let answer = try await host.call("kernel.specs", #"{"document": "relative.py"}"#)
    #expect(answer.failure?.message == "'document' must be a path from the root on; 'relative.py' is none")
    #expect(await host.stop() == .ok)
    await bench.finish()
  }

  @Test func installationIsShownBeforeAndAsItGoes() async throws {
    let bench = try LaunchBench(["PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null"])
    try await bench.makeBareEnvironment()
    let python = bench.folder + "/bare/bin/python"
    let host = try await host(bench)
    let dry = try json(try await host.call("kernel.install", #"{"interpreter": "\#(python)", "dry_run": true}"#))
    #expect(dry["command"] == .string("\(python) -m pip install ipykernel") && dry["installed"] == false && dry["ipykernel"] == .null)
    let there = try json(try await host.call("kernel.install", #"{"interpreter": "\#(LaunchBench.python)"}"#))
    #expect(there["installed"] == false && there["ipykernel"]?.stringValue?.isEmpty == false)
    let failed = try await host.call("kernel.install", #"{"interpreter": "\#(python)"}"#)
    let lines = failed.chunks.compactMap { (try? JSONValue(parsing: $0.bytes))?["line"]?.stringValue }
    #expect(lines.first == "$ \(python) -m pip install ipykernel" && lines.count > 1)
    #expect(failed.failure?.code == "install_failed")
    #expect(await host.stop() == .ok)
    await bench.finish()
  }
}
