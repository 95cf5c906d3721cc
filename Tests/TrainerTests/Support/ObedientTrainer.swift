// SPDX-License-Identifier: Apache-2.0

import JSON
import Synchronization

@testable import PluginTestKit
@testable import Trainer

/// A fake trainer that answers each command at once, as a table says.
final class ObedientTrainer: Sendable {
  /// Gives the `data` of the reply; nil for no reply at all.
  typealias Answer = @Sendable (_ command: String, _ payload: JSONValue) -> JSONValue?

  let trainer: FakeTrainer
  private let seen = Observed<[(command: String, payload: JSONValue, id: String)]>([])
  private let answered = Mutex(0)
  private let answering: Mutex<Task<Void, Never>?> = Mutex(nil)

  init(port: Int, session: String = "sess-a", run: String = "baseline", _ answer: @escaping Answer = ObedientTrainer.usual) throws {
    trainer = try FakeTrainer(port: UInt16(port))
    trainer.send(step(1, seq: 1, session: session, run: run))
    let task = Task { [trainer, weak self] in
      while let line = await trainer.next() {
        guard let request = try? JSONValue(parsing: line), let command = request["cmd"]?.stringValue else { continue }
        let payload = request["payload"] ?? [:]
        self?.seen.change { $0.append((command, payload, request["id"]?.stringValue ?? "")) }
        guard let data = answer(command, payload), let id = request["id"] else { continue }
        if let error = data["refused"] {
          trainer.send(#"{"id": \#(id.serialized()), "ok": false, "error": \#(error.serialized()), "detail": "Traceback"}"#)
        } else {
          trainer.send(#"{"id": \#(id.serialized()), "ok": true, "data": \#(data.serialized())}"#)
        }
      }
    }
    answering.withLock { $0 = task }
  }

  /// What was asked, in order.
  var commands: [String] { seen.read { $0.map(\.command) } }

  func payload(of command: String) -> JSONValue? { seen.read { $0.last { $0.command == command }?.payload } }

  func id(of command: String) -> String? { seen.read { $0.last { $0.command == command }?.id } }

  /// The identifiers given out since this was last asked.
  var unanswered: [String] {
    let all = seen.read { $0.map(\.id) }
    return answered.withLock { answered in
      defer { answered = all.count }
      return Array(all[answered...])
    }
  }

  /// Waits until a command has come.
  func received(_ command: String) async throws {
    try await seen.wait(for: "'\(command)'", within: .seconds(30)) { $0.contains { $0.command == command } ? () : nil }
  }

  /// Waits until so many commands have come in all.
  func received(count: Int) async throws {
    try await seen.wait(for: "\(count) commands", within: .seconds(30)) { $0.count >= count ? () : nil }
  }

  /// As the original trainer answers.
  static let usual: Answer = { command, payload in
    switch command {
    case "pause": ["status": "paused", "step": 5, "ckpt": "checkpoints/demo__baseline__step5.pt"]
    case "resume": ["status": "resumed", "step": 5]
    case "fork": ["new_run": payload["run_name"] ?? .null, "subset_indices": payload["selection"]?["ids"] ?? []]
    case "merge":
      ["new_run": payload["new_name"] ?? .null, "parents": payload["parents"] ?? .null, "paths": payload["paths"] ?? []]
    case "switch_run", "attach_context":
      [
        "ok": true, "run_id": payload["run_id"] ?? "baseline", "paused": true, "ckpt_loaded": true,
        "ckpt_path": payload["init_ckpt"] ?? .null,
      ]
    case "test", "test_now": ["status": "ok", "avg_loss": 0.5, "ckpt_path": "checkpoints/t.pt"]
    case "generate_report":
      [
        "losses": [0.25, nil, 1.5, 0.75], "sample_indices": [3, 1, 0, 2], "owner_run_id": "baseline", "reqId": nil,
        "meta": [
          "note": "train split", "samples": 4, "subset_on": "train", "subset_count": 0, "at_step": 5, "at_epoch": 1,
          "owner_ckpt_path": "checkpoints/r.pt",
        ],
      ]
    case "reset_session": ["ok": true, "run_id": payload["run_name"] ?? "baseline#2", "session_id": "sess-reset"]
    default: ["status": "done"]
    }
  }
}
