// SPDX-License-Identifier: Apache-2.0

/// What is special about some of a trainer's commands.
enum CommandTraits {
  /// Whether the trainer does nothing else while it carries the command out, for longer than a moment.
  static func takesLong(_ command: String) -> Bool { long.contains(command) }

  /// Whether a successful reply tells something that no event does.
  static func leavesSomething(_ command: String) -> Bool { recorded.contains(command) }

  /// Whether every rank of a distributed run must get it at once.
  static func isForAllRanks(_ command: String) -> Bool { ["pause", "resume", "stop", "dist_health"].contains(command) }

  /// Whether the run that a reply names is the one the trainer is bound to from then on.
  static func bindsRun(_ command: String) -> Bool { ["fork", "merge", "switch_run", "attach_context"].contains(command) }

  /// Whether two at once mean the same as one.
  static func isJoined(_ command: String) -> Bool { ["pause", "resume"].contains(command) }

  /// What must not be done twice at once, by a name that commands of one kind share; nil when twice does no harm.
  static func guardKey(_ command: String) -> String? { guarded[command] }

  /// What a command destroys, as half a sentence.
  static func harm(_ command: String) -> String? { harms[command] }

  private static let checks: Set<String> = [
    "dist_health", "throughput_health", "activations_health", "numerics_health", "determinism_health",
  ]
  private static let long: Set<String> = checks.union([
    "test", "test_now", "generate_report", "fork", "merge", "export_subset", "prepare_export", "reset_session", "spill_all",
    "load_ckpt", "save_ckpt", "switch_run", "attach_context", "clean_disk",
  ])
  private static let recorded: Set<String> = checks.union([
    "pause", "save_ckpt", "load_ckpt", "test_now", "test", "fork", "merge", "switch_run", "attach_context", "generate_report",
    "export_subset", "prepare_export", "reset_session",
  ])
  private static let guarded = [
    "test": "test", "test_now": "test", "fork": "fork", "merge": "merge", "generate_report": "generate_report",
    "reset_session": "reset_session", "switch_run": "switch_run", "attach_context": "switch_run", "export_subset": "export_subset",
    "load_ckpt": "load_ckpt",
  ]
  private static let harms = [
    "clean_disk": "deletes every file in the trainer's save folder, also those it did not write",
    "enforce_version": "ends the training with an error in the user's script",
  ]
}
