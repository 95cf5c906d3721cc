// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Makes JSON of what other programs write for it.
///
/// Python writes NaN and Infinity, and halves of surrogate pairs; others write bytes that are no UTF-8. NaN, the infinities and numbers
/// beyond a double become `null`, half pairs and stray bytes U+FFFD, raw control characters escapes, wrong escapes their letters. What is
/// no JSON even then becomes `{"text": "…"}`, with all of it as text.
public struct MendedJSON {
  private static let parser = Mutex(JSONParser())
  /// Beyond this the shared parser's buffers would stay large.
  private static let mostForSharedParser = 1 << 16

  private let source: [UInt8]
  private var at = 0
  private var text: [UInt8] = []
  private var hasLostNumbers = false

  /// Gives back the text itself when nothing is wrong with it.
  public static func mend(_ source: [UInt8]) -> [UInt8] {
    if isJSON(source) { return source }
    var mender = MendedJSON(source)
    let mended = mender.mend()
    return isJSON(mended) ? mended : wrapped(source)
  }

  /// Mends what is no JSON, for whoever has tried to parse it.
  ///
  /// - Returns: Perhaps JSON now, and whether a number became `null` that JSON cannot say.
  public static func attempt(_ source: [UInt8]) -> (text: [UInt8], hasLostNumbers: Bool) {
    var mender = MendedJSON(source)
    let mended = mender.mend()
    return (mended, mender.hasLostNumbers)
  }

  private static func isJSON(_ text: [UInt8]) -> Bool {
    guard text.count <= mostForSharedParser else { return (try? JSONParser().parse(text)) != nil }
    return parser.withLock { (try? $0.parse(text)) != nil }
  }

  private static func wrapped(_ source: [UInt8]) -> [UInt8] {
    JSONValue.object(["text": .string(String(decoding: source, as: UTF8.self))]).bytes()
  }

  private init(_ source: [UInt8]) {
    self.source = source
    text.reserveCapacity(source.count)
  }

  private mutating func mend() -> [UInt8] {
    while at < source.count {
      switch source[at] {
      case UInt8(ascii: "\""): mendString()
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"):
        mendWord()
      default:
        text.append(source[at])
        at += 1
      }
    }
    return text
  }

  // MARK: - Words and numbers

  private mutating func mendWord() {
    let start = at
    while at < source.count, Self.isWordByte(source[at]) { at += 1 }
    let word = source[start..<at]
    if Self.isSayable(word) {
      text += word
    } else {
      text += "null".utf8
      hasLostNumbers = true
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// Whether a word stays: all but NaN, the infinities in their spellings, and what would read as one of them.
  private static func isSayable(_ word: ArraySlice<UInt8>) -> Bool {
    guard let number = Double(String(decoding: word, as: UTF8.self)) else { return true }
    return number.isFinite
  }

  // MARK: - Strings

  private mutating func mendString() {
    text.append(source[at])
    at += 1
    while at < source.count {
      let byte = source[at]
      switch byte {
      case UInt8(ascii: "\""):
        text.append(byte)
        at += 1
        return
      case UInt8(ascii: "\\"): mendEscape()
      case 0..<0x20:
        appendEscape(of: UInt16(byte))
        at += 1
      case 0x20..<0x80:
        text.append(byte)
        at += 1
      default: mendCharacter()
      }
    }
  }

  private mutating func mendEscape() {
    guard at + 1 < source.count else {
      text += "\\\\".utf8
      at += 1
      return
    }
    switch source[at + 1] {
    case UInt8(ascii: "u"): mendUnicodeEscape()
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "t"):
      text += source[at...(at + 1)]
      at += 2
    default:
      text += "\\\\".utf8
      at += 1
    }
  }

  private mutating func mendUnicodeEscape() {
    guard let unit = codeUnit(at: at) else {
      text += "\\\\".utf8
      at += 1
      return
    }
    switch unit {
    case 0xD800..<0xDC00:
      if let second = codeUnit(at: at + 6), (0xDC00..<0xE000).contains(second) {
        text += source[at..<(at + 12)]
        at += 12
        return
      }
      appendEscape(of: 0xFFFD)
    case 0xDC00..<0xE000: appendEscape(of: 0xFFFD)
    default: text += source[at..<(at + 6)]
    }
    at += 6
  }

  /// The number of a `\uXXXX` that begins there.
  private func codeUnit(at start: Int) -> UInt16? {
    guard start + 6 <= source.count, source[start] == UInt8(ascii: "\\"), source[start + 1] == UInt8(ascii: "u") else { return nil }
    let digits = source[(start + 2)..<(start + 6)]
    guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
    return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
  }

  /// One character of several bytes, or U+FFFD for bytes that are none.
  private mutating func mendCharacter() {
    var decoder = Unicode.UTF8.ForwardParser()
    var bytes = source[at..<min(at + 4, source.count)].makeIterator()
    switch decoder.parseScalar(from: &bytes) {
    case .valid(let scalar):
      text += scalar
      at += scalar.count
    case .error(let length):
      text += [0xEF, 0xBF, 0xBD]
      at += max(1, length)
    case .emptyInput: at += 1
    }
  }

  private mutating func appendEscape(of unit: UInt16) {
    let digits = String(unit, radix: 16)
    text += "\\u".utf8
    text += String(repeating: "0", count: 4 - digits.count).utf8
    text += digits.utf8
  }
}
