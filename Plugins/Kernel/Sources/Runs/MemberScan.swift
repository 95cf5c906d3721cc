// SPDX-License-Identifier: Apache-2.0

/// Finds the members of a JSON object without reading their values.
struct MemberScan {
  private let json: [UInt8]
  private var place = 0

  /// - Parameter json: JSON that is right.
  init(_ json: [UInt8]) {
    self.json = json
    skipBlanks()
    place = place < json.count && json[place] == UInt8(ascii: "{") ? place + 1 : json.count
  }

  /// Where the next member's name stands, with its quotes, and its value; nil behind the last.
  mutating func next() -> (key: Range<Int>, value: Range<Int>)? {
    skipBlanks()
    guard place < json.count, json[place] == UInt8(ascii: "\"") else { return nil }
    let key = value()
    skipBlanks()
    place += 1  // the colon
    skipBlanks()
    guard place < json.count else { return nil }
    let value = value()
    skipBlanks()
    if place < json.count, json[place] == UInt8(ascii: ",") { place += 1 }
    return (key, value)
  }

  private mutating func skipBlanks() {
    while place < json.count, json[place] <= 0x20 { place += 1 }
  }

  private mutating func value() -> Range<Int> {
    let start = place
    var depth = 0
    while place < json.count {
      switch json[place] {
      case UInt8(ascii: "\""):
        skipString()
        if depth == 0 { return start..<place }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return start..<place }
        depth -= 1
        if depth == 0 {
          place += 1
          return start..<place
        }
      case UInt8(ascii: ",") where depth == 0: return start..<place
      default: break
      }
      place += 1
    }
    return start..<place
  }

  private mutating func skipString() {
    place += 1
    while place < json.count, json[place] != UInt8(ascii: "\"") { place += json[place] == UInt8(ascii: "\\") ? 2 : 1 }
    place = min(place + 1, json.count)
  }
}
