// SPDX-License-Identifier: Apache-2.0

/// What kind of text a block is.
public enum BlockKind: String, Sendable, Hashable {
  /// A statement, or statements joined by `;`, whole.
  case statement
  /// A blank line.
  case blank
  /// A comment line outside strings.
  case comment
  /// A line for IPython: `%magic`, `!shell`, `help?`.
  case magic
  /// A `%%magic` line with the rest of its cell.
  case cellMagic = "cell_magic"
  /// A bracket, a string or a block that is not finished: nothing to run yet.
  case incomplete
  /// Text that no Python accepts.
  case invalid
}
