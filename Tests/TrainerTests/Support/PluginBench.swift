// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import Trainer

/// The whole plugin in a test host that answers for the store.
final class PluginBench: Sendable {
  let host: TestHost
  let port: Int

  /// - Parameter ledger: What the store says; nil for no store.
  init(_ ledger: FakeLedger? = nil) async throws {
    host = try await TestHost(
      plugin: TrainerPlugin.self, configuration: #"{"port":0}"#, manifest: fixture("../../Plugins/Trainer/plugin.json"))
    if let ledger {
      for command in ["runs.names", "runs.checkpoints", "runs.report"] {
        host.answer(command) { call in
          guard let answer = try await ledger.ask(command, JSONValue(parsing: call.input.bytes)) else {
            throw PluginFailure("run has no report", code: "report_not_found", status: .notFound)
          }
          return answer.serialized()
        }
      }
    }
    let list = try JSONValue(parsing: try await host.call("trainer.list").text)
    port = try #require(list["port"]?.intValue)
  }

  func ask(_ command: String, _ input: JSONValue = [:]) async throws -> JSONValue {
    let answer = try await host.call(command, input.serialized())
    if let failure = answer.failure { throw failure }
    return try JSONValue(parsing: answer.text)
  }

  /// The message of the failure a command ends with.
  func refusal(_ command: String, _ input: JSONValue = [:]) async throws -> PluginFailure? {
    try await host.call(command, input.serialized()).failure
  }

  /// A trainer whose first step is published.
  func trainer(
    _ session: String = "sess-a", run: String = "baseline", _ answer: @escaping ObedientTrainer.Answer = ObedientTrainer.usual
  ) async throws -> ObedientTrainer {
    let trainer = try ObedientTrainer(port: port, session: session, run: run, answer)
    try await status { $0["session_id"]?.stringValue == session && $0["pid"] != nil && $0["state"] == "running" }
    return trainer
  }

  /// Waits for an event about a session.
  @discardableResult
  func status(_ fits: @escaping @Sendable (JSONValue) -> Bool) async throws -> JSONValue { try await event("trainer.status", fits) }

  /// Waits for an event on a topic, among all so far and to come.
  @discardableResult
  func event(_ topic: String, _ fits: @escaping @Sendable (JSONValue) -> Bool) async throws -> JSONValue {
    try JSONValue(parsing: await host.published(topic) { (try? JSONValue(parsing: $0.text)).map(fits) ?? false }.text)
  }
}
