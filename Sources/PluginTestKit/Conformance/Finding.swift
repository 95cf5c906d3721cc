// SPDX-License-Identifier: Apache-2.0

/// One rule of the contract that a plugin does not keep.
public struct Finding: Sendable, Hashable, CustomStringConvertible {
  /// How much it matters.
  public enum Severity: String, Sendable {
    /// The contract is broken.
    case fault
    /// It works and could be better.
    case advice
  }

  /// The rule, a sentence.
  public let rule: String
  /// What happened.
  public let seen: String
  /// What to do.
  public let fix: String
  /// How much it matters.
  public let severity: Severity

  /// Says what rule was not kept.
  package init(rule: String, seen: String, fix: String, severity: Severity = .fault) {
    self.rule = rule
    self.seen = seen
    self.fix = fix
    self.severity = severity
  }

  /// All three: `a cancelled call ends: 'kernel.run' had not ended after 2.0 seconds; look at call_state …`.
  public var description: String { "\(rule): \(seen); \(fix)" }
}
