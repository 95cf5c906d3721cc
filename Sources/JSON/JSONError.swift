// SPDX-License-Identifier: Apache-2.0

/// A text that is not JSON, in one sentence.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, lower case, without a full stop; never quotes the text, which may hold secrets.
  public let message: String

  /// Makes an error of its sentence.
  public init(message: String) {
    self.message = message
  }

  /// The sentence.
  public var description: String { message }
}
