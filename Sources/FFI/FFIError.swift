// SPDX-License-Identifier: Apache-2.0

/// Why a C library or one of its functions cannot be used.
public struct FFIError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of refusal it is.
  public enum Code: Sendable {
    /// The system's loader did not take the library.
    case cannotLoad
    /// The library has no function of that name.
    case noFunction
    /// libffi cannot call a function of such types.
    case badTypes
  }

  /// What kind of refusal it is.
  public let code: Code
  /// What was tried, as a verb phrase: "load", "find in '/usr/lib/libz.so.1'", "call".
  public let operation: String
  /// The path or the name that was tried.
  public let subject: String
  /// What happened, and what to do about it.
  public let message: String

  /// One sentence for a log or a person.
  public var description: String { "cannot \(operation) '\(subject)': \(message)" }
}
