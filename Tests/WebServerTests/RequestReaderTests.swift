// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebSockets

/// Heads and bodies by RFC 9112, cut at every place.
struct RequestReaderTests {
  private func head(_ text: String, limit: Int = 1_000, byteByByte: Bool = false) throws -> WebServerHead? {
    var reader = HeadReader(limit: limit)
    let bytes = Array(text.utf8)
    if byteByByte { for count in 1..<bytes.count { #expect(try reader.read(bytes.prefix(count)) == nil) } }
    guard let (head, length) = try reader.read(bytes[...]) else { return nil }
    #expect(length == bytes.count)
    return head
  }

  @Test(arguments: [false, true]) func whole(byteByByte: Bool) throws {
    let head = try #require(
      try head("GET /a%20b/%63?x=1&a+b=c%2Bd HTTP/1.1\r\nHost: h\r\nX-Y:  z \r\nEmpty:\r\n\r\n", byteByByte: byteByByte))
    #expect(head.method == "GET")
    #expect(head.path == "/a%20b/%63")
    #expect(head.segments == ["a b", "c"])
    #expect(head.query == "x=1&a+b=c%2Bd")
    #expect(head.queryValue("a b") == "c+d")
    #expect(head.queryValue("c") == nil)
    #expect(head.headers == [WebHeader("host", "h"), WebHeader("x-y", "z"), WebHeader("empty", "")])
  }

  @Test(arguments: ["/../x", "/a/%2e%2e/b", "/a%2fb", "/a%00", "/%ff", "/%zz", "/."]) func segmentsThatLeadAstray(path: String) throws {
    #expect(try head("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n")?.segments == nil)
  }

  @Test(
    arguments: [
      ("GET / HTTP/1.1\nHost: h\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", 400),
      ("GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400), ("GET / HTTP/1.1 \r\nHost: h\r\n\r\n", 400), ("GET /\r\nHost: h\r\n\r\n", 400),
      ("GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400), ("PRI * HTTP/2.0\r\n\r\n", 505), ("GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505),
      ("GET / HTTP/1.1\r\nHost: h\r\nX: a\u{0}b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: h\r\nX: " + String(repeating: "a", count: 1_000) + "\r\n\r\n", 431),
      ("GET /" + String(repeating: "a", count: 1_001), 431),
      ("GET / HTTP/1.1\r\nHost: h\r\n" + String(repeating: "a:\r\n", count: 101) + "\r\n", 431),
      ("\u{1}\u{2}\r\n\r\n", 400), ("\r\n\r\n", 400),
    ]) func refused(text: String, status: Int)
  {
    let refusal = #expect(throws: WebRefusal.self) { try head(text) }
    #expect(refusal?.status == status)
  }

  private func body(_ headers: String, _ text: String, limit: Int = 100, pieces: Int = 1_000) throws -> (
    body: String, left: Int, isDone: Bool
  ) {
    let head = try #require(try head("POST / HTTP/1.1\r\nHost: h\r\n\(headers)\r\n"))
    var reader = try BodyReader(head, limit: limit)
    var waiting: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      waiting += rest.prefix(pieces)
      rest = rest.dropFirst(pieces)
      waiting.removeFirst(try reader.read(waiting[...]))
    }
    return (String(decoding: reader.body, as: UTF8.self), waiting.count, reader.isDone)
  }

  @Test(arguments: [1, 2, 3, 1_000]) func bodies(pieces: Int) throws {
    #expect(try body("Content-Length: 5\r\n", "hellonext", pieces: pieces) == ("hello", 4, true))
    #expect(try body("Content-Length: 5\r\n", "hell", pieces: pieces) == ("hell", 0, false))
    let chunks = "5;name=value\r\nhello\r\n0A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nnext"
    #expect(try body("Transfer-Encoding: chunked\r\n", chunks, pieces: pieces) == ("hello0123456789", 4, true))
    #expect(try body("", "next", pieces: pieces) == ("", 4, true))
  }

  @Test(
    arguments: [
      ("Content-Length: 5\r\nContent-Length: 5\r\n", "", 400), ("Content-Length: +5\r\n", "", 400), ("Content-Length: -1\r\n", "", 400),
      ("Content-Length: 5, 5\r\n", "", 400), ("Content-Length:\r\n", "", 400), ("Content-Length: 99999999999999999999\r\n", "", 400),
      ("Content-Length: 101\r\n", "", 413), ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "", 400),
      ("Transfer-Encoding: gzip, chunked\r\n", "", 501), ("Transfer-Encoding:\r\n", "", 501),
      ("Transfer-Encoding: chunked\r\n", "65\r\n", 413),
      ("Transfer-Encoding: chunked\r\n", "z\r\n", 400), ("Transfer-Encoding: chunked\r\n", "-1\r\n", 400),
      ("Transfer-Encoding: chunked\r\n", "1\r\nab\r\n", 400), ("Transfer-Encoding: chunked\r\n", "1\n", 400),
      ("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n", 400),
      ("Transfer-Encoding: chunked\r\n", String(repeating: "1", count: 2_000), 400),
    ]) func bodiesThatAreRefused(headers: String, text: String, status: Int)
  {
    let refusal = #expect(throws: WebRefusal.self) { try body(headers, text) }
    #expect(refusal?.status == status)
  }

  @Test func anyHeadIsReadTheSameInAnyPieces() {
    var generator = Dice(seed: 9_112)
    let whole = Array("POST /a%20b?c=d HTTP/1.1\r\nHost: h\r\nX: y\r\nContent-Length: 3\r\n\r\n".utf8)
    for _ in 0..<3_000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 0...3, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[place] = [10, 13, 0, 32, 58, 255, 65].randomElement(using: &generator) ?? 0
      }
      #expect(outcome(bytes, pieces: Int.random(in: 1...9, using: &generator)) == outcome(bytes, pieces: 1_000))
    }
  }

  /// The head and how long it was, or the status it is refused with.
  private func outcome(_ bytes: [UInt8], pieces: Int) -> String {
    var reader = HeadReader(limit: 1_000)
    do throws(WebRefusal) {
      for count in stride(from: pieces, to: bytes.count + pieces, by: pieces) {
        if let (head, length) = try reader.read(bytes.prefix(count)) { return "\(head) \(length)" }
      }
      return "not whole"
    } catch {
      return "\(error.status)"
    }
  }
}
