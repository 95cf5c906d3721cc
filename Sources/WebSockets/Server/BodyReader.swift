// SPDX-License-Identifier: Apache-2.0

/// Puts the body of a request together, from its length or its chunks.
///
/// Source: RFC 9112, sections 6 and 7.
struct BodyReader {
  private enum State {
    case length(left: Int)
    case chunkSize
    case chunk(left: Int)
    case chunkEnd
    case trailer
    case done
  }

  /// Of the body, in bytes.
  private let limit: Int
  private var state: State
  private(set) var body: [UInt8] = []

  /// In bytes of a line with a chunk's size, and of all trailers.
  private static let lineLimit = 1_024

  var isDone: Bool {
    if case .done = state { return true }
    return false
  }

  /// - Throws: What the head says of the body is in doubt, or it is too long.
  init(_ head: WebServerHead, limit: Int) throws(WebRefusal) {
    self.limit = limit
    let lengths = head.headers.filter { $0.name == "content-length" }.map(\.value)
    let codings = head.words("transfer-encoding")
    if head.headers.contains(where: { $0.name == "transfer-encoding" }) {
      guard lengths.isEmpty, head.isModern else { throw WebRefusal(status: 400, reason: "the body has two lengths") }
      guard codings == ["chunked"] else { throw WebRefusal(status: 501, reason: "of transfer codings only 'chunked' is known here") }
      state = .chunkSize
      return
    }
    guard let length = lengths.first else {
      state = .done
      return
    }
    guard lengths.count == 1, !length.isEmpty, length.utf8.count <= 18, length.utf8.allSatisfy({ (48...57).contains($0) }),
      let count = Int(length)
    else { throw WebRefusal(status: 400, reason: "the length of the body is no number") }
    guard count <= limit else { throw Self.tooLong(limit) }
    state = count == 0 ? .done : .length(left: count)
  }

  /// - Returns: How many bytes it took.
  mutating func read(_ bytes: ArraySlice<UInt8>) throws(WebRefusal) -> Int {
    var rest = bytes
    while try step(&rest) {}
    return bytes.count - rest.count
  }

  /// Takes one piece; false when there is none.
  private mutating func step(_ rest: inout ArraySlice<UInt8>) throws(WebRefusal) -> Bool {
    switch state {
    case .done: return false
    case .length(let left):
      guard let left = take(left, &rest) else { return false }
      state = left == 0 ? .done : .length(left: left)
    case .chunk(let left):
      guard let left = take(left, &rest) else { return false }
      state = left == 0 ? .chunkEnd : .chunk(left: left)
    case .chunkSize:
      guard let line = try line(&rest) else { return false }
      let size = try Self.size(line)
      guard size <= limit - body.count else { throw Self.tooLong(limit) }
      state = size == 0 ? .trailer : .chunk(left: size)
    case .chunkEnd:
      guard let line = try line(&rest) else { return false }
      guard line.isEmpty else { throw Self.malformed }
      state = .chunkSize
    case .trailer:
      guard let line = try line(&rest) else { return false }
      if line.isEmpty { state = .done }
    }
    return true
  }

  private mutating func take(_ left: Int, _ rest: inout ArraySlice<UInt8>) -> Int? {
    guard !rest.isEmpty else { return nil }
    let piece = rest.prefix(left)
    body += piece
    rest = rest.dropFirst(piece.count)
    return left - piece.count
  }

  private func line(_ rest: inout ArraySlice<UInt8>) throws(WebRefusal) -> ArraySlice<UInt8>? {
    guard let feed = rest.firstIndex(of: UInt8(ascii: "\n")) else {
      if rest.count > Self.lineLimit { throw Self.malformed }
      return nil
    }
    let line = rest[..<feed]
    guard line.last == 13, line.count <= Self.lineLimit else { throw Self.malformed }
    rest = rest[(feed + 1)...]
    return line.dropLast()
  }

  private static func size(_ line: ArraySlice<UInt8>) throws(WebRefusal) -> Int {
    let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") && $0 != 9 }
    guard (1...12).contains(digits.count) else { throw malformed }
    var size = 0
    for digit in digits {
      guard let value = hexadecimal(digit) else { throw malformed }
      size = size << 4 | Int(value)
    }
    return size
  }

  private static let malformed = WebRefusal(status: 400, reason: "the chunks of the body are not formed as HTTP wants it")
  private static func tooLong(_ limit: Int) -> WebRefusal { WebRefusal(status: 413, reason: "the body is longer than \(limit) bytes") }
}
