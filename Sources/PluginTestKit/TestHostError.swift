// SPDX-License-Identifier: Apache-2.0

/// What went wrong between a test and its plugin, as a sentence.
public struct TestHostError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was tried, what happened, and what to do.
  public let message: String

  /// Says what went wrong.
  public init(_ message: String) { self.message = message }

  /// The message.
  public var description: String { message }
}
