// SPDX-License-Identifier: Apache-2.0

/// How one sees that a C function failed, and what its number means.
public struct ErrorRule: Sendable, Hashable {
  /// The sign of a failure.
  public enum Sign: String, Sendable, Hashable, CaseIterable {
    /// It cannot fail.
    case none
    /// It returned another number than 0.
    case nonzero
    /// It returned 0, NULL or false.
    case zero
    /// It returned a number below 0.
    case negative
    /// It set `errno`, which was 0 before.
    case errno
  }

  /// Where the number of the failure is.
  public enum Number: String, Sendable, Hashable, CaseIterable {
    /// What the function returned.
    case result
    /// `errno`.
    case errno
  }

  /// The sign of a failure.
  public var sign: Sign
  /// Where its number is.
  public var number: Number
  /// What numbers mean.
  public var texts: [Int64: String]
}
