// SPDX-License-Identifier: Apache-2.0

/// The content of a stream message, cut into contents of the same stream.
///
/// The text is cut as it stands in the JSON, between its characters and its escapes: it is not read, and never there twice.
struct LongText {
  private let content: [UInt8]
  /// As it stands in the JSON, with its quotes.
  private let name: [UInt8]
  /// Of the text in the content, without its quotes.
  private let text: Range<Int>

  /// Finds the text; nil when there is none.
  ///
  /// - Parameter content: JSON that is right.
  init?(_ content: [UInt8]) {
    var scan = MemberScan(content)
    var (name, text) = (Array("\"stdout\"".utf8), nil as Range<Int>?)
    while let (key, value) = scan.next() {
      guard content[value.lowerBound] == UInt8(ascii: "\"") else { continue }
      if content[key].elementsEqual("\"name\"".utf8) { name = Array(content[value]) }
      if content[key].elementsEqual("\"text\"".utf8) { text = (value.lowerBound + 1)..<(value.upperBound - 1) }
    }
    guard let text else { return nil }
    (self.content, self.name, self.text) = (content, name, text)
  }

  /// Gives contents whose texts are together the text, each a little longer than `most` bytes at most.
  func forEachPiece(of most: Int, _ body: ([UInt8]) -> Void) {
    var start = text.lowerBound
    while start < text.upperBound {
      let end = cut(from: start, to: min(start + most, text.upperBound))
      var piece: [UInt8] = []
      piece.reserveCapacity(end - start + name.count + 24)
      piece += #"{"name":"#.utf8
      piece += name
      piece += #","text":""#.utf8
      piece += content[start..<end]
      piece += #""}"#.utf8
      body(piece)
      start = end
    }
  }

  /// The first place from `goal` on where a character ends.
  private func cut(from start: Int, to goal: Int) -> Int {
    var place = start
    while place < goal { place += length(at: place) }
    return min(place, text.upperBound)
  }

  /// Bytes of the character there, however it is written. Two escapes that are halves of one character are one.
  private func length(at place: Int) -> Int {
    switch content[place] {
    case UInt8(ascii: "\\"):
      guard content[place + 1] == UInt8(ascii: "u") else { return 2 }
      let isFirstHalf = content[place + 2] | 0x20 == UInt8(ascii: "d") && "89ABab".utf8.contains(content[place + 3])
      return isFirstHalf ? 12 : 6
    case 0xF0...: return 4
    case 0xE0...: return 3
    case 0xC0...: return 2
    default: return 1
    }
  }
}
