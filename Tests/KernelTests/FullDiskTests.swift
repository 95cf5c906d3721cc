// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import PluginSDK
import SmallDisk
import Testing

@testable import Kernel
@testable import PluginTestKit

/// The whole plugin, with a real kernel, where nothing more can be written.
@Suite(.timeLimit(.minutes(2))) struct FullDiskTests {
  private static let document = "/tmp/full-disk.py"

  private func json(_ answer: Answer) throws -> JSONValue {
    if let failure = answer.failure { throw failure }
    return try JSONValue(parsing: answer.payload.bytes)
  }

  /// Runs code as an editor does that looks at it later.
  private func run(_ code: String, on host: TestHost) async throws -> JSONValue {
    let input: JSONValue = [
      "document": .string(Self.document), "code": .string(code), "working_directory": "/tmp", "wait": false,
      "interpreter": .string(TestPlaces.root.appending(path: "build/venv/bin/python").path()),
    ]
    let answer = try json(try await host.call("code.run", input.serialized(), timeout: .seconds(60)))
    let id = try #require(answer["runs"]?[0]?["run"])
    return id
  }

  private func follow(_ run: JSONValue, on host: TestHost) async throws -> (status: JSONValue?, chunks: [JSONValue]) {
    let answer = try await host.call("code.output", JSONValue.object(["run": run]).serialized(), timeout: .seconds(60))
    return (try json(answer)["status"], try answer.chunks.map { try JSONValue(parsing: $0.bytes) })
  }

  private func text(of run: JSONValue, on host: TestHost) async throws -> String? {
    let answer = try await host.call("results.get", JSONValue.object(["id": run, "view": "full"]).serialized())
    return try json(answer)["outputs"]?[0]?["text"]?.stringValue
  }

  /// Waits for what the plugin says of its health.
  private func health(_ wanted: Health, of host: TestHost) async throws -> String {
    try await host.state.wait(for: "the health '\(wanted)'", within: .seconds(60)) { state in
      state.health.flatMap { $0.value == wanted ? $0.message : nil }
    }
  }

  /// 10 000 lines in many messages: more than a run's events have room for in memory, and less than a text has, 1 MiB.
  private static let lines = "for i in range(10_000):\n  print(i, 'x' * 60, flush=i % 50 == 0)"
  private static let text = (0..<10_000).map { "\($0) \(String(repeating: "x", count: 60))\n" }.joined()

  @Test(.enabled(if: SmallDisk.isPossible, "a small file system cannot be mounted here"))
  func runsGoOnAndWhatIsKeptIsWrittenWhenThereIsRoom() async throws {
    let host = try await TestHost(plugin: KernelPlugin.self, configuration: #"{"outliveHost": false}"#, starting: false)
    let data = try SmallDisk(kilobytes: 16_384, at: host.files.path(.data))
    let spool = try SmallDisk(kilobytes: 8_192, at: host.files.path(.state) + "/kernel/runs")
    try await host.start()
    let before = try await run("print('before')", on: host)
    #expect(try await follow(before, on: host).status == "ok")
    #expect(try await text(of: before, on: host) == "before\n")

    try data.fill()
    try spool.fill()
    let during = try await run(Self.lines, on: host)
    let followed = try await follow(during, on: host)
    #expect(followed.status == "ok" && followed.chunks.last?["type"] == "ended")
    let again = try await follow(during, on: host)
    #expect(again.chunks.contains { $0["type"] == "truncated" }, "who comes late is told what is missing")
    #expect(again.chunks.last?["type"] == "ended")
    #expect(try await health(.warning, of: host).hasPrefix("cannot keep results in '\(data.path)/kernel/results': "))

    data.empty()
    spool.empty()
    _ = try await health(.ok, of: host)
    #expect(try await text(of: during, on: host) == Self.text, "what waited in memory is written")
    let after = try await run(Self.lines, on: host)
    _ = try await follow(after, on: host)
    let whole = try await follow(after, on: host)
    #expect(whole.status == "ok" && !whole.chunks.contains { $0["type"] == "truncated" })
    #expect(try await text(of: after, on: host) == Self.text)
    #expect(await host.stop(within: .seconds(20)) == .ok)
    await host.destroy()
  }
}
