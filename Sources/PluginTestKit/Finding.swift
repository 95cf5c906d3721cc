// SPDX-License-Identifier: Apache-2.0

/// One rule of the contract that a plugin does not keep.
public struct Finding: Sendable, Hashable, CustomStringConvertible {
  /// The rule, a sentence.
  public let rule: String
  /// What happened.
  public let seen: String
  /// What to do.
  public let fix: String

  /// All three: `a cancelled call ends: 'kernel.run' had not ended after 2.0 seconds; look at call_state …`.
  public var description: String { "\(rule): \(seen); \(fix)" }
}
