// SPDX-License-Identifier: Apache-2.0

/// How many columns of a terminal a character takes.
enum CharacterWidth {
  /// 0 for marks that join the character before, 2 for wide characters, else 1.
  ///
  /// Source: Unicode Standard Annex 11 (East Asian Width W and F), and general categories Mn, Me, Cf, as wcwidth has it.
  static func of(_ scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return 1 }
    if isWide(value) { return 2 }
    if value >= 0x1160, value <= 0x11FF { return 0 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return value >= 0x231A && isWidePicture(scalar) ? 2 : 1
    }
  }

  private static func isWide(_ value: UInt32) -> Bool {
    switch value {
    case 0x1100...0x115F, 0x2E80...0x3029, 0x3030...0x303E, 0x3041...0x3098, 0x309B...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF,
      0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
      0x16FE0...0x16FE3, 0x17000...0x18CD5, 0x1AFF0...0x1B2FB, 0x20000...0x2FFFD, 0x30000...0x3FFFD:
      true
    default: false
    }
  }

  /// Pictures are wide when they are shown as such by themselves; the letters of flags are not.
  private static func isWidePicture(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isEmojiPresentation && !(0x1F1E6...0x1F1FF ~= scalar.value)
  }
}
