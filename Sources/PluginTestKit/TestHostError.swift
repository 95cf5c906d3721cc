// SPDX-License-Identifier: Apache-2.0

/// What went wrong between a test and its plugin, as a sentence.
public struct TestHostError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was tried, what happened, and what to do.
  public let message: String

  /// The rule of the contract that was broken, if it is that.
  package let rule: String?

  /// Says what went wrong.
  public init(_ message: String) { self.init(message, rule: nil) }

  package init(_ message: String, rule: String?) {
    self.message = message
    self.rule = rule
  }

  /// The message.
  public var description: String { message }
}
