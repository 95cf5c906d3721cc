// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A failure of the system to begin, watch or signal a process.
public struct ProcessesError: Error, Hashable, Sendable, CustomStringConvertible {
  /// errno.
  public let code: Int32
  /// A sentence: what was tried, with which value, what happened.
  public let message: String
  /// The call that failed, as "posix_spawn".
  public let operation: String
  /// What it was given: a program, a process's number, a path.
  public let input: String

  init(_ operation: String, _ input: String, code: Int32, _ tried: String) {
    self.code = code
    self.operation = operation
    self.input = input
    message = "\(tried): \(Self.reason(code))"
  }

  /// The system's own words for a number of errno.
  public static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

  /// The system's own words for what happened.
  public var reason: String { Self.reason(code) }

  /// The message.
  public var description: String { message }
}
