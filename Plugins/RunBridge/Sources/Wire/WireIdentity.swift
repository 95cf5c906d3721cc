// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Looks for the id of a request in a text that is not JSON, or only the beginning of it.
struct WireIdentity {
  private let text: [UInt8]
  private var at = 0
  private var depth = 0

  /// - Returns: The outermost object's member "id", a number or a text; nil when it shows none, or not the whole of it.
  static func find(in text: [UInt8]) -> JSONValue? {
    var search = WireIdentity(text: text)
    return search.find()
  }

  private init(text: [UInt8]) { self.text = text }

  private mutating func find() -> JSONValue? {
    while at < text.count {
      switch text[at] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "\""):
        let start = at
        skipString()
        if depth == 1, text[start..<at].elementsEqual(#""id""#.utf8), isNext(UInt8(ascii: ":")) { return value() }
        continue
      default: break
      }
      at += 1
    }
    return nil
  }

  /// Goes behind the closing quote, or to the end.
  private mutating func skipString() {
    at += 1
    while at < text.count, text[at] != UInt8(ascii: "\"") { at += text[at] == UInt8(ascii: "\\") ? 2 : 1 }
    at = min(at + 1, text.count)
  }

  /// Goes behind blanks and a character, if it stands there.
  private mutating func isNext(_ byte: UInt8) -> Bool {
    skipBlanks()
    guard at < text.count, text[at] == byte else { return false }
    at += 1
    return true
  }

  private mutating func skipBlanks() {
    while at < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[at]) { at += 1 }
  }

  private mutating func value() -> JSONValue? {
    skipBlanks()
    let start = at
    if at < text.count, text[at] == UInt8(ascii: "\"") {
      skipString()
    } else {
      while at < text.count, !isEnd(text[at]) { at += 1 }
    }
    // At the very end more of it might follow.
    guard at < text.count, let value = try? JSONValue(parsing: Array(text[start..<at])) else { return nil }
    switch value {
    case .integer, .number, .string: return value
    case .null, .bool, .array, .object: return nil
    }
  }

  private func isEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
