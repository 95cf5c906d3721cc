// SPDX-License-Identifier: Apache-2.0

/// A refusal of the system to watch descriptors.
public struct PollingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The system's error number.
  public let number: Int32
  /// What was tried.
  public let operation: String
  /// The system's words.
  public let message: String

  /// One sentence.
  public var description: String { "cannot \(operation): \(message)" }
}
