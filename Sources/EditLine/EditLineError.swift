// SPDX-License-Identifier: Apache-2.0

/// Editing a line that cannot be had, or a history that cannot be kept.
public struct EditLineError: Error, Equatable, CustomStringConvertible {
  /// What was tried, what happened, and what helps.
  public let description: String

  init(_ description: String) { self.description = description }
}
