// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import WebSockets

/// Answers whose bodies come in pieces, from the wrapper's own server, a real tornado, and a server without manners.
@Suite(.timeLimit(.minutes(2))) struct WebStreamTests {
  private let peer: Peer
  private let client: WebClient

  init() throws {
    peer = try Peer.shared.get()
    client = try WebClient()
  }

  /// A server that begins an answer and leaves the rest to the test.
  private final class Begun: Sendable {
    let server: WebServer
    let answers: AsyncStream<WebResponseStream>
    /// Yields once for each client that went before the end.
    let gone: AsyncStream<Void>

    init(headers: [WebHeader] = []) throws {
      let (answers, answer) = AsyncStream<WebResponseStream>.makeStream()
      let (gone, wentAway) = AsyncStream<Void>.makeStream()
      (self.answers, self.gone) = (answers, gone)
      server = try WebServer(onRequest: { _, responder in
        answer.yield(responder.begin(200, headers: headers) { wentAway.yield() })
      })
    }

    func request(_ change: (inout WebRequest) -> Void = { _ in }) throws -> WebRequest {
      var request = WebRequest("POST", try WebAddress("http://127.0.0.1:\(server.port ?? 0)/"), body: Array("{}".utf8))
      change(&request)
      return request
    }
  }

  private func failure(of body: WebBody) async -> WebError? {
    do throws(WebError) {
      for try await _ in body {}
      return nil
    } catch {
      return error
    }
  }

  private func failure(_ request: WebRequest) async -> WebError? {
    do throws(WebError) {
      return await failure(of: try await client.stream(request).body)
    } catch {
      return error
    }
  }

  @Test func piecesComeBeforeTheEnd() async throws {
    let begun = try Begun(headers: [WebHeader("Content-Type", "text/event-stream")])
    defer { begun.server.stop() }
    var answers = begun.answers.makeAsyncIterator()
    async let asked = client.stream(begun.request())
    let answer = try #require(await answers.next())
    let response = try await asked
    #expect(response.status == 200)
    #expect(response["content-type"] == "text/event-stream")
    var body = response.body.makeAsyncIterator()
    for word in ["one", "two", "three"] {
      try await answer.send(Array(word.utf8))
      // The next piece is only sent when this one has come.
      var heard: [UInt8] = []
      while heard.count < word.utf8.count { heard += try #require(try await body.next()) }
      #expect(String(decoding: heard, as: UTF8.self) == word)
    }
    answer.finish()
    let end = try await body.next()
    #expect(end == nil)
  }

  @Test(arguments: ["", "/chunked"]) func tenMegabytesComeWhole(way: String) async throws {
    let response = try await client.stream(WebRequest("GET", peer.address("/big/10000000\(way)")))
    var count = 0
    for try await piece in response.body {
      count += piece.count
      #expect(!piece.isEmpty && piece.allSatisfy { $0 == UInt8(ascii: "x") })
    }
    #expect(count == 10_000_000)
  }

  @Test(arguments: [204, 304, 404, 500]) func everyStatusIsAnAnswer(status: Int) async throws {
    let response = try await client.stream(WebRequest("GET", peer.address("/status/\(status)"), timeLimit: .seconds(20)))
    #expect(response.status == status)
    var body: [UInt8] = []
    for try await piece in response.body { body += piece }
    #expect(String(decoding: body, as: UTF8.self) == (status < 400 ? "" : "words"))
  }

  @Test func encrypted() async throws {
    let address = try WebAddress("https://localhost:\(peer.https)/big/100000/chunked")
    let response = try await client.stream(WebRequest("GET", address, trust: WebTrust(authorities: peer.certificate)))
    var count = 0
    for try await piece in response.body { count += piece.count }
    #expect(count == 100_000)
  }

  @Test func whoIsCancelledHangsUp() async throws {
    let begun = try Begun()
    defer { begun.server.stop() }
    var answers = begun.answers.makeAsyncIterator()
    var gone = begun.gone.makeAsyncIterator()
    let request = try begun.request()
    let client = client
    let reading = Task { () async throws(WebError) -> Int in
      var count = 0
      for try await piece in try await client.stream(request).body { count += piece.count }
      return count
    }
    let answer = try #require(await answers.next())
    try await answer.send([1])
    reading.cancel()
    let attempt = request.attempt
    await #expect(throws: WebError(.cancelled, "\(attempt): given up by whoever asked")) { try await reading.value }
    #expect(await gone.next() != nil)
  }

  @Test func whoLetsGoOfTheBodyHangsUp() async throws {
    let begun = try Begun()
    defer { begun.server.stop() }
    var answers = begun.answers.makeAsyncIterator()
    var gone = begun.gone.makeAsyncIterator()
    async let asked = client.stream(begun.request()).status
    let answer = try #require(await answers.next())
    #expect(try await asked == 200)
    #expect(await gone.next() != nil)
    answer.finish()
  }

  @Test func anAnswerThatIsCutIsAnError() async throws {
    let begun = try Begun()
    defer { begun.server.stop() }
    var answers = begun.answers.makeAsyncIterator()
    async let asked = client.stream(begun.request())
    do {
      let answer = try #require(await answers.next())
      try await answer.send(Array("half".utf8))
      // Let go of without its end.
    }
    let body = try await asked.body
    let error = await failure(of: body)
    #expect(error?.code == .broken, "\(error?.message ?? "no error")")
  }

  @Test(arguments: ["garbage", "nothing", "short", "short-chunked", "wrong-chunk", "endless-head"]) func brokenAnswersAreErrors(
    kind: String
  ) async throws {
    let error = await failure(WebRequest("GET", try peer.hostileAddress(kind), timeLimit: .seconds(20)))
    #expect(error?.code == .broken, "\(kind): \(error?.message ?? "no error")")
  }

  @Test(arguments: ["silence", "slow"]) func theTimeLimitHolds(kind: String) async throws {
    let address = try peer.hostileAddress(kind)
    let error = await failure(WebRequest("GET", address, timeLimit: .milliseconds(300)))
    #expect(error == WebError(.timeout, "cannot get '\(address)': no answer within the time limit"))
  }

  @Test(arguments: ["endless", "huge-length"]) func theSizeLimitHolds(kind: String) async throws {
    let address = try peer.hostileAddress(kind)
    let error = await failure(WebRequest("GET", address, sizeLimit: 1_000_000))
    #expect(error == WebError(.tooLarge, "cannot get '\(address)': the answer is longer than the limit of 1000000 bytes"))
  }

  @Test func stopEndsTheBody() async throws {
    let begun = try Begun()
    defer { begun.server.stop() }
    var answers = begun.answers.makeAsyncIterator()
    let other = try WebClient()
    async let asked = other.stream(begun.request())
    let answer = try #require(await answers.next())
    let body = try await asked.body
    other.stop()
    #expect(await failure(of: body)?.code == .stopped)
    answer.finish()
  }
}
