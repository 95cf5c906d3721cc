// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

@testable import ZeroMQ

@Suite(.timeLimit(.minutes(1))) struct ZeroMQSocketTests {
  let context: ZeroMQContext

  init() throws { context = try ZeroMQContext() }

  private func make(_ kind: ZeroMQSocketKind) throws -> ZeroMQSocket {
    let socket = try ZeroMQSocket(kind, in: context)
    try socket.setLinger(milliseconds: 0)
    try socket.setReceiveTimeout(milliseconds: 20_000)
    return socket
  }

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test(arguments: ["tcp://127.0.0.1:*", "ipc"]) func aDealerAndARouterTalk(_ place: String) throws {
    let path = "/tmp/jfz-\(UUID().uuidString.prefix(8))"
    defer { unlink(path) }
    let (router, dealer) = (try make(.router), try make(.dealer))
    try router.bind(to: place == "ipc" ? "ipc://\(path)" : place)
    #expect((router.port != nil) == (place != "ipc"))
    try dealer.setIdentity(bytes("me"))
    try dealer.connect(to: router.endpoint)
    let large = [UInt8](repeating: 7, count: 3_000_000)
    try dealer.send([bytes("a"), [], large])
    #expect(try router.receive() == [bytes("me"), bytes("a"), [], large])
    try router.send([bytes("me"), bytes("back")])
    #expect(try dealer.receive() == [bytes("back")])
    #expect(try dealer.receiveIfReady() == nil && !dealer.isReadable)
  }

  @Test func framesAreLentWithoutACopy() throws {
    let (one, other) = (try make(.pair), try make(.pair))
    try one.bind(to: "inproc://lent")
    try other.connect(to: "inproc://lent")
    try other.send([bytes("first"), bytes("second")])
    let message = ZeroMQMessage()
    #expect(try one.receive(into: message, waits: true) && message.hasMore && message.count == 5)
    let first = message.withBytes { $0.unsafeLoad(fromByteOffset: 0, as: UInt8.self) }
    #expect(first == UInt8(ascii: "f"))
    #expect(try one.receive(into: message, waits: false) && !message.hasMore && message.copy() == bytes("second"))
    #expect(try one.receive(into: message, waits: false) == false)
  }

  @Test func onlyWhatWasSubscribedToComesAndThePublisherIsTold() throws {
    let (publisher, subscriber) = (try make(.xpub), try make(.sub))
    try publisher.bind(to: "tcp://127.0.0.1:*")
    try subscriber.subscribe(to: bytes("a"))
    try subscriber.connect(to: publisher.endpoint)
    #expect(try publisher.receive() == [[1] + bytes("a")])
    try publisher.send([bytes("b"), bytes("no")])
    try publisher.send([bytes("ab"), bytes("yes")])
    #expect(try subscriber.receive() == [bytes("ab"), bytes("yes")])
    try subscriber.unsubscribe(from: bytes("a"))
    #expect(try publisher.receive() == [[0] + bytes("a")])
  }

  @Test func aRequestIsAnswered() throws {
    let (server, client) = (try make(.rep), try make(.req))
    try server.bind(to: "tcp://127.0.0.1:*")
    try client.connect(to: server.endpoint)
    try client.send([bytes("ping")])
    try server.send(server.receive())
    #expect(try client.receive() == [bytes("ping")])
    try client.send([bytes("ping")])
    #expect(throws: ZeroMQError.self) { try client.send([bytes("out of turn")]) }
  }

  @Test func aNewcomerWithTheSameNameTakesOver() throws {
    let router = try make(.router)
    try router.setHandover(true)
    try router.setMandatory(true)
    try router.bind(to: "tcp://127.0.0.1:*")
    for text in ["first", "second"] {
      let dealer = try make(.dealer)
      try dealer.setIdentity(bytes("same"))
      try dealer.connect(to: router.endpoint)
      try dealer.send([bytes(text)])
      #expect(try router.receive() == [bytes("same"), bytes(text)])
      try router.send([bytes("same"), bytes("to \(text)")])
      #expect(try dealer.receive() == [bytes("to \(text)")])
    }
    #expect {
      try router.send([bytes("nobody"), bytes("x")])
    } throws: {
      ($0 as? ZeroMQError)?.isUnreachable == true
    }
  }

  @Test func onlyWhoKnowsTheKeyIsServed() throws {
    let (server, client, stranger) = (try make(.rep), try make(.req), try make(.req))
    let keys = try CurveKeys.make()
    #expect(keys.publicKey.utf8.count == 40 && keys.secretKey.utf8.count == 40)
    try server.serveCurve(keys)
    try server.bind(to: "tcp://127.0.0.1:*")
    try client.useCurve(CurveKeys.make(), serverKey: keys.publicKey)
    try client.connect(to: server.endpoint)
    try client.send([bytes("ping")])
    try server.send(server.receive())
    #expect(try client.receive() == [bytes("ping")])
    let monitor = try ZeroMQMonitor(of: stranger)
    try stranger.useCurve(CurveKeys.make(), serverKey: CurveKeys.make().publicKey)
    try stranger.connect(to: server.endpoint)
    #expect(try monitor.next(withinMilliseconds: 20_000).kind != .ready)
  }

  @Test func theMonitorTellsOfConnections() throws {
    let dealer = try make(.dealer)
    let monitor = try ZeroMQMonitor(of: dealer)
    var router: ZeroMQSocket? = try make(.router)
    try router?.bind(to: "tcp://127.0.0.1:*")
    let endpoint = try #require(router?.endpoint)
    try dealer.connect(to: endpoint)
    #expect(try monitor.next(withinMilliseconds: 20_000).kind == .ready)
    router = nil
    #expect(try monitor.next(withinMilliseconds: 20_000).kind == .disconnected)
    #expect(try monitor.next(withinMilliseconds: 20_000).kind == .retried)
  }

  @Test func socketsAndDescriptorsAreWaitedForTogether() throws {
    let (one, other) = (try make(.pair), try make(.pair))
    try one.bind(to: "inproc://poll")
    try other.connect(to: "inproc://poll")
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let poll = ZeroMQPoll([.socket(one), .descriptor(ends[0])])
    #expect(try poll.wait(milliseconds: 0).isEmpty)
    _ = write(ends[1], "x", 1)
    #expect(try poll.wait() == [1])
    try other.send([bytes("x")])
    #expect(try poll.wait() == [0, 1])
  }

  @Test func aFrameBeyondTheLimitEndsTheConnection() throws {
    let (server, client) = (try make(.dealer), try make(.dealer))
    try server.setMaxFrameSize(1_000)
    let monitor = try ZeroMQMonitor(of: server)
    try server.bind(to: "tcp://127.0.0.1:*")
    try client.connect(to: server.endpoint)
    try client.send([[UInt8](repeating: 0, count: 2_000)])
    #expect(try monitor.next(withinMilliseconds: 20_000).kind == .ready)
    #expect(try monitor.next(withinMilliseconds: 20_000).kind == .disconnected)
  }

  @Test func refusalsAreSentences() throws {
    let socket = try make(.dealer)
    func sentence(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return "nothing was thrown"
    }
    #expect(sentence { try socket.connect(to: "nonsense") } == "cannot connect a dealer socket to 'nonsense': Invalid argument")
    #expect(sentence { try socket.connect(to: "xyz://a") } == "cannot connect a dealer socket to 'xyz://a': Protocol not supported")
    let first = try make(.router)
    try first.bind(to: "tcp://127.0.0.1:*")
    let second = try make(.router)
    #expect(
      sentence { try second.bind(to: first.endpoint) }
        == "cannot bind a router socket to '\(first.endpoint)': Address already in use; take another port or path")
    #expect(
      sentence { try socket.setIdentity([UInt8](repeating: 1, count: 256)) }
        == "cannot set the identity of a dealer socket, 256 bytes: Invalid argument")
    try socket.setReceiveTimeout(milliseconds: 1)
    #expect(sentence { _ = try socket.receive() } == "cannot receive from a dealer socket: Resource temporarily unavailable")
  }

  @Test func theSocketsAreCounted() throws {
    let small = try ZeroMQContext(maxSockets: 1)
    let first = try ZeroMQSocket(.dealer, in: small)
    #expect {
      try ZeroMQSocket(.dealer, in: small)
    } throws: {
      "\($0)" == "cannot open a dealer socket: Too many open files; raise the limit of open files or of sockets"
    }
    #expect(first.descriptor >= 0)
  }

  @Test func theVersionIsKnown() { #expect(ZeroMQVersion.text.hasPrefix("4.")) }
}
