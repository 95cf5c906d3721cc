// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import WebSockets

/// Requests to a real tornado and to a server without manners.
@Suite(.timeLimit(.minutes(2))) struct WebClientTests {
  private let peer: Peer
  private let client: WebClient

  init() throws {
    peer = try Peer.shared.get()
    client = try WebClient()
  }

  private func failure(_ request: WebRequest) async -> WebError? {
    do throws(WebError) {
      _ = try await client.send(request)
      return nil
    } catch {
      return error
    }
  }

  private struct Echo: Decodable {
    var method: String
    var path: String
    var headers: [String: String]
    var length: Int
    var crc: UInt32
  }

  private func echo(_ request: WebRequest) async throws -> Echo {
    let response = try await client.send(request)
    #expect(response.status == 200)
    return try JSONDecoder().decode(Echo.self, from: Data(response.body))
  }

  @Test(arguments: ["GET", "POST", "PATCH", "DELETE", "PUT"]) func sendsMethodHeadersAndBody(method: String) async throws {
    let body = method == "GET" ? nil : Array(#"{"name": "é"}"#.utf8)
    let headers = [WebHeader("Authorization", "token abc"), WebHeader("Content-Type", "application/json")]
    let echo = try await echo(WebRequest(method, peer.address("/echo/a%20b").appending("c", query: "d=e"), headers: headers, body: body))
    #expect(echo.method == method)
    #expect(echo.path == "/echo/a%20b/c?d=e")
    #expect(echo.headers["Authorization"] == "token abc")
    #expect(echo.headers["Content-Type"] == "application/json")
    #expect(echo.headers["Host"] == "127.0.0.1:\(peer.http)")
    #expect(echo.length == (body?.count ?? 0))
  }

  @Test func sendsAnEmptyBodyWithItsLength() async throws {
    let echo = try await echo(WebRequest("POST", peer.address("/echo"), body: []))
    #expect(echo.headers["Content-Length"] == "0")
  }

  @Test func sendsTenMegabytes() async throws {
    let body = (0..<10_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let echo = try await echo(WebRequest("POST", peer.address("/echo"), body: body))
    #expect(echo.length == body.count)
    // zlib.crc32(bytes((i * 31) & 255 for i in range(10_000_000))) of CPython.
    #expect(echo.crc == Self.crcOfTenMegabytes)
  }

  private static let crcOfTenMegabytes: UInt32 = 162_539_693

  @Test(arguments: ["", "/chunked"]) func receivesTenMegabytes(way: String) async throws {
    let response = try await client.send(WebRequest("GET", peer.address("/big/10000000\(way)")))
    #expect(response.body.count == 10_000_000)
    #expect(response.body.allSatisfy { $0 == UInt8(ascii: "x") })
  }

  @Test func readsHeaders() async throws {
    let response = try await client.send(WebRequest("GET", peer.address("/echo")))
    #expect(response["content-type"] == "application/json")
    #expect(response["set-cookie"] == "a=b")
    #expect(response["content-length"] == String(response.body.count))
  }

  @Test(arguments: [200, 201, 204, 304, 301, 302, 307, 400, 403, 404, 500, 503]) func everyStatusIsAnAnswer(status: Int) async throws {
    let response = try await client.send(WebRequest("GET", peer.address("/status/\(status)"), timeLimit: .seconds(10)))
    #expect(response.status == status)
    if [301, 302, 307].contains(status) { #expect(response["location"] == "/echo/elsewhere") }
  }

  @Test func deletesWithoutContent() async throws {
    let response = try await client.send(WebRequest("DELETE", peer.address("/status/204"), timeLimit: .seconds(10)))
    #expect(response.status == 204)
    #expect(response.body.isEmpty)
  }

  @Test func asksManyAtOnce() async throws {
    let address = try peer.address("/big/100000")
    let client = client
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<100 { group.addTask { try await client.send(WebRequest("GET", address)).body.count } }
      return try await group.reduce(into: [Int]()) { $0.append($1) }
    }
    #expect(counts == Array(repeating: 100_000, count: 100))
  }

  @Test func aNameIsResolved() async throws {
    let response = try await client.send(WebRequest("GET", WebAddress("http://localhost:\(peer.http)/echo")))
    #expect(response.status == 200)
  }

  // MARK: - Encryption

  @Test func encryptedWithAnAuthorityOfItsOwn() async throws {
    let address = try WebAddress("https://localhost:\(peer.https)/echo")
    let response = try await client.send(WebRequest("GET", address, trust: WebTrust(authorities: peer.certificate)))
    #expect(response.status == 200)
    #expect(try await client.send(WebRequest("GET", address, trust: WebTrust(believesAnything: true))).status == 200)
  }

  /// The library, left alone, breaks every handshake of a process when another client begins.
  @Test func encryptedWhileOthersBegin() async throws {
    let address = try WebAddress("https://localhost:\(peer.https)/echo")
    let request = WebRequest("GET", address, trust: WebTrust(authorities: peer.certificate))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        while !Task.isCancelled {
          try WebClient().stop()
          await Task.yield()
        }
      }
      for _ in 0..<20 {
        let response = try await client.send(request)
        #expect(response.status == 200)
      }
      group.cancelAll()
    }
  }

  @Test func aCertificateOfNobodyIsRefused() async throws {
    let error = await failure(WebRequest("GET", try WebAddress("https://localhost:\(peer.https)/echo")))
    #expect(error?.code == .unreachable)
    #expect(error?.message.hasPrefix("cannot get 'https://localhost:\(peer.https)/echo': ") == true)
  }

  @Test func aCertificateForAnotherNameIsRefused() async throws {
    let address = try WebAddress("https://ip6-localhost.invalid:1/")
    let unknown = await failure(WebRequest("GET", address))
    #expect(unknown?.code == .unreachable)
    let error = await failure(
      WebRequest("GET", try WebAddress("https://127.0.0.2:\(peer.https)/echo"), trust: WebTrust(authorities: peer.certificate)))
    #expect(error?.code == .unreachable)
  }

  @Test func aMissingFileOfAuthoritiesIsSaid() async throws {
    let error = await failure(WebRequest("GET", try WebAddress("https://localhost:1/"), trust: WebTrust(authorities: "/nowhere/ca.pem")))
    #expect(error?.message == "cannot get 'https://localhost:1/': the certificates of '/nowhere/ca.pem' cannot be read; check the file")
  }

  // MARK: - Servers without manners

  @Test(arguments: ["garbage", "nothing", "short", "short-chunked", "wrong-chunk", "endless-head"]) func brokenAnswersAreErrors(
    kind: String
  )
    async throws
  {
    let error = await failure(WebRequest("GET", try peer.hostileAddress(kind), timeLimit: .seconds(10)))
    #expect(error?.code == .broken, "\(kind): \(error?.message ?? "no error")")
  }

  @Test func anAnswerWithoutLengthEndsWithTheConnection() async throws {
    let response = try await client.send(WebRequest("GET", peer.hostileAddress("until-close")))
    #expect(response.body == Array("12345".utf8))
  }

  @Test(arguments: ["silence", "slow"]) func theTimeLimitHolds(kind: String) async throws {
    let address = try peer.hostileAddress(kind)
    let started = ContinuousClock.now
    let error = await failure(WebRequest("GET", address, timeLimit: .milliseconds(300)))
    #expect(error == WebError(.timeout, "cannot get '\(address)': no answer within the time limit"))
    #expect(ContinuousClock.now - started < .seconds(20))
  }

  @Test(arguments: ["endless", "huge-length"]) func theSizeLimitHolds(kind: String) async throws {
    let address = try peer.hostileAddress(kind)
    let error = await failure(WebRequest("GET", address, sizeLimit: 1_000_000))
    #expect(error == WebError(.tooLarge, "cannot get '\(address)': the answer is longer than the limit of 1000000 bytes"))
  }

  @Test func nobodyThere() async throws {
    let error = await failure(WebRequest("GET", try WebAddress("http://127.0.0.1:1/api")))
    #expect(error?.code == .unreachable)
    #expect(error?.message.hasSuffix("; check the address, and whether the server runs") == true)
  }

  @Test func givingUpIsAtOnce() async throws {
    let address = try peer.hostileAddress("silence")
    let client = client
    let task = Task { try await client.send(WebRequest("GET", address)) }
    task.cancel()
    await #expect(throws: WebError(.cancelled, "cannot get '\(address)': given up by whoever asked")) { try await task.value }
  }

  @Test func stopEndsWhatWaits() async throws {
    let address = try peer.hostileAddress("silence")
    let other = try WebClient()
    let waiting = Task { try await other.send(WebRequest("GET", address)) }
    other.stop()
    await #expect(throws: WebError.self) { try await waiting.value }
    await #expect(throws: WebError(.stopped, "cannot get '\(address)': the client for web connections was stopped")) {
      try await other.send(WebRequest("GET", address))
    }
  }

  @Test(arguments: [
    WebHeader("A", "b\r\nC: d"), WebHeader("A:", "b"), WebHeader("", "b"), WebHeader("A", String(repeating: "x", count: 9_000)),
  ])
  func unsoundHeadersAreRefused(header: WebHeader) async throws {
    let error = await failure(WebRequest("GET", try peer.address("/echo"), headers: [header]))
    #expect(error?.code == .invalid)
  }

  @Test func headersTooLongTogetherAreRefused() async throws {
    let headers = (0..<20).map { WebHeader("X-\($0)", String(repeating: "y", count: 8_000)) }
    let address = try peer.address("/echo")
    #expect(
      await failure(WebRequest("GET", address, headers: headers))
        == WebError(.invalid, "cannot get '\(address)': its headers are too long together"))
  }
}
