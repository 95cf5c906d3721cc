// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import WebSockets

/// WebSockets to a real tornado and to a server without manners.
@Suite(.timeLimit(.minutes(2))) struct WebSocketTests {
  private let peer: Peer
  private let client: WebClient
  private let heard = Heard()

  init() throws {
    peer = try Peer.shared.get()
    client = try WebClient()
  }

  private func open(_ path: String = "/ws", _ change: (inout WebSocketRequest) -> Void = { _ in }) async throws -> WebSocket {
    var request = WebSocketRequest(try peer.address(path))
    change(&request)
    return try await client.open(request, onEvent: heard.listener)
  }

  private func failure(_ request: WebSocketRequest) async -> WebError? {
    do throws(WebError) {
      _ = try await client.open(request) { _ in }
      return nil
    } catch {
      return error
    }
  }

  private func order(_ text: String, _ socket: WebSocket) throws { try socket.post(.text(Array("order \(text)".utf8))) }

  @Test(arguments: [0, 1, 125, 126, 65_535, 65_536, 1_000_000, 12_000_000], [false, true]) func anySizeBothWays(size: Int, isBinary: Bool)
    async throws
  {
    let socket = try await open()
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 % 100 + 20) }
    let message: WebSocketMessage = isBinary ? .binary(bytes) : .text(bytes)
    try await socket.send(message)
    let isSame = await heard.message() == message
    #expect(isSame)
    #expect(socket.bytesWaiting == 0)
    await socket.close()
  }

  @Test func orderIsKept() async throws {
    let socket = try await open()
    for number in 0..<2_000 { try socket.post(.text(Array(String(number).utf8))) }
    for number in 0..<2_000 { #expect(await heard.message()?.text == String(number)) }
    try order("many 2000", socket)
    for number in 0..<2_000 { #expect(await heard.message()?.text == String(number)) }
    await socket.close()
  }

  @Test func headersAndProtocol() async throws {
    let socket = try await open {
      $0.headers = [WebHeader("Authorization", "token abc")]
      $0.protocols = ["first", "second"]
    }
    #expect(socket.chosenProtocol == "second")
    try order("headers", socket)
    let text = try #require(await heard.message()?.text)
    let headers = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
    #expect(headers["Authorization"] == "token abc")
    #expect(headers["Sec-Websocket-Extensions"] == nil)
    await socket.close()
  }

  @Test func aServerMayChooseNoProtocol() async throws {
    let socket = try await open { $0.protocols = ["v1.kernel.websocket.jupyter.org"] }
    #expect(socket.chosenProtocol == nil)
    await socket.close()
  }

  @Test func fragmentsWithPingsBetweenBecomeOneMessage() async throws {
    let socket = try await open()
    try order("fragments 50", socket)
    #expect(await heard.message() == .text(Array(repeating: UInt8(ascii: "z"), count: 50)))
    await socket.close()
  }

  @Test func pingsAreAnswered() async throws {
    let socket = try await open()
    try order("ping", socket)
    #expect(await heard.message()?.text == "pong here")
    await socket.close()
  }

  @Test func compressedWhenBothWant() async throws {
    let socket = try await open("/ws-deflate") { $0.compresses = true }
    try order("headers", socket)
    #expect(await heard.message()?.text.contains("permessage-deflate") == true)
    let bytes = Array(String(repeating: "compress me, ", count: 100_000).utf8)
    try await socket.send(.binary(bytes))
    let isSame = await heard.message() == .binary(bytes)
    #expect(isSame)
    await socket.close()
  }

  @Test func theOtherSideCloses() async throws {
    let socket = try await open()
    try order("close 4001 enough", socket)
    let closure = try #require(await heard.closure())
    #expect(closure == WebSocketClosure(code: 4_001, reason: "enough", error: nil))
    #expect(closure.sentence == "closed with code 4001: enough")
    #expect(throws: WebError(.broken, "cannot send to '\(try peer.address("/ws"))': the WebSocket is closed")) {
      try socket.post(.text([]))
    }
    await socket.close()
  }

  @Test func closeSendsWhatWaits() async throws {
    let socket = try await open()
    try socket.post(.text(Array("before".utf8)))
    #expect(await heard.message()?.text == "before")
    await socket.close(code: 3_000, reason: "done")
    #expect(await heard.closure()?.error == nil)
  }

  @Test func encrypted() async throws {
    var request = WebSocketRequest(try WebAddress("wss://localhost:\(peer.https)/ws"))
    request.trust = WebTrust(authorities: peer.certificate)
    let socket = try await client.open(request, onEvent: heard.listener)
    let bytes = Array(repeating: UInt8(7), count: 3_000_000)
    try await socket.send(.binary(bytes))
    let isSame = await heard.message() == .binary(bytes)
    #expect(isSame)
    await socket.close()
  }

  @Test func theLimitOfWhatWaitsHolds() async throws {
    let socket = try await open { $0.sendLimit = 30_000_000 }
    try order("deaf 1", socket)
    let piece = Array(repeating: UInt8(1), count: 10_000_000)
    var refused: WebError?
    do throws(WebError) {
      for _ in 0..<10 { try socket.post(.binary(piece)) }
    } catch {
      refused = error
    }
    #expect(refused?.code == .full)
    #expect(socket.bytesWaiting <= 30_000_000)
    #expect(await heard.message()?.text == "heard")
    await socket.close()
  }

  @Test(arguments: [401, 403, 404, 500]) func aRefusedUpgradeTellsItsStatus(status: Int) async throws {
    let address = try peer.address("/refused/\(status)")
    let error = await failure(WebSocketRequest(address))
    let message = "cannot open the WebSocket '\(address)': the server did not open it, it answered with status \(status)"
    #expect(error == WebError(.upgradeRefused(status), message))
  }

  @Test(arguments: ["garbage", "nothing", "ws-wrongkey"]) func brokenHandshakesAreErrors(kind: String) async throws {
    let error = await failure(WebSocketRequest(try peer.hostileAddress(kind), timeLimit: .seconds(10)))
    #expect(error != nil && error?.code != .timeout && error?.code != .unreachable, "\(kind): \(String(describing: error))")
  }

  @Test func silenceInTheHandshakeIsATimeout() async throws {
    let address = try peer.hostileAddress("silence")
    let error = await failure(WebSocketRequest(address, timeLimit: .milliseconds(300)))
    #expect(error == WebError(.timeout, "cannot open the WebSocket '\(address)': no answer within the time limit"))
  }

  @Test(arguments: ["ws-midframe", "ws-opcode", "ws-continuation", "ws-longping", "ws-reserved"]) func brokenFramesEndIt(kind: String)
    async throws
  {
    let socket = try await client.open(WebSocketRequest(peer.hostileAddress(kind)), onEvent: heard.listener)
    let closure = try #require(await heard.closure())
    #expect(closure.code == nil)
    await socket.close()
  }

  @Test func aFrameBeyondTheLimitEndsItBeforeItIsThere() async throws {
    let socket = try await client.open(WebSocketRequest(peer.hostileAddress("ws-huge"), sizeLimit: 1_000), onEvent: heard.listener)
    #expect(await heard.closure()?.error?.code == .tooLarge)
    await socket.close()
  }

  @Test func aMessageBeyondTheLimitEndsIt() async throws {
    let socket = try await open { $0.sizeLimit = 1_000_000 }
    try order("send 1000000", socket)
    #expect(await heard.message()?.bytes.count == 1_000_000)
    try order("send 1000001", socket)
    let message = "the WebSocket '\(try peer.address("/ws"))' was closed: a message is longer than the limit of 1000000 bytes"
    #expect(await heard.closure()?.error?.message == message)
    await socket.close()
  }

  @Test func aPeerThatNeverSaysGoodbyeDoesNotHoldClose() async throws {
    let socket = try await client.open(WebSocketRequest(peer.hostileAddress("ws-silence")), onEvent: heard.listener)
    await socket.close()
    #expect(await heard.closure() != nil)
  }

  @Test func stopEndsOpenOnes() async throws {
    let socket = try await open()
    client.stop()
    #expect(await heard.closure()?.error?.code == .stopped)
    #expect(throws: WebError.self) { try socket.post(.text([1])) }
  }
}
