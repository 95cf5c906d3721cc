// SPDX-License-Identifier: Apache-2.0

/// A place in a JSON document: the members and elements that lead there.
struct ManifestPlace: Hashable, CustomStringConvertible {
  enum Step: Hashable {
    case key(String)
    case index(Int)
  }

  private(set) var steps: [Step] = []

  func appending(_ key: String) -> ManifestPlace { ManifestPlace(steps: steps + [.key(key)]) }
  func appending(_ index: Int) -> ManifestPlace { ManifestPlace(steps: steps + [.index(index)]) }

  /// As in "commands[0].name".
  var description: String {
    steps.reduce("") { text, step in
      switch step {
      case .key(let key): text.isEmpty ? key : "\(text).\(key)"
      case .index(let index): "\(text)[\(index)]"
      }
    }
  }

  /// The line, from 1, on which this place begins in a document that is known to be JSON; nil when it is not there.
  func line(in text: [UInt8]) -> Int? {
    var walk = Walk(text: text)
    for step in steps {
      guard walk.enter(step) else { return nil }
    }
    walk.skipSpace()
    return text.prefix(walk.at).count { $0 == UInt8(ascii: "\n") } + 1
  }
}

/// A walk over JSON text that only knows where values end.
private struct Walk {
  let text: [UInt8]
  var at = 0

  private var byte: UInt8? { at < text.count ? text[at] : nil }

  mutating func skipSpace() {
    while let byte, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { at += 1 }
  }

  /// Goes to the beginning of a member's or an element's value.
  mutating func enter(_ step: ManifestPlace.Step) -> Bool {
    skipSpace()
    at += 1  // the bracket
    var index = 0
    while true {
      skipSpace()
      guard let byte, byte != UInt8(ascii: "}"), byte != UInt8(ascii: "]") else { return false }
      switch step {
      case .key(let key):
        let start = at
        skipValue()
        let isIt = text[start..<at].elementsEqual("\"\(key)\"".utf8)
        skipSpace()
        at += 1  // the colon
        if isIt { return true }
      case .index(let wanted):
        if index == wanted { return true }
      }
      skipSpace()
      skipValue()
      skipSpace()
      if self.byte == UInt8(ascii: ",") { at += 1 }
      index += 1
    }
  }

  /// Goes behind a value: a string, a number or word, or everything up to the matching bracket.
  private mutating func skipValue() {
    var depth = 0
    repeat {
      switch byte {
      case UInt8(ascii: "\""): skipString()
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        at += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        at += 1
      default:
        if depth > 0 { at += 1 } else { skipWord() }
      }
    } while depth > 0 && at < text.count
  }

  private mutating func skipString() {
    at += 1
    while let byte, byte != UInt8(ascii: "\"") { at += byte == UInt8(ascii: "\\") ? 2 : 1 }
    at = min(at + 1, text.count)
  }

  private mutating func skipWord() {
    repeat { at += 1 } while byte.map { !Array(",]} \t\r\n".utf8).contains($0) } ?? false
  }
}
