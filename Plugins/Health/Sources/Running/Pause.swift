// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// A pause of a training for the time of some checks. Who paused, resumes; who found it paused, leaves it so.
struct Pause: Sendable {
  private let neighbours: Neighbours
  private let target: TrainingTarget
  let isOurs: Bool

  /// Pauses unless it is paused.
  ///
  /// - Throws: When the trainer did not pause. As it may do so later, having been asked, it is told to go on.
  init(_ target: TrainingTarget, _ neighbours: Neighbours) async throws {
    self.neighbours = neighbours
    self.target = target
    isOurs = !target.isPaused
    guard isOurs else { return }
    do {
      _ = try await neighbours.call("trainer.pause", ["session": .string(target.session), "reason": "health check"])
    } catch {
      _ = await end()
      throw error is CancellationError ? error : Self.failure(target, error)
    }
  }

  /// Lets the training go on if this paused it, whatever became of the call.
  ///
  /// - Returns: Why it could not, or nil.
  func end() async -> String? {
    guard isOurs else { return nil }
    var delay = Duration.zero
    for attempt in 1... {
      switch await neighbours.callRegardless("trainer.resume", ["session": .string(target.session)], after: delay) {
      case .success: return nil
      case .failure(let error):
        // Busy: the door is still at what was asked before, perhaps our own pause.
        guard attempt < Self.attempts, (error as? PluginFailure)?.status == .busy else {
          return "the training could not be resumed after the checks: \(error); 'trainer.resume' lets it go on"
        }
        delay = .milliseconds(500)
      }
    }
    return nil
  }

  private static let attempts = 20

  private static func failure(_ target: TrainingTarget, _ error: any Error) -> PluginFailure {
    let cause = error as? PluginFailure
    return PluginFailure(
      "cannot check the health of session '\(target.session.shown)': it could not be paused: \(cause?.message ?? "\(error)")",
      code: cause?.code, retryable: cause?.retryable ?? false, status: cause?.status ?? .failed)
  }
}
