// SPDX-License-Identifier: Apache-2.0

/// Something that is open at a place of the text: a bracket, a string, a continued line.
///
/// A place's state is a stack of these, and what a line means depends on the stack at its beginning and on nothing else.
struct Frame: Equatable, Sendable {
  let raw: UInt8

  static let parenthesis = Frame(raw: 1)
  static let bracket = Frame(raw: 2)
  static let brace = Frame(raw: 3)
  /// A replacement field of a formatted string: code between `{` and `}`.
  static let field = Frame(raw: 4)
  /// A line that ended in a backslash.
  static let continued = Frame(raw: 6)
  /// The same, and its last token was `:`.
  static let continuedAfterColon = Frame(raw: 7)
  /// Below a `%%magic` line: text of any language.
  static let cellMagic = Frame(raw: 9)
  /// A line for IPython that ended in a backslash.
  static let magic = Frame(raw: 10)

  private static let plainString: UInt8 = 16
  private static let formattedString: UInt8 = 32
  private static let formatSpecification: UInt8 = 64
  private static let doubleQuote: UInt8 = 1
  private static let triple: UInt8 = 2
  private static let rawText: UInt8 = 4

  /// A backslash alone on its line: what follows begins a line, with this indentation unless it is 0 (or more than a byte can tell).
  static func bare(column: Int32) -> Frame { Frame(raw: loneBackslash | UInt8(min(column, 127))) }
  private static let loneBackslash: UInt8 = 128

  static func string(isDouble: Bool, isTriple: Bool, isFormatted: Bool, isRaw: Bool) -> Frame {
    let bits = (isDouble ? doubleQuote : 0) | (isTriple ? triple : 0) | (isRaw ? rawText : 0)
    return Frame(raw: (isFormatted ? formattedString : plainString) | bits)
  }

  /// The format specification of a field of this string, or of this specification.
  var specification: Frame { Frame(raw: Self.formatSpecification | (raw & 7)) }

  /// A string's text, or a format specification.
  var isText: Bool { raw >= Self.plainString && !isBare }
  var isPlainString: Bool { isText && raw & Self.plainString != 0 }
  var isSpecification: Bool { isText && raw & Self.formatSpecification != 0 }
  var isBare: Bool { raw & Self.loneBackslash != 0 }
  var bareColumn: Int32 { Int32(raw & ~Self.loneBackslash) }
  var isTriple: Bool { raw & Self.triple != 0 }
  var isRaw: Bool { raw & Self.rawText != 0 }
  var quote: UInt8 { raw & Self.doubleQuote != 0 ? UInt8(ascii: "\"") : UInt8(ascii: "'") }
  /// Whether statements cannot begin here, but code stands here.
  var isBracket: Bool { raw >= 1 && raw <= 3 }

  /// How a message shows it.
  var shown: String {
    switch self {
    case .parenthesis: "'('"
    case .bracket: "'['"
    case .brace, .field: "'{'"
    default: isTriple ? "the triple-quoted string" : "the string"
    }
  }
}
