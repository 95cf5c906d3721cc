// SPDX-License-Identifier: Apache-2.0

/// Why a run was let do something, or not.
enum AuditDecision: String, Sendable, Hashable, CaseIterable {
  /// The run's own scopes allow it.
  case scope = "allowed by scope"
  /// `allow` of the settings does.
  case configuration = "allowed by configuration"
  /// A person did, now or before.
  case consent = "allowed by consent"
  /// A person did not.
  case denied
  /// Nobody was there to ask.
  case unattended = "denied: nobody attached"
  /// The run's scopes do not let it ask for this at all.
  case outOfScope = "denied by scope"
  /// No script may.
  case reserved = "denied: reserved"
  /// It gave up before there was a decision.
  case undecided
}
