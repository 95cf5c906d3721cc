// SPDX-License-Identifier: Apache-2.0

/// What this plugin looks at in a reply before whoever asked reads the whole of it.
struct ReplyHead: Sendable, Equatable {
  /// Nil when it cannot be one of ours.
  var id: String?
  /// Neither the reply nor its `data` says that it went wrong.
  var succeeded: Bool
  /// The run the trainer is bound to after a fork, a merge, a switch or a reset.
  var runID: String?
  /// After a reset: the session that goes on.
  var sessionID: String?
  /// The command left the trainer paused, which no event tells.
  var isPaused = false
}
