// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import WebSockets

/// Requests over bare connections to a real server.
@Suite(.timeLimit(.minutes(5)), .onOwnThread) struct WebServerHTTPTests {
  @Test func manyRequestsOnOneConnection() throws {
    let echo = try EchoServer()
    let client = try RawClient(echo.port)
    for number in 0..<50 {
      try client.ask("POST /echo HTTP/1.1", ["Content-Length: \(String(number).count)"], body: String(number))
      let (head, body) = try client.readAnswer()
      #expect(head.hasPrefix("HTTP/1.1 200 OK\r\nDate: "))
      #expect(head.contains("\r\nX-Method: POST\r\n") && !head.contains("Connection:"))
      #expect(body == String(number))
    }
  }

  @Test func requestsAllAtOnce() throws {
    let echo = try EchoServer()
    let client = try RawClient(echo.port)
    let bodies = (0..<200).map { "number \($0) " + String(repeating: "x", count: $0 * 7) }
    let asked = bodies.map {
      "POST \($0.count % 3 == 0 ? "/later" : "/echo") HTTP/1.1\r\nHost: localhost:\(echo.port)\r\nContent-Length: \($0.count)\r\n\r\n\($0)"
    }
    try client.send(asked.joined())
    for body in bodies { #expect(try client.readAnswer().body == (body.count % 3 == 0 ? "later" : body)) }
  }

  @Test func moreIsReadAheadThanThereIsRoomFor() throws {
    let echo = try EchoServer()
    let client = try RawClient(echo.port)
    // Twice the room for requests that wait: the server stops reading, and goes on.
    let body = String(repeating: "y", count: 1_000)
    let asked = "POST /later HTTP/1.1\r\nHost: localhost:\(echo.port)\r\nContent-Length: 1000\r\n\r\n\(body)"
    try client.send(String(repeating: asked, count: 200))
    for _ in 0..<200 { #expect(try client.readAnswer().body == "later") }
  }

  @Test func whatIsAsked() throws {
    let echo = try EchoServer()
    let client = try RawClient(echo.port)
    try client.ask("GET /what?a+b=%C3%A4&c HTTP/1.1", ["X:  y "])
    #expect(try client.readAnswer().body == "GET /what a+b=%C3%A4&c [\"what\"] ä y")
    try client.ask("GET /nothing HTTP/1.1")
    #expect(try client.status() == 404)
  }

  @Test func chunksAndExpectations() throws {
    let echo = try EchoServer()
    let client = try RawClient(echo.port)
    try client.ask("POST /echo HTTP/1.1", ["Transfer-Encoding: chunked"], body: "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n")
    #expect(try client.readAnswer().body == "abcdef")
    try client.ask("POST /echo HTTP/1.1", ["Content-Length: 3", "Expect: 100-continue"])
    #expect(try client.readHead() == "HTTP/1.1 100 Continue\r\n\r\n")
    try client.send("xyz")
    #expect(try client.readAnswer().body == "xyz")
    try client.ask("POST /echo HTTP/1.1", ["Content-Length: 3", "Expect: tea"])
    #expect(try client.status() == 417)
    #expect(client.end() == .ended)
  }

  @Test func aBigBodyBothWays() throws {
    let echo = try EchoServer()
    let client = try RawClient(echo.port)
    let body = String(repeating: "0123456789abcdef", count: 1 << 18)
    try client.ask("POST /echo HTTP/1.1", ["Content-Length: \(body.utf8.count)"], body: body)
    #expect(try client.readAnswer().body == body)
  }

  @Test func headHasNoBody() throws {
    let echo = try EchoServer()
    let client = try RawClient(echo.port)
    try client.ask("HEAD /what HTTP/1.1")
    #expect(try client.readHead().contains("Content-Length: 25\r\n"))
    try client.ask("HEAD /pieces HTTP/1.1")
    #expect(try client.readHead().contains("Transfer-Encoding: chunked"))
    try client.ask("GET /nothing HTTP/1.1")
    #expect(try client.status() == 404)
  }

  @Test func olderClients() throws {
    let echo = try EchoServer()
    let client = try RawClient(echo.port)
    try client.ask("GET /what HTTP/1.0", ["Connection: keep-alive"])
    #expect(try client.readAnswer().head.contains("Connection: keep-alive"))
    try client.ask("GET /pieces HTTP/1.0", ["Connection: keep-alive"])
    #expect(try client.readHead().contains("Connection: close"))
    #expect(try client.read("piece 0\n".utf8.count) == Array("piece 0\n".utf8))
  }

  @Test func closeIsHeeded() throws {
    let echo = try EchoServer()
    let client = try RawClient(echo.port)
    try client.ask("GET /what HTTP/1.1", ["Connection: close"])
    #expect(try client.readAnswer().head.contains("Connection: close"))
    #expect(client.end() == .ended)
  }

  @Test func answersInPieces() throws {
    let echo = try EchoServer()
    let client = try RawClient(echo.port)
    try client.ask("GET /pieces HTTP/1.1")
    #expect(try client.readHead().contains("Transfer-Encoding: chunked"))
    for number in 0..<100 {
      let piece = "piece \(number)\n"
      let chunk = "\(String(piece.count, radix: 16))\r\n\(piece)\r\n"
      #expect(try client.read(chunk.utf8.count) == Array(chunk.utf8))
    }
    #expect(try client.read(5) == Array("0\r\n\r\n".utf8))
    try client.ask("GET /length HTTP/1.1")
    #expect(try client.readAnswer().body == "abcdef")
    try client.ask("GET /broken HTTP/1.1")
    _ = try client.readHead()
    #expect(try client.read(3) == Array("abc".utf8))
    #expect(client.end() == .reset)
  }

  @Test func thoseWhoWatchAndGo() async throws {
    let echo = try EchoServer()
    var client: RawClient? = try RawClient(echo.port)
    try client?.ask("GET /events HTTP/1.1")
    #expect(try client?.readHead().contains("text/event-stream") == true)
    _ = try client?.read("9\r\ndata: 1\n\n\r\n".utf8.count)
    client = nil
    #expect(await echo.notes.next() == "gone")
    let stream = try #require(echo.notes.first(WebResponseStream.self))
    let error = #expect(throws: WebError.self) { try stream.post([1]) }
    #expect(error?.message == "cannot send: the connection is closed")
  }

  @Test func thoseWhoWatchAndNeverRead() throws {
    let echo = try EchoServer { $0.queueSize = 4 << 20 }
    let client = try RawClient(echo.port, receiveBuffer: 4_096)
    try client.ask("GET /events HTTP/1.1")
    _ = try client.readHead()
    let stream = try #require(echo.notes.first(WebResponseStream.self))
    let error = #expect(throws: WebError.self) { for _ in 0..<1_000 { try stream.post([UInt8](repeating: 1, count: 1 << 20)) } }
    #expect(error?.code == .full)
    #expect(stream.bytesWaiting > 0 && stream.bytesWaiting <= 4 << 20)
  }

  @Test func aRequestThatIsNeverAnswered() throws {
    let echo = try EchoServer { $0.answerTime = .milliseconds(50) }
    let client = try RawClient(echo.port)
    try client.ask("GET /never HTTP/1.1")
    #expect(try client.readAnswer().body == "there was no answer within 0.05 seconds\n")
    #expect(client.end() == .ended)
  }

  @Test func aRequestThatIsDropped() throws {
    let echo = try EchoServer()
    let client = try RawClient(echo.port)
    try client.ask("GET /dropped HTTP/1.1")
    #expect(try client.status() == 500)
    try client.ask("GET /split HTTP/1.1")
    let (head, _) = try client.readAnswer()
    #expect(head.hasPrefix("HTTP/1.1 500 ") && !head.contains("Set-Cookie"))
  }

  /// The time for the client's goodbye begins behind the last byte, however long that takes.
  @Test func aBigAnswerThatClosesIsWhole() throws {
    let echo = try EchoServer { $0.closeTime = .milliseconds(1) }
    let client = try RawClient(echo.port, receiveBuffer: 4_096)
    let body = String(repeating: "0123456789abcdef", count: 1 << 18)
    try client.ask("POST /echo HTTP/1.1", ["Connection: close", "Content-Length: \(body.utf8.count)"], body: body)
    let isSame = try client.readAnswer().body == body
    #expect(isSame)
    #expect(client.end() == .ended)
  }

  // MARK: - Refused

  @Test(arguments: [
    ("GET / HTTP/1.1\nHost: x\n\n", 400), ("nonsense\r\n\r\n", 400), ("GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505),
    ("GET / HTTP/1.1\r\nHost: HERE\r\nX: " + String(repeating: "a", count: 20_000) + "\r\n\r\n", 431),
    ("POST /echo HTTP/1.1\r\nHost: HERE\r\nContent-Length: 2000\r\n\r\n", 413),
    ("POST /echo HTTP/1.1\r\nHost: HERE\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n", 413),
    ("POST /echo HTTP/1.1\r\nHost: HERE\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ("POST /echo HTTP/1.1\r\nHost: HERE\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ("GET /what HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403), ("GET /what HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n", 403),
    ("GET /what HTTP/1.1\r\nHost: 127.0.0.1.evil.example:PORT\r\n\r\n", 403), ("GET /what HTTP/1.0\r\n\r\n", 403),
    ("GET /what HTTP/1.1\r\nHost: HERE\r\nOrigin: http://evil.example\r\n\r\n", 403),
    ("GET /what HTTP/1.1\r\nHost: HERE\r\nOrigin: http://HERE\r\n\r\n", 403),
    ("GET /what HTTP/1.1\r\nHost: HERE\r\nOrigin: null\r\n\r\n", 403),
    ("GET /what HTTP/1.1\r\nHost: LocalHost:PORT\r\n\r\n", 200), ("GET /what HTTP/1.1\r\nHost: [::1]:PORT\r\n\r\n", 200),
  ]) func refusedRequests(request: String, status: Int) throws {
    let echo = try EchoServer { $0.bodySize = 1_000 }
    let client = try RawClient(echo.port)
    try client.send(
      request.replacingOccurrences(of: "HERE", with: "127.0.0.1:\(echo.port)").replacingOccurrences(of: "PORT", with: "\(echo.port)"))
    #expect(try client.status() == status)
    if status != 200 { #expect(client.end() == .ended) }
  }

  @Test func originsThatMay() throws {
    let echo = try EchoServer {
      $0.origins = .sameHost(and: ["http://friend.example"])
      $0.otherHosts = ["Box.local:8080"]
    }
    func status(_ host: String, _ origin: String) throws -> Int? {
      let client = try RawClient(echo.port)
      try client.send("GET /what HTTP/1.1\r\nHost: \(host)\r\nOrigin: \(origin)\r\n\r\n")
      return try client.status()
    }
    #expect(try status("localhost:\(echo.port)", "http://localhost:\(echo.port)") == 200)
    #expect(try status("box.local:8080", "https://box.local:8080") == 200)
    #expect(try status("localhost:\(echo.port)", "http://friend.example") == 200)
    #expect(try status("localhost:\(echo.port)", "http://127.0.0.1:\(echo.port)") == 403)
    #expect(try status("localhost:\(echo.port)", "http://localhost:\(echo.port).evil.example") == 403)
    #expect(try status("localhost:\(echo.port)", "null") == 403)
  }

  // MARK: - Limits

  @Test func slowHeads() throws {
    let echo = try EchoServer { $0.headTime = .milliseconds(100) }
    let silent = try RawClient(echo.port)
    let slow = try RawClient(echo.port)
    try slow.send("GET /what HT")
    #expect(try slow.status() == 408)
    #expect(slow.end() == .ended)
    #expect(silent.end() == .ended)
  }

  @Test func aByteNowAndThenDoesNotHelp() throws {
    let echo = try EchoServer {
      $0.headTime = .milliseconds(200)
      $0.closeTime = .milliseconds(100)
    }
    let slow = try RawClient(echo.port)
    try slow.send("GET /what HTTP/1.1\r\n")
    let begin = ContinuousClock.now
    // It is cut off while it still sends.
    #expect(throws: RawClient.Failure.self) { while begin.duration(to: .now) < .seconds(20) { try slow.send("X: y\r\n") } }
    #expect(begin.duration(to: .now) < .seconds(10))
  }

  @Test func slowBodiesAndIdleConnections() throws {
    let echo = try EchoServer {
      $0.bodyTime = .milliseconds(100)
      $0.idleTime = .milliseconds(100)
    }
    let slow = try RawClient(echo.port)
    try slow.ask("POST /echo HTTP/1.1", ["Content-Length: 5"], body: "abc")
    #expect(try slow.readAnswer().body == "the body did not end within 0.1 seconds\n")
    let idle = try RawClient(echo.port)
    try idle.ask("GET /what HTTP/1.1")
    #expect(try idle.status() == 200)
    #expect(idle.end() == .ended)
  }

  @Test func thoseAboveTheLimitAreToldSo() throws {
    let echo = try EchoServer { $0.connections = 2 }
    var inside: [RawClient]? = try (0..<2).map { _ in try RawClient(echo.port) }
    for client in inside ?? [] {
      try client.ask("GET /what HTTP/1.1")
      #expect(try client.status() == 200)
    }
    #expect(try RawClient(echo.port).readAnswer().body == "2 connections are open already\n")
    inside = nil
    // Once they are gone there is room again; when exactly the server notices is its own matter.
    while true {
      let client = try RawClient(echo.port)
      try client.ask("GET /what HTTP/1.1")
      if let status = try? client.status(), status == 200 { break }
    }
  }

  @Test func aThousandConnections() throws {
    let echo = try EchoServer()
    let clients = try (0..<1_000).map { _ in try RawClient(echo.port) }
    for round in 0..<3 {
      for (number, client) in clients.enumerated() {
        let body = "\(round) \(number)"
        try client.ask("POST /echo HTTP/1.1", ["Content-Length: \(body.count)"], body: body)
      }
      for (number, client) in clients.enumerated() { #expect(try client.readAnswer().body == "\(round) \(number)") }
    }
  }

  // MARK: - Life

  @Test func stopEndsEverything() throws {
    let echo = try EchoServer()
    let idle = try RawClient(echo.port)
    let waiting = try RawClient(echo.port)
    try waiting.ask("GET /never HTTP/1.1")
    let watching = try RawClient(echo.port)
    try watching.ask("GET /events HTTP/1.1")
    _ = try watching.readHead()
    _ = try watching.read("9\r\ndata: 1\n\n\r\n".utf8.count)
    let port = echo.port
    echo.server.stop()
    for client in [idle, waiting, watching] { #expect(client.end() == .ended) }
    #expect(throws: WebError.self) { try #require(echo.notes.first(WebResponseStream.self)).post([1]) }
    echo.notes.first(WebResponder.self)?.send(WebServerResponse(200))
    let error = #expect(throws: RawClient.Failure.self) { try RawClient(port) }
    #expect(error == .system(ECONNREFUSED))
    #expect(throws: WebError.self) { try echo.server.copyListener() }
  }

  @Test func aPortThatIsTaken() throws {
    let echo = try EchoServer()
    let error = #expect(throws: WebError.self) { try EchoServer { $0.listener = .port(echo.port) } }
    #expect(
      error?.message == "cannot serve on port \(echo.port): Address already in use; choose another port, or 0 for any that is free")
    #expect(throws: WebError.self) { try EchoServer { $0.listener = .port(70_000) } }
    #expect(throws: WebError.self) { try EchoServer { $0.listener = .descriptor(0) } }
  }

  @Test func theListenerOutlivesItsServer() throws {
    let first = try EchoServer()
    let port = first.port
    let copy = try first.server.copyListener()
    first.server.stop()
    // Between the two servers: it waits for the next one.
    let waiting = try RawClient(port)
    try waiting.ask("GET /what HTTP/1.1")
    let second = try EchoServer { $0.listener = .descriptor(copy) }
    #expect(second.port == port)
    #expect(try waiting.status() == 200)
  }

  @Test func unixSockets() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "jackfield-\(UUID().uuidString.prefix(8)).sock").path
    let first = try EchoServer { $0.listener = .path(path) }
    #expect(first.server.port == nil)
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    #expect(try curl("--unix-socket", path, "http://anything/what?x") == "GET /what x [\"what\"] - -")
    #expect(throws: WebError.self) { try EchoServer { $0.listener = .path(path) } }
    first.server.stop()
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(throws: WebError.self) { try EchoServer { $0.listener = .path(String(repeating: "x", count: 200)) } }
  }

  @Test func commonHeadersStandInEveryAnswer() throws {
    let echo = try EchoServer {
      $0.commonHeaders = [WebHeader("X-Method", "none"), WebHeader("X-Common", "yes")]
      $0.connections = 1
    }
    let client = try RawClient(echo.port)
    try client.ask("POST /echo HTTP/1.1")
    let own = try client.readAnswer().head
    #expect(own.contains("\r\nX-Method: POST\r\n") && own.contains("\r\nX-Common: yes\r\n") && !own.contains("none"))
    let turnedAway = try RawClient(echo.port)
    #expect(try turnedAway.readHead().contains("\r\nX-Common: yes\r\n"))
    for line in ["GET /split HTTP/1.1", "GET /length HTTP/1.1", "GET /what HTTP/3"] {
      try client.ask(line)
      let head = try client.readAnswer().head
      #expect(head.contains("\r\nX-Common: yes\r\n") && head.contains("\r\nX-Method: none\r\n"), "\(line)")
    }
  }

  @Test func connectionsAreCounted() async throws {
    let echo = try EchoServer()
    let clients = try (0..<3).map { _ in try RawClient(echo.port) }
    for client in clients {
      try client.ask("GET /what HTTP/1.1")
      #expect(try client.status() == 200)
    }
    #expect(await echo.server.connectionCount() == 3)
    echo.server.stop()
    #expect(await echo.server.connectionCount() == 0)
  }

  @Test func aDesertedSocketFileIsReplaced() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "jackfield-\(UUID().uuidString.prefix(8)).sock").path
    let first = try EchoServer { $0.listener = .path(path) }
    close(try first.server.copyListener())  // from now on its file is left where it is
    first.server.stop()
    #expect(FileManager.default.fileExists(atPath: path))
    let second = try EchoServer { $0.listener = .path(path) }
    #expect(try curl("--unix-socket", path, "http://anything/what") == "GET /what - [\"what\"] - -")
    second.server.stop()
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  /// A real client with a mind of its own.
  @Test func curlAsks() throws {
    let echo = try EchoServer()
    let body = String(repeating: "z", count: 3_000_000)
    let file = FileManager.default.temporaryDirectory.appending(path: "jackfield-\(UUID().uuidString)")
    try Data(body.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(try curl("--data-binary", "@\(file.path)", "http://127.0.0.1:\(echo.port)/echo") == body)
    #expect(try curl("-H", "Transfer-Encoding: chunked", "--data-binary", "@\(file.path)", "http://localhost:\(echo.port)/echo") == body)
    #expect(try curl("http://127.0.0.1:\(echo.port)/pieces").hasSuffix("piece 99\n"))
  }

  private func curl(_ arguments: String...) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/curl")
    process.arguments = ["-s", "--max-time", "20"] + arguments
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
  }
}
