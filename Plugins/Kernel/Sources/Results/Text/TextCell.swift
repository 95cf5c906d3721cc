// SPDX-License-Identifier: Apache-2.0

/// One column of a line of text.
struct TextCell: Sendable, Hashable {
  static let blank = TextCell(scalar: " ", style: .plain)

  /// U+0000 for the second column of a wide character.
  var scalar: Unicode.Scalar
  var style: TextStyle

  /// Whether it is the second column of the character before it.
  var isSecondHalf: Bool { scalar.value == 0 }
}
