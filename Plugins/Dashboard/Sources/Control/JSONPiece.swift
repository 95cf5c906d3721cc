// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A value inside a longer JSON text, found without reading what lies in it: what passes through is copied, not parsed and written again.
///
/// The text must be JSON already, from somebody who is believed; in any other, what is found means nothing, but nothing breaks either.
struct JSONPiece: Sendable {
  let bytes: [UInt8]
  let range: Range<Int>

  init(_ bytes: [UInt8]) { self.init(bytes, 0..<bytes.count) }

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    self.range = range
  }

  var text: [UInt8] { Array(bytes[range]) }
  /// The value, read.
  var value: JSONValue? { try? JSONValue(parsing: text) }
  var string: String? { value?.stringValue }
  var int: Int? { value?.intValue }

  /// The members of an object; empty for anything else.
  func members() -> JSONMembers {
    var found: [JSONMembers.Member] = []
    var reader = JSONSkipper(bytes, at: range.lowerBound, end: range.upperBound)
    guard reader.take(UInt8(ascii: "{")) else { return JSONMembers(bytes: bytes, members: []) }
    while let name = reader.string(), reader.take(UInt8(ascii: ":")), let value = reader.value() {
      found.append(JSONMembers.Member(name: name, value: value))
      guard reader.take(UInt8(ascii: ",")) else { break }
    }
    return JSONMembers(bytes: bytes, members: found)
  }
}

/// The members of one object.
struct JSONMembers {
  struct Member {
    /// Without the quotes.
    let name: Range<Int>
    let value: Range<Int>
  }

  let bytes: [UInt8]
  let members: [Member]

  /// A member by its name, which must need no escapes. Of several the first.
  subscript(name: String) -> JSONPiece? {
    let wanted = name.utf8
    return members.first { $0.name.count == wanted.count && bytes[$0.name].elementsEqual(wanted) }.map { JSONPiece(bytes, $0.value) }
  }

  /// A member by its name, however it is written.
  func named(_ name: String) -> JSONPiece? {
    self[name]
      ?? members.first { member in
        bytes[member.name].contains(UInt8(ascii: "\\"))
          && JSONPiece(bytes, member.name.lowerBound - 1..<member.name.upperBound + 1).string == name
      }.map { JSONPiece(bytes, $0.value) }
  }
}

/// Steps over JSON.
private struct JSONSkipper {
  private let bytes: [UInt8]
  private var place: Int
  private let end: Int

  init(_ bytes: [UInt8], at place: Int, end: Int) {
    self.bytes = bytes
    self.place = place
    self.end = end
  }

  private mutating func skipBlanks() {
    while place < end, bytes[place] == 0x20 || (0x09...0x0d).contains(bytes[place]) { place += 1 }
  }

  mutating func take(_ mark: UInt8) -> Bool {
    skipBlanks()
    guard place < end, bytes[place] == mark else { return false }
    place += 1
    return true
  }

  /// What stands between the quotes.
  mutating func string() -> Range<Int>? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    let start = place
    guard skipString() else { return nil }
    return start..<place - 1
  }

  /// From behind the first quote to behind the last.
  private mutating func skipString() -> Bool {
    while place < end {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        place += 1
        return true
      case UInt8(ascii: "\\"): place += 2
      default: place += 1
      }
    }
    return false
  }

  mutating func value() -> Range<Int>? {
    skipBlanks()
    let start = place
    var depth = 0
    while place < end {
      let byte = bytes[place]
      switch byte {
      case UInt8(ascii: "\""):
        place += 1
        guard skipString() else { return nil }
        if depth == 0 { return start..<place }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        place += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return start < place ? start..<place : nil }
        depth -= 1
        place += 1
        if depth == 0 { return start..<place }
      case UInt8(ascii: ","), 0x20, 0x09...0x0d:
        if depth == 0 { return start < place ? start..<place : nil }
        place += 1
      default: place += 1
      }
    }
    return depth == 0 && start < place ? start..<place : nil
  }
}
