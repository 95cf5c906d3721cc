// SPDX-License-Identifier: Apache-2.0

/// How a plugin is, as its author judges it.
public enum Health: UInt32, Sendable {
  /// All is well.
  case ok = 0
  /// It works, less well than it should.
  case warning = 1
  /// It does not do what it is for.
  case failing = 2
}
