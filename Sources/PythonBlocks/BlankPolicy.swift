// SPDX-License-Identifier: Apache-2.0

/// What a blank or comment line stands for.
public enum BlankPolicy: String, Sendable, Hashable, CaseIterable {
  /// For itself: there is nothing to run.
  case itself
  /// For the statement that begins on the next line of code.
  case next
  /// For the statement before it, of the level at which the next line of code goes on.
  case previous
}
