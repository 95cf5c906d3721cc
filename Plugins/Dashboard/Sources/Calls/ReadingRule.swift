// SPDX-License-Identifier: Apache-2.0

/// What a session that may only look may call.
///
/// That a manifest says `idempotent` is not enough: pausing twice is pausing once. So the command must also be one that reads, by a verb
/// that means reading with every plugin, or as one that is known to. What nobody has looked at yet is refused.
enum ReadingRule {
  /// Reading, whoever offers it.
  static let verbs: Set<String> = ["get", "list", "logs", "series", "show", "status"]

  /// Looked at one by one. None of them writes anything, reads a file that its caller names, or has a trainer or a kernel do something.
  static let commands: Set<String> = [
    "bridge.consents", "bridge.conversations", "bridge.fronts", "bridge.pending",
    "code.output", "code.queue",
    "health.alerts", "health.host", "health.report",
    "host.plugins",
    "kernel.monitor", "kernel.servers", "kernel.specs",
    "run.follow",
    "runs.alerts", "runs.checkpoints", "runs.compare", "runs.health", "runs.lineage", "runs.marks", "runs.names", "runs.report",
    "runs.reports", "runs.sessions", "runs.subset", "runs.tests",
    "watch.history",
  ]

  /// - Parameter isIdempotent: As the command's manifest says.
  static func allows(_ command: String, isIdempotent: Bool) -> Bool {
    guard isIdempotent, let dot = command.lastIndex(of: ".") else { return false }
    return commands.contains(command) || verbs.contains(String(command[command.index(after: dot)...]))
  }

  /// What may be asked of the host itself.
  static let hostMethods: Set<String> = ["command/list", "plugin/list", "plugin/info", "host/status"]
}
