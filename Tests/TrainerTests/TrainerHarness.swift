// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import PluginTestKit
import Trainer

/// The door in a host of its own, at a port the system chose.
struct TrainerHarness {
  let host: TestHost
  let port: Int

  init(configuration: JSONValue = [:]) async throws {
    var configuration = configuration
    configuration["port"] = configuration["port"] ?? 0
    host = try await TestHost(
      plugin: TrainerPlugin.self, configuration: configuration.serialized(), manifest: path("../../Plugins/Trainer/plugin.json"))
    port = try JSONValue(parsing: try await host.call("trainer.status").text)["port"]?.intValue ?? 0
  }

  func connect() -> FakeTrainer { FakeTrainer(port: port) }

  func ask(_ command: String, _ input: JSONValue = [:]) async throws -> JSONValue {
    let answer = try await host.call(command, input.serialized())
    if let failure = answer.failure { throw failure }
    return try JSONValue(parsing: answer.text)
  }

  /// What has come through the door, and so on.
  func count(_ name: String) async throws -> Int? { try await ask("trainer.status")["since_start"]?[name]?.intValue }

  /// The next event on a topic, as a value.
  func event(_ topic: String) async throws -> JSONValue { try JSONValue(parsing: try await host.published(topic).text) }

  /// A trainer that has taken a step, known to the door.
  func training(_ session: String = "sess-1", run: String = "baseline") async throws -> FakeTrainer {
    let trainer = connect()
    trainer.send(event(1, session: session, run: run))
    while try await event("trainer.step")["session_id"]?.stringValue != session {}
    return trainer
  }

  func event(_ seq: Int, session: String = "sess-1", run: String = "baseline", type: String = "trainStep") -> JSONValue {
    [
      "type": .string(type), "step": .integer(Int64(seq)), "loss": 0.5, "run_id": .string(run), "session_id": .string(session),
      "event_seq": .integer(Int64(seq)), "ts": 1_700_000_000.25, "run_gen": 0,
    ]
  }
}

/// The path of a file beside the tests.
func path(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().appending(path: name).standardized.path()
}
