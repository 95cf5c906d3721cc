// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Asks trainers that are connected for their newest checkpoint before a bundle is made.
struct LiveTrainers {
  private static let patience = Duration.seconds(5)
  private static let timeoutMs: Int64 = 600_000

  let context: PluginContext

  /// What came of asking each trainer: session, run, state, checkpoint, and a note when there is none. Nobody is paused for it.
  ///
  /// - Parameter runs: The runs wanted; nil is all.
  func ask(runs: [String]?) async throws -> [JSONValue] {
    var told: [JSONValue] = []
    for session in try await sessions() where session["connected"]?.boolValue == true {
      let run = session["run"]?.stringValue
      if let runs, !runs.contains(run ?? "") { continue }
      told.append(try await ask(session, run))
    }
    return told
  }

  /// The sessions the trainer plugin knows; none when there is no such plugin.
  func sessions() async throws -> [JSONValue] {
    do {
      let answer = try await context.call("trainer.list", bytes: Payload.emptyObject.bytes)
      return try JSONValue(parsing: answer.bytes)["sessions"]?.arrayValue ?? []
    } catch let failure as PluginFailure {
      guard failure.status == .notFound || failure.status == .gone else { throw failure }
      return []
    }
  }

  private func ask(_ session: JSONValue, _ run: String?) async throws -> JSONValue {
    let id = session["session"]?.stringValue ?? ""
    let state = session["state"]?.stringValue ?? "unknown"
    var told: JSONValue = ["session": .string(id), "state": .string(state), "checkpoint": .null]
    if let run { told["run"] = .string(run) }
    guard state == "paused" else {
      told["note"] = .string("it is \(state) and gave no new checkpoint; pause it first to have its newest state in the bundle")
      return told
    }
    do {
      let request: JSONValue = ["session": .string(id), "cmd": "prepare_export", "payload": [:], "timeoutMs": .integer(Self.timeoutMs)]
      let answer = try JSONValue(parsing: await context.call("trainer.request", bytes: request.bytes()).bytes)
      guard let path = answer["data"]?["ckpt"]?["path"]?.stringValue else {
        told["note"] = "it is paused and gave no checkpoint"
        return told
      }
      told["checkpoint"] = .string(path)
      if let run, try await !isStored(path, of: run) { told["note"] = "the store has not heard of the checkpoint in time" }
    } catch let failure as PluginFailure {
      guard failure.status != .stopping else { throw failure }
      told["note"] = .string("it was asked for its newest checkpoint and failed: \(failure.message)")
    }
    return told
  }

  /// Waits for the store to learn of a checkpoint, which goes there by way of the trainer's events.
  private func isStored(_ path: String, of run: String) async throws -> Bool {
    let input: JSONValue = ["run": .string(run), "limit": 100]
    let end = ContinuousClock.now + Self.patience
    let name = FileSystem.name(of: path)
    repeat {
      guard let answer = try? await context.call("runs.checkpoints", bytes: input.bytes()) else { return false }
      let found = try JSONValue(parsing: answer.bytes)["checkpoints"]?.arrayValue ?? []
      // The trainer's path may be relative, the store's is absolute.
      if found.contains(where: { FileSystem.name(of: $0["path"]?.stringValue ?? "") == name }) { return true }
      try await Task.sleep(for: .milliseconds(50))
    } while ContinuousClock.now < end
    return false
  }
}
