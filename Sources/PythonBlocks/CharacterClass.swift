// SPDX-License-Identifier: Apache-2.0

/// What a byte means outside strings.
enum CharacterClass: UInt8, Sendable {
  case space, name, digit, quote, opener, closer, colon, equals, bang, percent, question, backslash, hash, mark, bad, nul

  /// One for each byte.
  static let table: [CharacterClass] = (0...255).map { CharacterClass(byte: UInt8($0)) }

  private init(byte: UInt8) {
    switch byte {
    case 0: self = .nul
    case UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0C: self = .space
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...0xFF: self = .name
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self = .digit
    case UInt8(ascii: "'"), UInt8(ascii: "\""): self = .quote
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): self = .opener
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): self = .closer
    case UInt8(ascii: ":"): self = .colon
    case UInt8(ascii: "="): self = .equals
    case UInt8(ascii: "!"): self = .bang
    case UInt8(ascii: "%"): self = .percent
    case UInt8(ascii: "?"): self = .question
    case UInt8(ascii: "\\"): self = .backslash
    case UInt8(ascii: "#"): self = .hash
    case UInt8(ascii: "$"), UInt8(ascii: "`"), 1...31, 127: self = .bad
    default: self = .mark
    }
  }
}
