// SPDX-License-Identifier: Apache-2.0

/// What scripts may ask without a question to a person.
struct RequestSettings: Decodable, Sendable, Hashable {
  /// Patterns of commands that every run may execute; a star stands for any text.
  var allow = Self.readOnly
  /// How many entries the audit keeps.
  var auditEntries = 100_000

  /// Commands that only read.
  static let readOnly = [
    "*.list", "*.show", "*.status", "runs.alerts", "runs.checkpoints", "runs.compare", "runs.health", "runs.lineage", "runs.logs",
    "runs.names",
    "runs.report", "runs.reports", "runs.series", "runs.sessions", "runs.subset", "runs.tests", "evolve.getPnmlSchema",
  ]

  private enum CodingKeys: String, CodingKey { case allow, auditEntries }

  init(allow: [String] = Self.readOnly) { self.allow = allow }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    allow = try values.decodeIfPresent([String].self, forKey: .allow) ?? allow
    auditEntries = try values.decodeIfPresent(Int.self, forKey: .auditEntries) ?? auditEntries
  }

  func allows(_ command: String) -> Bool { allow.contains { RunScopes.matches(command, $0) } }
}
