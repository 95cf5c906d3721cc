// SPDX-License-Identifier: Apache-2.0
// JSON as text: pieces that are valid already are put together, and found again, without making values of them.
import FoundationEssentials
import JSON

/// Text that a JSON parser has accepted.
enum JSONText {
  /// Puts an object together; the values are JSON text.
  static func object(_ members: [(name: StaticString, text: [UInt8])]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(members.reduce(2) { $0 + $1.text.count + $1.name.utf8CodeUnitCount + 4 })
    for (name, value) in members {
      text.append(UInt8(ascii: text.isEmpty ? "{" : ","))
      text.append(UInt8(ascii: "\""))
      text.append(contentsOf: "\(name)".utf8)
      text.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
      text.append(contentsOf: value)
    }
    if text.isEmpty { text.append(UInt8(ascii: "{")) }
    text.append(UInt8(ascii: "}"))
    return text
  }

  static func string(_ text: String) -> [UInt8] { JSONValue.string(text).bytes() }

  static func base64(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8(ascii: "\"")] + Data(bytes).base64EncodedData() + [UInt8(ascii: "\"")]
  }

  /// Makes one line of valid JSON. A newline in it can only stand between values: in a string it would be an escape.
  static func oneLine(_ text: [UInt8]) -> [UInt8] {
    let breaks = text.position(of: UInt8(ascii: "\n"), from: 0) ?? text.position(of: UInt8(ascii: "\r"), from: 0)
    guard breaks != nil else { return text }
    return text.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0 }
  }

  /// The text of a member of a member … of an object, the last of several with one name.
  ///
  /// - Returns: nil when there is none, or when a name on the way is written with escapes.
  static func member(_ path: [String], of text: [UInt8]) -> [UInt8]? {
    var range = 0..<text.count
    for name in path {
      var scanner = Scanner(text: text, at: range.lowerBound)
      guard let found = scanner.member(Array(name.utf8)) else { return nil }
      range = found
    }
    return Array(text[range])
  }
}

/// Walks over valid JSON.
private struct Scanner {
  let text: [UInt8]
  var at: Int

  mutating func member(_ name: [UInt8]) -> Range<Int>? {
    skipSpace()
    guard peek == UInt8(ascii: "{") else { return nil }
    at += 1
    var found: Range<Int>?
    skipSpace()
    while peek == UInt8(ascii: "\"") {
      let key = skipString()
      skipSpace()
      at += 1  // the colon
      skipSpace()
      let start = at
      skipValue()
      if text[key].elementsEqual(name) { found = start..<at }
      skipSpace()
      guard peek == UInt8(ascii: ",") else { break }
      at += 1
      skipSpace()
    }
    return found
  }

  private var peek: UInt8? { at < text.count ? text[at] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
  }

  /// Returns what stands between the quotes.
  private mutating func skipString() -> Range<Int> {
    at += 1
    let start = at
    while let byte = peek, byte != UInt8(ascii: "\"") { at += byte == UInt8(ascii: "\\") ? 2 : 1 }
    defer { at += 1 }
    return start..<min(at, text.count)
  }

  private mutating func skipValue() {
    var depth = 0
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        _ = skipString()
        if depth == 0 { return }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return }
        depth -= 1
        if depth == 0 {
          at += 1
          return
        }
      case UInt8(ascii: ","), 0x20, 0x0A, 0x0D, 0x09: if depth == 0 { return }
      default: break
      }
      at += 1
    }
  }
}
