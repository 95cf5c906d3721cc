// SPDX-License-Identifier: Apache-2.0

/// Cuts a stream of bytes into the messages of the Debug Adapter Protocol: a header that ends in an empty line, then as many bytes of JSON
/// as it says. Looks at nothing but the header.
public struct DapFramer: Sendable {
  /// The longest header, its empty line included.
  public static let mostHeaderBytes = 16 << 10
  /// The longest body.
  public static let mostBodyBytes = 64 << 20

  private let mostBodyBytes: Int
  private var received: [UInt8] = []
  /// Where the next message begins in `received`.
  private var begin = 0
  /// Where the header's next line begins.
  private var line = 0
  /// Up to where that line's end was looked for.
  private var searched = 0
  /// What the header's lines said of the body, as soon as one did.
  private var length: Int?
  /// Where the body begins, when the header is complete.
  private var bodyBegin: Int?

  /// - Parameter mostBodyBytes: See the constant of that name.
  public init(mostBodyBytes: Int = Self.mostBodyBytes) { self.mostBodyBytes = mostBodyBytes }

  /// Whether there are bytes of a message that is not complete.
  public var isInMessage: Bool { begin < received.count }

  /// Takes the next bytes.
  public mutating func append(_ bytes: ArraySlice<UInt8>) {
    if begin > 0 {
      received.removeSubrange(..<begin)
      line -= begin
      searched -= begin
      bodyBegin = bodyBegin.map { $0 - begin }
      begin = 0
    }
    received += bytes
  }

  /// Gives the next message; nil when it is not complete yet.
  ///
  /// - Throws: `DapFramingError`; what follows then means nothing any more.
  public mutating func next() throws(DapFramingError) -> DapFrame? {
    if bodyBegin == nil { try readHeader() }
    guard let bodyBegin, let length, received.count - bodyBegin >= length else { return nil }
    let end = bodyBegin + length
    let frame = DapFrame(bytes: Array(received[begin..<end]), headerCount: bodyBegin - begin)
    begin = end
    (line, searched) = (end, end)
    self.bodyBegin = nil
    self.length = nil
    return frame
  }

  private mutating func readHeader() throws(DapFramingError) {
    while let end = received[searched...].firstIndex(of: UInt8(ascii: "\n")) {
      try checkHeader(upTo: end)
      let text = received[line..<end]
      guard text.last == UInt8(ascii: "\r") else { throw Self.wrong(text) }
      line = end + 1
      searched = line
      guard text.count > 1 else { return try endHeader() }
      try readField(text.dropLast())
    }
    searched = received.count
    try checkHeader(upTo: received.count)
  }

  private func checkHeader(upTo end: Int) throws(DapFramingError) {
    guard end - begin < Self.mostHeaderBytes else {
      throw DapFramingError("a header has no end within \(Self.mostHeaderBytes) bytes")
    }
  }

  private mutating func endHeader() throws(DapFramingError) {
    guard length != nil else { throw DapFramingError("a header has no 'Content-Length'") }
    bodyBegin = line
  }

  private mutating func readField(_ text: ArraySlice<UInt8>) throws(DapFramingError) {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > text.startIndex, text[..<colon].allSatisfy(Self.isNameByte) else {
      throw Self.wrong(text)
    }
    guard Self.isContentLength(text[..<colon]) else { return }
    let value = String(decoding: text[(colon + 1)...], as: UTF8.self).trimmed
    guard let count = Int(value), count >= 0, value.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else {
      throw DapFramingError("'\(value.clipped)' is no 'Content-Length'")
    }
    guard count <= mostBodyBytes else {
      throw DapFramingError("a message has \(count) bytes, and \(mostBodyBytes) are the most")
    }
    guard length == nil || length == count else { throw DapFramingError("a header has two different 'Content-Length'") }
    length = count
  }

  private static func isNameByte(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

  private static func isContentLength(_ name: ArraySlice<UInt8>) -> Bool {
    name.elementsEqual("content-length".utf8) { $0 | 0x20 == $1 || $0 == $1 }
  }

  private static func wrong(_ text: ArraySlice<UInt8>) -> DapFramingError {
    DapFramingError("'\(String(decoding: text, as: UTF8.self).trimmed.clipped)' stands where a header should; does something print there?")
  }
}

extension String {
  /// Without blanks and ends of lines around it.
  fileprivate var trimmed: String {
    let isBlank = { (character: Character) in character.isWhitespace }
    guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else { return "" }
    return String(self[first...last])
  }

  /// So much of it as fits into a sentence.
  fileprivate var clipped: String { count > 60 ? prefix(60) + "…" : self }
}
