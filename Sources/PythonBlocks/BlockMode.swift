// SPDX-License-Identifier: Apache-2.0

/// How much around a line is wanted.
public enum BlockMode: String, Sendable, Hashable, CaseIterable {
  /// The innermost statement that begins on the line, or that the line is a later part of.
  case statement
  /// The statement at the left margin that holds the line.
  case top
  /// The line alone.
  case line
  /// The cell that holds the line.
  case cell
}
