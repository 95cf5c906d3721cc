// SPDX-License-Identifier: Apache-2.0

/// Bytes that are no messages of the Debug Adapter Protocol, in one sentence.
public struct DapFramingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, lower case, without a full stop.
  public let description: String

  init(_ description: String) { self.description = description }
}
