// SPDX-License-Identifier: Apache-2.0

/// Lines that Python reads as one: joined by brackets, strings or backslashes.
struct LogicalLine: Sendable {
  var lines: ClosedRange<Int>
  var column: Int32
  var narrowColumn: Int32
  var lead: LeadWord
  /// Whether a block has to follow.
  var opensBlock = false
  /// Whether something is open at its end.
  var isUnfinished = true
  /// The first line with a fault.
  var fault: (line: Int, kind: Fault)?
}
