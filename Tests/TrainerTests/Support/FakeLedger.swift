// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import Synchronization

@testable import Trainer

/// Records as a test wants them; without answers nobody keeps records.
final class FakeLedger: RunLedger {
  private let answers: [String: @Sendable (JSONValue) throws -> JSONValue]
  private let asked = Mutex<[String]>([])

  init(_ answers: [String: @Sendable (JSONValue) throws -> JSONValue] = [:]) { self.answers = answers }

  func ask(_ command: String, _ input: JSONValue) async throws -> JSONValue? {
    asked.withLock { $0.append(command + " " + input.serialized()) }
    return try answers[command]?(input)
  }

  /// The questions so far.
  var questions: [String] { asked.withLock { $0 } }

  /// Records of runs with a checkpoint each, at step 7.
  static func runs(_ names: String..., forks: Int = 0, merges: Int = 0) -> FakeLedger {
    FakeLedger([
      "runs.names": { input in
        let asked = input["names"]?.arrayValue ?? []
        return [
          "counters": ["fork": .integer(Int64(forks)), "merge": .integer(Int64(merges))],
          "taken": .array(asked.filter { names.contains($0.stringValue ?? "") }),
        ]
      },
      "runs.checkpoints": { input in
        guard let run = input["run"]?.stringValue, names.contains(run) else { return ["checkpoints": []] }
        return [
          "checkpoints": [
            ["step": 9, "path": "/gone.pt", "usable_path": nil], ["step": 7, "usable_path": .string("/ckpt/\(run).pt")],
          ]
        ]
      },
    ])
  }
}
