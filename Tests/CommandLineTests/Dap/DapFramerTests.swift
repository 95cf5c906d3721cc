// SPDX-License-Identifier: Apache-2.0
import DebugProtocol
import Testing

@Suite struct DapFramerTests {
  private static func frames(_ text: String, pieces: Int = .max, most: Int = DapFramer.mostBodyBytes) throws(DapFramingError) -> [String] {
    var framer = DapFramer(mostBodyBytes: most)
    var frames: [String] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      framer.append(rest.prefix(pieces))
      rest = rest.dropFirst(pieces)
      while let frame = try framer.next() { frames.append(String(decoding: frame.bytes, as: UTF8.self)) }
    }
    return frames
  }

  @Test(arguments: [1, 2, 3, 7, 20, .max])
  func messagesComeThroughAsTheyAreWhereverTheyAreCut(pieces: Int) throws {
    let messages = [
      "Content-Length: 2\r\n\r\n{}", "Content-Length: 0\r\n\r\n", "content-length:  4 \r\nX-Other: y\r\n\r\n{\r\n}",
      "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 6\r\n\r\n\"grü\"",
    ]
    #expect(try Self.frames(messages.joined(), pieces: pieces) == messages)
  }

  @Test func bodyStandsBehindTheHeader() throws {
    var framer = DapFramer()
    framer.append(Array("Content-Length: 5\r\n\r\n[1,2]Content".utf8)[...])
    let frame = try framer.next()
    #expect(frame.map { Array($0.body) } == Array("[1,2]".utf8))
    #expect(try framer.next() == nil && framer.isInMessage)
    #expect(DapFrame(body: Array("[1,2]".utf8)) == frame)
  }

  @Test func manyMessagesAndAGreatOneComeThrough() throws {
    let one = "Content-Length: 7\r\n\r\n[1,2,3]"
    #expect(try Self.frames(String(repeating: one, count: 5_000), pieces: 4_096).count == 5_000)
    let great = String(decoding: DapFrame(body: [UInt8](repeating: 0x20, count: 5 << 20)).bytes, as: UTF8.self)
    #expect(try Self.frames(great + one, pieces: 65_536) == [great, one])
  }

  @Test(
    arguments: [
      ("hello\n", "'hello' stands where a header should; does something print there?"),
      ("hello\r\n", "'hello' stands where a header should; does something print there?"),
      ("Content-Length: 2\n\n{}", "'Content-Length: 2' stands where a header should; does something print there?"),
      (
        "Content-Length: 2\r\n\r\n{}Traceback (most recent call last):\n",
        "'Traceback (most recent call last):' stands where a header should; does something print there?"
      ),
      (": 2\r\n", "': 2' stands where a header should; does something print there?"),
      ("X-Other: y\r\n\r\n", "a header has no 'Content-Length'"),
      ("\r\n", "a header has no 'Content-Length'"),
      ("Content-Length: -1\r\n", "'-1' is no 'Content-Length'"),
      ("Content-Length: +1\r\n", "'+1' is no 'Content-Length'"),
      ("Content-Length: \r\n", "'' is no 'Content-Length'"),
      ("Content-Length: 99999999999999999999\r\n", "'99999999999999999999' is no 'Content-Length'"),
      ("Content-Length: 2\r\nContent-Length: 3\r\n", "a header has two different 'Content-Length'"),
      ("Content-Length: 11\r\n", "a message has 11 bytes, and 10 are the most"),
      (String(repeating: "x", count: 16 << 10), "a header has no end within 16384 bytes"),
      ("A: " + String(repeating: "y", count: 16 << 10) + "\r\n", "a header has no end within 16384 bytes"),
    ])
  func whatIsNoMessageIsExplained(text: String, message: String) {
    for pieces in [1, 100, Int.max] {
      let error = #expect(throws: DapFramingError.self) { try Self.frames(text, pieces: pieces, most: 10) }
      #expect(error?.description == message)
    }
  }

  @Test func textIsFoundInTheBodyAlone() {
    let frame = DapFrame(body: Array("a customReques customRequest".utf8))
    #expect(frame.contains("customRequest") && !frame.contains("Content-Length") && !frame.contains("customRequests"))
    #expect(!DapFrame(body: []).contains("x"))
  }
}
