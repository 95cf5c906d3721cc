// SPDX-License-Identifier: Apache-2.0

/// What a person says when a run wants to execute a command.
enum ConsentDecision: String, Sendable, Hashable, CaseIterable {
  /// This command, for all runs of the run's folder; for this run alone when it belongs to no folder.
  case allow
  /// This command, until the run ends.
  case allowRun = "allow_run"
  /// Not this command, until the run ends.
  case deny
}
