// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What the runs need of the rest of the plugin.
struct RunSurroundings: Sendable {
  /// Opens the door unless it is open, and gives what scripts connect to, as "ws://127.0.0.1:4711/".
  var address: @Sendable () async throws -> String
  /// The port that trainers connect to; nil: there is none.
  var trainerPort: @Sendable () async -> Int? = { nil }
  /// Called once for each run when its token is revoked, with why: its connections are to be reset, what it waits for fails. Any thread.
  var isOver: @Sendable (_ run: Run, _ reason: String) -> Void = { _, _ in }
  /// Called when the last run is over: the door may close. Any thread.
  var isIdle: @Sendable () -> Void = {}
  /// Publishes on `bridge.run`, without waiting.
  var publish: @Sendable (JSONValue) -> Void = { _ in }
  /// Takes the output of captured runs.
  var sink: any OutputSink = NoOutput()
  var warn: @Sendable (_ message: String, _ values: [String: String]) -> Void = { _, _ in }
}
