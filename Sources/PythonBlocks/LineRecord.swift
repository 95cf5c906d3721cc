// SPDX-License-Identifier: Apache-2.0

/// What is known of one line; it follows from the line's bytes and the state at its beginning.
struct LineRecord: Equatable, Sendable {
  enum Role: UInt8, Sendable {
    case blank
    case comment
    /// The first line of a logical line.
    case start
    /// A later line of one.
    case inner
  }

  /// The number in the document's table of the stack at the line's beginning.
  var state: Int32 = StateTable.empty
  /// Columns of the indentation with tab stops of 8, and with tabs of 1 (both must agree on what is deeper); of starts.
  var column: Int32 = 0
  var narrowColumn: Int32 = 0
  var role = Role.blank
  var lead = LeadWord.none
  var fault = Fault.none
  /// Whether the logical line ends with this line.
  var isEnd = false
  /// Whether the logical line that ends here ends in `:`.
  var endsInColon = false
}
