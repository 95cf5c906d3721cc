// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Synchronization

/// The newest checkpoint of each run that trainers told of since the start: what is known without records.
final class SeenCheckpoints: Sendable {
  private static let mostRuns = 1_000
  private static let members = ["pause": "ckpt", "save_ckpt": "path", "test": "ckpt_path", "test_now": "ckpt_path", "load_ckpt": "path"]

  private let newest = Mutex<[String: UsableCheckpoint]>([:])

  /// Learns from an answer with absolute paths.
  func saw(_ command: String, of run: String?, _ data: JSONValue) {
    guard let run, let member = Self.members[command], let path = data[member]?.stringValue, path.hasPrefix("/") else { return }
    newest.withLock { newest in
      if newest.count >= Self.mostRuns, newest[run] == nil { newest = [:] }
      newest[run] = UsableCheckpoint(path: path, step: data["step"]?.intValue)
    }
  }

  /// The newest of a run whose file is still there.
  func newest(of run: String) -> UsableCheckpoint? {
    newest.withLock { $0[run] }.flatMap { SmallFile.exists($0.path) ? $0 : nil }
  }
}
