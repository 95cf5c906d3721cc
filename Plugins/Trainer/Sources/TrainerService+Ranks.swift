// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

extension TrainerService {
  /// Sends a command to all ranks of a run at once.
  ///
  /// A rank that pauses one batch before another leaves that one waiting for it in the middle of the batch, where it hears nothing. When only some
  /// ranks said that they paused, all are let go on and asked again.
  ///
  /// - Parameter limit: For all of it; nil for what the command usually needs.
  /// - Returns: What each said, in the order of `targets`.
  func request(
    _ command: String, _ payload: JSONValue?, together targets: [SessionTable.Target], within limit: Duration?
  ) async -> [Result<Answer, any Error>] {
    guard command == "pause", targets.count > 1 else { return await request(command, payload, atAll: targets, within: limit) }
    let deadline = MonotonicClock.after(limit ?? CommandLimits.limit(of: command))
    while true {
      let left = max(MonotonicClock.remaining(until: deadline), .milliseconds(1))
      let outcomes = await request(command, payload, atAll: targets, within: min(left, CommandLimits.rankMissed))
      guard Self.haveMissed(outcomes), !Task.isCancelled, MonotonicClock.now < deadline else { return outcomes }
      _ = await request("resume", nil, atAll: targets)
    }
  }

  /// Whether some ranks answered and others were silent.
  private static func haveMissed(_ outcomes: [Result<Answer, any Error>]) -> Bool {
    let silent = outcomes.count { outcome in
      if case .failure(let error) = outcome { return (error as? PluginFailure)?.code == "timed_out" }
      return false
    }
    return silent > 0 && outcomes.contains { (try? $0.get()) != nil }
  }
}
