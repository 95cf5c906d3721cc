// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginTestKit
import Store
import Testing

/// A store in a host of its own, with helpers that speak of events and answers as values.
struct StoreHarness {
  let host: TestHost

  init(configuration: String = "{}", starting: Bool = true) async throws {
    host = try await TestHost(
      plugin: StorePlugin.self, configuration: configuration, manifest: fixture("../../Plugins/Store/plugin.json"), starting: starting)
  }

  func publish(_ event: JSONValue, topic: String = "trainer.other") { host.publish(topic, event.serialized()) }

  /// Waits until everything of that session up to that sequence is committed.
  func committed(_ session: String, _ seq: Int) async throws {
    while true {
      let event = try JSONValue(parsing: try await host.published("store.committed").text)
      if let stored = event["sessions"]?[session]?.intValue, stored >= seq { return }
    }
  }

  func ask(_ command: String, _ input: JSONValue = [:]) async throws -> JSONValue {
    let answer = try await host.call(command, input.serialized())
    if let failure = answer.failure { throw failure }
    return try JSONValue(parsing: answer.text)
  }
}

/// The path of a file beside the tests.
func fixture(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().appending(path: name).standardized.path()
}

/// The lines of the captured conversation that came from the trainer and are events.
func capturedEvents() throws -> [JSONValue] {
  let text = try String(contentsOfFile: fixture("../Fixtures/trainer-native.ndjson"), encoding: .utf8)
  return try text.split(separator: "\n").compactMap { line in
    let entry = try JSONValue(parsing: String(line))
    guard entry["dir"] == "in", let event = try entry["line"]?.stringValue.map({ try JSONValue(parsing: $0) }) else { return nil }
    return event["type"] == nil ? nil : event
  }
}

/// A step as a trainer sends it.
func step(
  _ step: Int, seq: Int, run: String = "r", session: String = "s", values: [String: JSONValue] = ["loss": 0.5]
) -> JSONValue {
  var event: [String: JSONValue] = [
    "type": "trainStep", "step": .integer(Int64(step)), "epoch": 0, "run_id": .string(run), "session_id": .string(session),
    "event_seq": .integer(Int64(seq)), "ts": .number(1_700_000_000.5 + Double(seq)), "run_gen": 0,
  ]
  event.merge(values) { $1 }
  return .object(event)
}
