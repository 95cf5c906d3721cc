// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import Synchronization

@testable import Health
@testable import PluginTestKit

/// The plugin in a host of its own, with a scripted trainer and store beside it.
final class HealthHarness: Sendable {
  let host: TestHost
  /// The commands that changed or asked something of the trainer, in order, such as "pause s1", "dist_health s1".
  private let asked = Observed<[String]>([])
  private let records = Observed<[JSONValue]>([])

  init(configuration: String = "{}", starting: Bool = true) async throws {
    host = try await TestHost(
      plugin: HealthPlugin.self, configuration: configuration, manifest: repository("Plugins/Health/plugin.json"), starting: starting)
  }

  /// Scripts a trainer: its sessions, and what each check answers.
  func train(
    _ sessions: [JSONValue] = [session("s1", run: "r")], refusingPause refusal: PluginFailure? = nil,
    answer: @escaping @Sendable (_ command: String, _ session: String) async throws -> JSONValue = { command, session in
      ["session": .string(session), "data": captured("plain", command), "milliseconds": 1]
    }
  ) {
    host.answer("trainer.list") { _ in
      JSONValue.object(["host": "127.0.0.1", "port": 47_621, "sessions": .array(sessions)]).serialized()
    }
    host.answer("trainer.pause") { [self] call in
      note("pause", call)
      if let refusal { throw refusal }
      return "{}"
    }
    host.answer("trainer.resume") { [self] call in
      note("resume", call)
      return "{}"
    }
    host.answer("trainer.request") { [self] call in
      let input = try JSONValue(parsing: call.input.bytes)
      let command = input["cmd"]?.stringValue ?? "?"
      note(command, call)
      return try await answer(command, input["session"]?.stringValue ?? "?").serialized()
    }
  }

  /// Scripts a store that takes what comes.
  func store(history: JSONValue = ["results": []], alerts: JSONValue = ["alerts": []]) {
    host.answer("runs.health") { _ in history.serialized() }
    host.answer("runs.alerts") { _ in alerts.serialized() }
    for command in ["store.record_health", "store.record_alert"] {
      host.answer(command) { [self] call in
        let row = try JSONValue(parsing: call.input.bytes)
        records.change { $0.append(row) }
        return #"{"id":7}"#
      }
    }
  }

  private func note(_ what: String, _ call: ScriptedCall) {
    let session = (try? JSONValue(parsing: call.input.bytes))?["session"]?.stringValue ?? "?"
    asked.change { $0.append("\(what) \(session)") }
  }

  var conversation: [String] { asked.read { $0 } }

  /// Waits until the trainer was last told that.
  func lastHeard(_ what: String) async throws {
    try await asked.wait(for: "'\(what)'", within: .seconds(30)) { $0.last == what ? () : nil }
  }

  var stored: [JSONValue] { records.read { $0 } }

  /// Waits until so many rows are stored.
  func stored(_ count: Int) async throws {
    try await records.wait(for: "\(count) rows", within: .seconds(30)) { $0.count >= count ? () : nil }
  }

  func ask(_ command: String, _ input: JSONValue = [:]) async throws -> JSONValue {
    let answer = try await host.call(command, input.serialized())
    if let failure = answer.failure { throw failure }
    return try JSONValue(parsing: answer.text)
  }

  /// The next alert that was published.
  func alert() async throws -> JSONValue { try JSONValue(parsing: try await host.published("health.alert").text) }

  /// Publishes steps with losses, one after the other.
  func steps(_ losses: [JSONValue], from first: Int = 1, run: String = "r", session: String = "s1") {
    for (index, loss) in losses.enumerated() {
      host.publish("trainer.step", step(first + index, loss, run: run, session: session).serialized())
    }
  }
}

/// A row of `trainer.list`.
func session(_ id: String, run: String, state: String = "running", connected: Bool = true) -> JSONValue {
  ["session": .string(id), "run": .string(run), "state": .string(state), "connected": .bool(connected)]
}

/// A step as a trainer sends it.
func step(_ step: Int, _ loss: JSONValue, run: String = "r", session: String = "s1", more: [String: JSONValue] = [:]) -> JSONValue {
  let event: [String: JSONValue] = [
    "type": "trainStep", "step": .integer(Int64(step)), "loss": loss, "run_id": .string(run), "session_id": .string(session),
    "event_seq": .integer(Int64(step)), "ts": 1,
  ]
  return .object(event.merging(more) { $1 })
}

/// A file of this repository.
func repository(_ path: String) -> String { String(#filePath.dropLast("Tests/HealthTests/HealthHarness.swift".count)) + path }

/// The replies of a real trainer: onthefly-ai 0.1.4, torch on a CPU.
private let replies: [JSONValue] = {
  let text = try! String(contentsOfFile: repository("Tests/Fixtures/health-replies.ndjson"), encoding: .utf8)  // no test without it
  return text.split(separator: "\n").map { try! JSONValue(parsing: String($0)) }
}()

/// What a real trainer answered to a command.
func captured(_ situation: String, _ command: String, rank: Int? = nil, sampled: Bool = false) -> JSONValue {
  let found = replies.first {
    $0["case"]?.stringValue == situation && $0["cmd"]?.stringValue == command && $0["rank"]?.intValue == rank
      && (!sampled || $0["payload"]?["sample_weights"] == 4)
  }
  return found?["reply"]?["data"] ?? .null
}

/// Numbers that look random and are always the same.
struct Noise {
  private var state: UInt64

  init(_ seed: UInt64 = 1) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  /// From -1 to 1.
  mutating func next() -> Double {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Double(state >> 11) / 0x1p52 - 1
  }
}
