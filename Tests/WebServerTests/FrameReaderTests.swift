// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebSockets

/// Frames by RFC 6455, cut at every place.
struct FrameReaderTests {
  private func events(_ bytes: [UInt8], pieces: Int, limit: Int = 1_000, skips: Bool = false) -> [String] {
    var reader = FrameReader(limit: limit, skipsTooLarge: skips)
    var events: [String] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      var piece = rest.prefix(pieces)
      rest = rest.dropFirst(pieces)
      while let event = reader.next(&piece) { events.append(words(event)) }
    }
    return events
  }

  private func words(_ event: FrameReader.Event) -> String {
    switch event {
    case .message(.text(let bytes)): "text \(String(decoding: bytes, as: UTF8.self))"
    case .message(.binary(let bytes)): "binary \(bytes)"
    case .ping(let bytes): "ping \(String(decoding: bytes, as: UTF8.self))"
    case .tooLarge(let size, let beginning): "large \(size) \(beginning.count)"
    case .close(let code, let reason): "close \(code ?? 0) \(reason)"
    case .failed(let code, let reason): "failed \(code) \(reason)"
    }
  }

  private static func frame(_ first: UInt8, _ text: String) -> [UInt8] { RawClient.frame(first, Array(text.utf8)) }

  static let cases: [([UInt8], [String])] = [
    (frame(0x81, "hello world, this is more than one word"), ["text hello world, this is more than one word"]),
    (frame(0x82, "ab"), ["binary [97, 98]"]), (frame(0x81, ""), ["text "]), (frame(0x82, ""), ["binary []"]),
    (frame(0x01, "a") + frame(0x00, "b") + frame(0x80, "c") + frame(0x81, "d"), ["text abc", "text d"]),
    (frame(0x01, "a") + frame(0x89, "p") + frame(0x80, "c"), ["ping p", "text ac"]),
    (frame(0x01, "") + frame(0x80, ""), ["text "]),
    (frame(0x8a, "unasked") + frame(0x81, "x"), ["text x"]),
    (frame(0x88, "") + frame(0x81, "lost"), ["close 0 "]),
    (RawClient.frame(0x88, [3, 232, 98, 121, 101]), ["close 1000 bye"]),
    (RawClient.frame(0x88, [3]), ["failed 1002 a close code has one byte"]),
    (RawClient.frame(0x88, [3, 237]), ["failed 1002 1005 is no close code"]),
    (RawClient.frame(0x88, [7, 208]), ["failed 1002 2000 is no close code"]),
    (RawClient.frame(0x88, [3, 232, 255]), ["failed 1007 a close reason is no UTF-8"]),
    (frame(0xc1, "x"), ["failed 1002 a reserved bit is set"]), (frame(0x91, "x"), ["failed 1002 a reserved bit is set"]),
    (frame(0x83, "x"), ["failed 1002 3 is no kind of frame"]), (frame(0x8b, "x"), ["failed 1002 11 is no kind of frame"]),
    (frame(0x09, "x"), ["failed 1002 a control frame is in pieces"]),
    (frame(0x89, String(repeating: "x", count: 126)), ["failed 1002 a control frame is too long"]),
    ([0x81, 2, 104, 105], ["failed 1002 a frame is not masked"]),
    ([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0], ["failed 1002 the length of a frame is no number"]),
    (frame(0x80, "x"), ["failed 1002 a message begins with a continuation"]),
    (frame(0x01, "a") + frame(0x81, "b"), ["failed 1002 a message begins inside another"]),
    (RawClient.frame(0x81, [0xff, 0xfe]), ["failed 1007 a text is no UTF-8"]),
    (RawClient.frame(0x81, Array("12345678".utf8) + [0xed, 0xa0, 0x80]), ["failed 1007 a text is no UTF-8"]),
    (RawClient.frame(0x01, [0xc3]) + RawClient.frame(0x80, [0xa4]), ["text ä"]),
    (frame(0x81, String(repeating: "x", count: 1_001)), ["failed 1009 a message is longer than 1000 bytes"]),
    (
      frame(0x01, String(repeating: "x", count: 600)) + frame(0x80, String(repeating: "x", count: 600)),
      ["failed 1009 a message is longer than 1000 bytes"]
    ),
  ]

  @Test(arguments: cases.indices, [1, 2, 3, 7, 100_000]) func frames(index: Int, pieces: Int) {
    let (bytes, expected) = Self.cases[index]
    #expect(events(bytes, pieces: pieces) == expected)
  }

  @Test(arguments: [1, 5, 100_000]) func whatIsTooLargeIsLeftOut(pieces: Int) {
    let bytes = Self.frame(0x81, String(repeating: "x", count: 5_000)) + Self.frame(0x81, "next")
    #expect(events(bytes, pieces: pieces, skips: true) == ["large 5000 4096", "text next"])
  }

  @Test func noMoreThanSixteenTimesTheLimitIsLeftOut() {
    let bytes: [UInt8] = [0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4]
    #expect(events(bytes, pieces: 100, skips: true) == ["failed 1009 a message is longer than 1000 bytes"])
  }

  @Test(
    arguments: [(0, [0x81, 0]), (125, [0x81, 125]), (126, [0x81, 126, 0, 126]), (65_535, [0x81, 126, 255, 255])] as [(Int, [UInt8])])
  func headersOfOurs(size: Int, bytes: [UInt8]) {
    #expect(FrameHeader.bytes(.text, size: size) == bytes)
  }

  @Test func theLongHeader() { #expect(FrameHeader.bytes(.binary, size: 65_536) == [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]) }

  /// The example of RFC 6455, section 1.3.
  @Test func proofOfTheKey() {
    #expect(WebAccept.value(forKey: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    #expect(WebAccept.value(forKey: "short==") == nil)
    #expect(WebAccept.value(forKey: "dGhlIHNhbXBsZSBub25jZ!==") == nil)
  }

  @Test func anyBytesAreReadTheSameInAnyPieces() {
    var generator = Dice(seed: 6_455)
    for _ in 0..<3_000 {
      let bytes = noise(&generator)
      let whole = events(bytes, pieces: bytes.count + 1, limit: 200, skips: bytes.count % 2 == 0)
      #expect(events(bytes, pieces: Int.random(in: 1...9, using: &generator), limit: 200, skips: bytes.count % 2 == 0) == whole)
    }
  }

  /// Frames with some bytes changed.
  private func noise(_ generator: inout Dice) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 1...5, using: &generator) {
      let first = [0x01, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8a].randomElement(using: &generator) ?? 0x81
      let size = [0, 1, 2, 5, 125, 126, 300].randomElement(using: &generator) ?? 0
      bytes += RawClient.frame(UInt8(first), (0..<size).map { UInt8($0 & 0x7f) })
    }
    for _ in 0..<Int.random(in: 0...2, using: &generator) {
      bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
    }
    return bytes
  }
}
