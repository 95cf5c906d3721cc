// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import WebSockets

/// WebSockets over bare connections to a real server.
@Suite(.timeLimit(.minutes(5)), .onOwnThread) struct WebServerSocketTests {
  // MARK: - Handshake

  @Test func theAnswerIsSpelledForThoseWhoSearchIt() throws {
    let echo = try EchoServer()
    let client = try RawClient(echo.port)
    try client.askForWebSocket()
    #expect(
      try client.readHead() == """
        HTTP/1.1 101 Switching Protocols\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
        \r

        """)
  }

  @Test func subprotocols() throws {
    let echo = try EchoServer()
    let client = try RawClient(echo.port)
    try client.askForWebSocket("/ws", ["Sec-WebSocket-Protocol: one, two", "Sec-WebSocket-Protocol: three"])
    #expect(try client.readHead().contains("\r\nSec-WebSocket-Protocol: two\r\n"))
    let other = try RawClient(echo.port)
    try other.askForWebSocket("/ws", ["Sec-WebSocket-Protocol: unknown"])
    #expect(try !other.readHead().contains("Sec-WebSocket-Protocol"))
    let wrong = try RawClient(echo.port)
    try wrong.askForWebSocket("/wrong", ["Sec-WebSocket-Protocol: one"])
    #expect(try wrong.status() == 500)
  }

  @Test(arguments: [("/refused", 401, "no token\n"), ("/many", 429, "too many\n"), ("/elsewhere", 404, "not found\n")])
  func theApplicationRefuses(path: String, status: Int, body: String) throws {
    let echo = try EchoServer()
    let client = try RawClient(echo.port)
    try client.askForWebSocket(path)
    let answer = try client.readAnswer()
    #expect(answer.head.hasPrefix("HTTP/1.1 \(status) "))
    #expect(answer.body == body)
    #expect(client.end() == .ended)
  }

  @Test(arguments: [
    ("Origin: http://evil.example", 403), ("Origin: http://127.0.0.1:PORT", 403), ("Content-Length: 3", 400), ("X: y", 101),
  ]) func theServerRefuses(header: String, status: Int) throws {
    let echo = try EchoServer()
    let client = try RawClient(echo.port)
    try client.askForWebSocket("/ws", [header.replacingOccurrences(of: "PORT", with: "\(echo.port)")])
    #expect(try client.readHead().hasPrefix("HTTP/1.1 \(status) "))
  }

  @Test(arguments: [
    ("Host: 127.0.0.1:PORT", "Host: evil.example:PORT", 403), ("Version: 13", "Version: 8", 426), ("Key: dGh", "Key: dG", 400),
    ("GET", "POST", 400), ("HTTP/1.1", "HTTP/1.0", 400), ("Upgrade: websocket", "Upgrade: h2c", 404), ("Connection: Upgrade", "X: y", 404),
    ("Upgrade: websocket", "Upgrade: h2c, WebSocket", 101), ("Connection: Upgrade", "Connection: keep-alive, upgrade", 101),
  ]) func handshakesThatAreAlmostRight(part: String, replacement: String, status: Int) throws {
    let echo = try EchoServer()
    let port = "\(echo.port)"
    let client = try RawClient(echo.port)
    let whole =
      "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    try client.send(whole.replacingOccurrences(of: part, with: replacement).replacingOccurrences(of: "PORT", with: port))
    let head = try client.readHead()
    #expect(head.hasPrefix("HTTP/1.1 \(status) "))
    if status == 426 { #expect(head.contains("Sec-WebSocket-Version: 13")) }
  }

  @Test func framesThatComeWithTheHandshake() throws {
    let echo = try EchoServer()
    let client = try RawClient(echo.port)
    let frame = RawClient.frame(0x81, Array("early".utf8))
    let head = "GET /ws HTTP/1.1\r\nHost: localhost:\(echo.port)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    let rest = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    try client.send(Array((head + rest).utf8) + frame)
    _ = try client.readHead()
    #expect(try client.readFrame().text == "early")
  }

  // MARK: - Messages

  @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 65_537, 8 << 20], [UInt8(0x81), 0x82]) func anySizeComesBackInOneFrame(
    size: Int, first: UInt8
  ) throws {
    let echo = try EchoServer()
    let client = try RawClient.webSocket(echo.port)
    let payload = Array(String(repeating: "no power of two!!", count: size / 17 + 1).utf8.prefix(size))
    try client.send(RawClient.frame(first, payload))
    let frame = try client.readFrame()
    #expect(frame.first == first)
    // Compared apart: a failure would print megabytes.
    let isSame = frame.payload == payload
    #expect(isSame)
  }

  @Test func piecesBecomeOneMessage() throws {
    let echo = try EchoServer()
    let client = try RawClient.webSocket(echo.port)
    try client.send(RawClient.frame(0x01, Array("a".utf8)) + RawClient.frame(0x89, Array("ping".utf8)))
    try client.send(RawClient.frame(0x00, Array("b".utf8)) + RawClient.frame(0x80, Array("c".utf8)))
    #expect(try client.readFrame() == RawClient.Frame(first: 0x8a, payload: Array("ping".utf8)))
    #expect(try client.readFrame() == RawClient.Frame(first: 0x81, payload: Array("abc".utf8)))
  }

  @Test func orderIsKept() throws {
    let echo = try EchoServer()
    let client = try RawClient.webSocket(echo.port)
    try client.send((0..<2_000).flatMap { RawClient.frame(0x81, Array("\($0)".utf8)) })
    for number in 0..<2_000 { #expect(try client.readFrame().text == "\(number)") }
  }

  @Test(
    arguments: [
      ([0x81, 2, 104, 105], 1_002), (RawClient.frame(0xc1, [1]), 1_002), (RawClient.frame(0x83, []), 1_002),
      (RawClient.frame(0x80, []), 1_002),
      (RawClient.frame(0x81, [0xff]), 1_007), (RawClient.frame(0x88, [0]), 1_002), (RawClient.frame(0x88, [3, 236]), 1_002),
      ([0x82, 0xff, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0], 1_009), ([0x82, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0], 1_002),
    ] as [([UInt8], Int)]) func violations(bytes: [UInt8], code: Int) async throws
  {
    let echo = try EchoServer()
    let client = try RawClient.webSocket(echo.port)
    try client.send(bytes + RawClient.frame(0x81, Array("never heard".utf8)))
    #expect(try client.readFrame().code == code)
    #expect(client.end() == .ended)
    #expect(await echo.notes.next() == "closed 0  \(code == 1_009 ? "tooLarge" : "broken")")
  }

  @Test(arguments: [(1_000, "bye"), (1_001, ""), (1_011, "ä"), (3_000, "x"), (4_999, "y")]) func theClientCloses(code: Int, reason: String)
    async throws
  {
    let echo = try EchoServer()
    let client = try RawClient.webSocket(echo.port)
    try client.send(RawClient.frame(0x88, [UInt8(code >> 8), UInt8(code & 255)] + Array(reason.utf8)))
    #expect(try client.readFrame().code == code)
    #expect(client.end() == .ended)
    #expect(await echo.notes.next() == "closed \(code) \(reason) -")
  }

  @Test func theServerCloses() async throws {
    let echo = try EchoServer()
    let client = try RawClient.webSocket(echo.port)
    try client.sendText("close 4001")
    let frame = try client.readFrame()
    #expect(frame.code == 4_001)
    #expect(frame.payload.dropFirst(2) == ArraySlice(Array("as asked".utf8)))
    try client.send(RawClient.frame(0x88, [0x0f, 0xa1]))
    #expect(client.end() == .ended)
    #expect(await echo.notes.next() == "closed 4001  -")
  }

  @Test func aGoodbyeThatIsNotAnswered() async throws {
    let echo = try EchoServer { $0.closeTime = .milliseconds(100) }
    let client = try RawClient.webSocket(echo.port)
    try client.sendText("close 1000")
    #expect(try client.readFrame().code == 1_000)
    #expect(await echo.notes.next() == "closed 0  -")
    #expect(client.end() == .ended)
  }

  @Test func aGoodbyeBehindMuch() async throws {
    let echo = try EchoServer { $0.closeTime = .milliseconds(1) }
    let client = try RawClient.webSocket(echo.port, receiveBuffer: 4_096)
    try client.send(RawClient.frame(0x81, Array("big 8000000".utf8)) + RawClient.frame(0x81, Array("close 1000".utf8)))
    #expect(try client.readFrame().payload.count == 8_000_000)
    #expect(try client.readFrame().code == 1_000)
    #expect(await echo.notes.next() == "closed 0  -")
  }

  @Test func anEndWithoutGoodbye() async throws {
    let echo = try EchoServer()
    var client: RawClient? = try RawClient.webSocket(echo.port)
    try client?.send([0x81])
    client = nil
    #expect(await echo.notes.next() == "closed 0  -")
  }

  @Test func abortIsAReset() async throws {
    let echo = try EchoServer()
    let client = try RawClient.webSocket(echo.port)
    try client.sendText("abort")
    #expect(client.end() == .reset)
    #expect(await echo.notes.next() == "closed 0  -")
  }

  @Test(arguments: [0, 1, 100_000, 12 << 20]) func aResetBehindWhatWaits(size: Int) async throws {
    let echo = try EchoServer()
    let client = try RawClient.webSocket(echo.port)
    try client.sendText("leave \(size) 20")
    #expect(try client.readFrame().payload.count == size)
    #expect(client.end() == .reset)
    #expect(await echo.notes.next() == "closed 0  -")
  }

  @Test func aResetDoesNotWaitForThoseWhoTakeNothing() async throws {
    let echo = try EchoServer { $0.writeTime = .seconds(600) }
    let client = try RawClient.webSocket(echo.port, receiveBuffer: 4_096)
    try client.sendText("leave \(12 << 20) 0")
    #expect(await echo.notes.next() == "closed 0  -")
    #expect(throws: RawClient.Failure.reset) { _ = try client.readFrame() }
  }

  // MARK: - For fragile clients

  @Test(arguments: [[0x81], Array(RawClient.frame(0x81, [1, 2, 3]).dropLast())] as [[UInt8]]) func aResetInsteadOfAGoodbye(
    bytes: [UInt8]
  ) async throws {
    let echo = try EchoServer { $0.messageTime = .milliseconds(100) }
    let client = try RawClient.webSocket(echo.port, "/reset")
    try client.send(bytes)
    #expect(client.end() == .reset)
    #expect(await echo.notes.next() == "closed 0  timeout")
  }

  @Test func aResetForThoseWhoTakeNothing() async throws {
    let echo = try EchoServer { $0.writeTime = .milliseconds(200) }
    let client = try RawClient.webSocket(echo.port, "/reset", receiveBuffer: 4_096)
    try client.sendText("big \(12 << 20)")
    #expect(await echo.notes.next() == "closed 0  timeout")
    #expect(throws: RawClient.Failure.reset) { _ = try client.readFrame() }
  }

  @Test func aResetAtTheStop() async throws {
    let echo = try EchoServer()
    let client = try RawClient.webSocket(echo.port, "/reset")
    try client.sendText("x")
    _ = try client.readFrame()
    echo.server.stop()
    #expect(client.end() == .reset)
    #expect(await echo.notes.next() == "closed 0  stopped")
  }

  @Test func whatBreaksTheProtocolIsToldEvenThen() throws {
    let echo = try EchoServer()
    let client = try RawClient.webSocket(echo.port, "/reset")
    try client.send([0x81, 0x01, 0x41])
    #expect(try client.readFrame().code == 1_002)
    #expect(client.end() == .ended)
  }

  @Test func nothingIsSaidBeforeTheFirstMessage() throws {
    let echo = try EchoServer()
    let eager = try RawClient.webSocket(echo.port, "/first")
    #expect(try eager.readFrame().text == "hello")
    let patient = try RawClient.webSocket(echo.port, "/hold")
    // A ping is no message: only its answer comes.
    try patient.send(RawClient.frame(0x89, []))
    #expect(try patient.readFrame() == RawClient.Frame(first: 0x8a, payload: []))
    try patient.sendText("first")
    #expect(try patient.readFrame().text == "hello")
    #expect(try patient.readFrame().text == "first")
  }

  @Test func whatIsTooLargeIsToldAndLeftOut() throws {
    let echo = try EchoServer { $0.messageSize = 1_000 }
    let client = try RawClient.webSocket(echo.port, "/skip")
    try client.send(RawClient.frame(0x81, Array(("{\"id\": 7" + String(repeating: " ", count: 10_000)).utf8)))
    #expect(try client.readFrame().text == "too large: 10008 {\"id\": 7")
    try client.sendText("still here")
    #expect(try client.readFrame().text == "still here")
  }

  // MARK: - Limits

  @Test(arguments: [[0x81], Array(RawClient.frame(0x81, [1, 2, 3]).dropLast()), RawClient.frame(0x01, [1])] as [[UInt8]]) func halfAMessage(
    bytes: [UInt8]
  ) async throws {
    let echo = try EchoServer { $0.messageTime = .milliseconds(100) }
    let client = try RawClient.webSocket(echo.port)
    try client.sendText("whole")
    #expect(try client.readFrame().text == "whole")
    try client.send(bytes)
    #expect(try client.readFrame().code == 1_008)
    #expect(client.end() == .ended)
    #expect(await echo.notes.next() == "closed 0  timeout")
  }

  @Test func whoSaysNothingMayStay() throws {
    let echo = try EchoServer { $0.messageTime = .milliseconds(100) }
    let silent = try RawClient.webSocket(echo.port)
    try silent.sendText("first")
    #expect(try silent.readFrame().text == "first")
    // Another one's time passes meanwhile.
    let slow = try RawClient.webSocket(echo.port)
    try slow.send([0x81])
    #expect(try slow.readFrame().code == 1_008)
    try silent.sendText("second")
    #expect(try silent.readFrame().text == "second")
  }

  @Test func aByteNowAndThenDoesNotHelp() async throws {
    let echo = try EchoServer {
      $0.messageTime = .milliseconds(200)
      $0.closeTime = .milliseconds(100)
    }
    let client = try RawClient.webSocket(echo.port)
    // The header of 16 MiB.
    try client.send([0x82, 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4])
    #expect(throws: RawClient.Failure.self) { for _ in 0..<10_000_000 { try client.send([0]) } }
    #expect(await echo.notes.next() == "closed 0  timeout")
  }

  @Test func whoNeverReadsIsLeft() async throws {
    let echo = try EchoServer {
      $0.queueSize = 8 << 20
      $0.writeTime = .milliseconds(200)
    }
    let client = try RawClient.webSocket(echo.port, receiveBuffer: 4_096)
    let other = try RawClient.webSocket(echo.port)
    try client.sendText("flood")
    #expect(await echo.notes.next() == "full")
    // Nobody else notices.
    try other.sendText("still served")
    #expect(try other.readFrame().text == "still served")
    #expect(await echo.notes.next() == "closed 0  timeout")
  }

  @Test func whoPingsAndNeverReadsGetsNoMorePongsThanThereIsRoomFor() throws {
    let echo = try EchoServer { $0.queueSize = 1 << 16 }
    let client = try RawClient.webSocket(echo.port, receiveBuffer: 4_096)
    let count = 80_000
    let pings = (0..<1_000).flatMap { _ in RawClient.frame(0x89, [UInt8](repeating: 0, count: 125)) }
    for _ in 0..<(count / 1_000) { try client.send(pings) }
    try client.sendText("end")
    var pongs = 0
    while true {
      let frame = try client.readFrame()
      if frame.text == "end" { break }
      #expect(frame.first == 0x8a)
      pongs += 1
    }
    #expect(pongs > 0 && pongs < count)
  }

  @Test func aMessageOfOursThatIsTooLarge() async throws {
    let notes = Notes()
    var settings = WebServerSettings()
    settings.messageSize = 10
    let server = try WebServer(
      settings,
      onUpgrade: { _ in
        .accept { socket in
          do throws(WebError) { try socket.post(.text([UInt8](repeating: 65, count: 11))) } catch { notes.note(error.message) }
          return { _ in }
        }
      })
    defer { server.stop() }
    let client = try RawClient.webSocket(try #require(server.port))
    #expect(await notes.next() == "cannot send a message of 11 bytes: the limit is 10")
    withExtendedLifetime(client) {}
  }

  @Test func aThousandWebSockets() throws {
    let echo = try EchoServer()
    let clients = try (0..<1_000).map { _ in try RawClient.webSocket(echo.port) }
    for (number, client) in clients.enumerated() { try client.sendText("\(number)") }
    for (number, client) in clients.enumerated() { #expect(try client.readFrame().text == "\(number)") }
  }

  // MARK: - Life

  @Test func stopTellsThem() async throws {
    let echo = try EchoServer()
    let client = try RawClient.webSocket(echo.port)
    try client.sendText("x")
    _ = try client.readFrame()
    echo.server.stop()
    #expect(try client.readFrame().code == 1_001)
    #expect(await echo.notes.next() == "closed 0  stopped")
  }

  @Test func anotherServerTakesOver() async throws {
    let first = try EchoServer()
    let client = try RawClient.webSocket(first.port)
    // The beginning of the next frame is read already, and goes with it.
    let next = RawClient.frame(0x81, Array("to the second".utf8))
    try client.send(RawClient.frame(0x81, Array("detach".utf8)) + next.prefix(3))
    #expect(await first.notes.next() == "closed 0  -")
    #expect(await first.notes.next() == "detached")
    let detached = try #require(first.notes.first(WebDetachedSocket.self))
    #expect(detached.unread == Array(next.prefix(3)))
    first.server.stop()
    let second = try EchoServer()
    let notes = second.notes
    try second.server.adopt(detached) { socket in { EchoServer.hear($0, socket, notes) } }
    try client.send(Array(next.dropFirst(3)))
    #expect(try client.readFrame().text == "to the second")
    try client.send(RawClient.frame(0x88, []))
    #expect(await notes.next() == "closed 0  -")
  }

  @Test func anotherServerTakesOverOnceNothingIsUnderWay() async throws {
    let first = try EchoServer()
    let client = try RawClient.webSocket(first.port)
    // Twelve megabytes are on the way to the client, and half a message to the server.
    let next = RawClient.frame(0x81, Array("half".utf8))
    try client.send(
      RawClient.frame(0x81, Array("big \(12 << 20)".utf8)) + RawClient.frame(0x81, Array("detach patiently".utf8)) + next.prefix(8))
    #expect(try client.readFrame().payload.count == 12 << 20)
    try client.send(Array(next.dropFirst(8)))
    #expect(try client.readFrame().text == "half")
    #expect(await first.notes.next() == "closed 0  -")
    #expect(await first.notes.next() == "detached")
    let detached = try #require(first.notes.first(WebDetachedSocket.self))
    first.server.stop()
    let second = try EchoServer()
    let notes = second.notes
    try second.server.adopt(detached) { socket in { EchoServer.hear($0, socket, notes) } }
    try client.sendText("to the second")
    #expect(try client.readFrame().text == "to the second")
  }

  @Test func whoGoesWhileItIsGivenAway() async throws {
    let echo = try EchoServer()
    var client: RawClient? = try RawClient.webSocket(echo.port)
    // A message is under way, and stays so.
    try client?.send(RawClient.frame(0x81, Array("detach patiently".utf8)) + RawClient.frame(0x81, [1, 2, 3]).dropLast())
    client = nil
    #expect(await echo.notes.next() == "closed 0  -")
    #expect(await echo.notes.next() == "not detached")
  }

  @Test func whoWaitsIsNotLetIn() throws {
    let echo = try EchoServer()
    let inside = try RawClient.webSocket(echo.port)
    let listener = try echo.server.copyListener()
    echo.server.stopAccepting()
    // Behind it in the server's queue.
    try inside.sendText("x")
    #expect(try inside.readFrame().text == "x")
    let waiting = try RawClient(echo.port)
    try waiting.ask("GET /what HTTP/1.1")
    try inside.sendText("y")
    #expect(try inside.readFrame().text == "y")
    echo.server.stop()
    let next = try EchoServer { $0.listener = .descriptor(listener) }
    #expect(try waiting.status() == 200)
    withExtendedLifetime(next) {}
  }

  @Test func aDetachedOneThatNobodyTakes() async throws {
    let echo = try EchoServer()
    let client = try RawClient.webSocket(echo.port)
    try client.sendText("detach")
    #expect(await echo.notes.next() == "closed 0  -")
    #expect(await echo.notes.next() == "detached")
    try #require(echo.notes.first(WebDetachedSocket.self)).abort()
    #expect(client.end() == .reset)
  }
}
