// SPDX-License-Identifier: Apache-2.0

/// What kind of text a block is.
public enum BlockKind: String, Sendable, Hashable, CaseIterable {
  /// A statement, or statements joined by `;`, whole.
  case statement
  /// A blank line.
  case blank
  /// A comment line outside strings, or lines with nothing but comments.
  case comment
  /// A line for IPython: `%magic`, `!shell`, `help?`.
  case magic
  /// A `%%magic` line with the rest of its cell.
  case cellMagic = "cell_magic"
  /// Lines as they were selected, not looked for.
  case lines
  /// The code of a cell.
  case cell
  /// A bracket, a string or a block that is not finished: nothing to run yet.
  case incomplete
  /// Text that no Python accepts.
  case invalid

  /// Whether a kernel can do something with such a block.
  public var isRunnable: Bool {
    switch self {
    case .statement, .magic, .cellMagic, .lines, .cell: true
    case .blank, .comment, .incomplete, .invalid: false
    }
  }
}
