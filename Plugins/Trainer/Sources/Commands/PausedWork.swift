// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Work on a training that stands still: paused before if need be, and going on afterwards if it did before.
struct PausedWork: Sendable {
  let service: TrainerService
  let target: SessionTable.Target
  /// Whether it goes on afterwards; nil for as before.
  let resume: Bool?

  /// What the pause left.
  struct Pause: Sendable {
    var checkpoint: UsableCheckpoint?
    var wasPaused: Bool
  }

  /// - Parameter reason: Why it is paused, for the trainer's log.
  func run(_ reason: String, _ body: (Pause) async throws -> JSONValue) async throws -> JSONValue {
    let wasPaused = service.sessions[target.session]?.phase == .paused
    let answer = try await service.request("pause", ["reason": .string(reason)], at: target)
    let path = answer.data["ckpt"]?.stringValue
    let pause = Pause(checkpoint: path.map { UsableCheckpoint(path: $0, step: answer.data["step"]?.intValue) }, wasPaused: wasPaused)
    do {
      var result = try await body(pause)
      result["resumed"] = .bool(try await goOn(wasPaused, resume))
      return result
    } catch {
      // What was paused for nothing goes on, whatever was wished for afterwards.
      _ = try? await goOn(wasPaused, nil)
      throw error
    }
  }

  /// - Returns: Whether it was told to go on.
  private func goOn(_ wasPaused: Bool, _ resume: Bool?) async throws -> Bool {
    guard resume ?? !wasPaused else { return false }
    // A reset goes on as another session on the same connection.
    _ = try await service.request("resume", nil, at: SessionTable.Target(session: target.session, connection: target.connection))
    return true
  }
}
