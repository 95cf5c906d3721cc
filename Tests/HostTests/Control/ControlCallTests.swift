// SPDX-License-Identifier: Apache-2.0
import JSON
import Synchronization
import Testing

@testable import Host
import PluginBridge

@Suite struct ControlCallTests {
  private let fixture: ControlFixture
  private let client: ControlClient

  init() throws {
    fixture = try ControlFixture()
    client = try fixture.client()
  }

  private func call(_ params: String, id: String = "1") {
    client.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"command/call","params":\#(params)}"#)
  }

  @Test(arguments: [
    (#"{"name":"script.echo"}"#, "{}"),
    (#"{"name":"script.echo","input":{"b":[1, 2.50,"x"],"a":12345678901234567890}}"#, #"{"b":[1, 2.50,"x"],"a":12345678901234567890}"#),
    (#"{"input" : [ ] ,"name":"script.echo"}"#, "[ ]"),
    (#"{"name":"script.echo","input":-1.5e300}"#, "-1.5e300"),
    (#"{"name":"script.echo","input":"\\\"}{"}"#, #""\\\"}{""#),
    (#"{"name":"script.echo","input":1,"input":2}"#, "2"),
    (#"{"name":"script.echo","\u0069nput":[3]}"#, "[3]"),
    (#"{"name":"script.pretty"}"#, #"{   "a": 12345678901234567890,    "b": "x\ny" } "#),
    (#"{"name":"script.bytes"}"#, #"{"base64":"AAr/"}"#),
    (#"{"name":"script.cbor"}"#, #"{"base64":"9g==","content":"cbor"}"#),
    (#"{"name":"script.empty"}"#, "null"),
  ])
  func resultIsThePayloadAsItCame(params: String, result: String) {
    call(params)
    #expect(client.line() == #"{"jsonrpc":"2.0","id":1,"result":{"call":1,"result":\#(result)}}"#)
  }

  @Test(arguments: [
    (
      "script.fail",
      #"{"code":-32001,"data":{"code":"disk","command":"script.fail","details":{"free":0},"plugin":"script","retryable":true,"status":"failed"},"message":"the disk is full"}"#
    ),
    (
      "script.plain",
      #"{"code":-32013,"data":{"command":"script.plain","plugin":"script","retryable":true,"status":"busy"},"message":"'script.plain' failed (busy) and gave no reason"}"#
    ),
    (
      "script.broken",
      #"{"code":-32001,"data":{"command":"script.broken","plugin":"script","retryable":false,"status":"failed"},"message":"'script.broken' answered with something that is not JSON; its plugin must be mended"}"#
    ),
    (
      "script.ecko",
      #"{"code":-32003,"data":{"command":"script.ecko","retryable":false,"status":"not_found"},"message":"there is no command 'script.ecko'; did you mean 'script.echo'?"}"#
    ),
    (
      "script.odd",
      #"{"code":-32001,"data":{"command":"script.odd","plugin":"script","retryable":false,"status":"status_-700"},"message":"of a later host"}"#
    ),
  ])
  func failureIsAnErrorWithASentence(command: String, error: String) {
    call(#"{"name":"\#(command)"}"#)
    #expect(client.line() == #"{"jsonrpc":"2.0","id":1,"error":\#(error)}"#)
  }

  @Test func callEndsAtItsTimeout() {
    call(#"{"name":"script.hold","timeoutMs":20}"#)
    let error = client.json()?["error"]
    #expect(error?["code"] == -32007)
    #expect(error?["message"] == "'script.hold' did not answer within its deadline")
    #expect(fixture.commands.cancellation() == .deadline)
  }

  @Test func cancelAnswersTheCallAndTellsTheCommand() throws {
    call(#"{"name":"script.hold","callId":"long"}"#, id: "7")
    _ = try #require(fixture.commands.heldCall())
    #expect(client.ask("call/cancel", ["callId": "long"])?["result"] == [:])
    let answer = client.json()
    #expect(answer?["id"] == 7)
    #expect(answer?["error"]?["code"] == -32006)
    #expect(answer?["error"]?["message"] == "'script.hold' was cancelled")
    #expect(fixture.commands.cancellation() == .cancelled)
    #expect(
      client.ask("call/cancel", ["callId": "long"])?["error"]?["message"]
        == "there is no open call \"long\" on this connection; it may have ended")
  }

  @Test func callCanBeCancelledByTheIdOfItsRequest() throws {
    call(#"{"name":"script.hold"}"#, id: "7")
    _ = try #require(fixture.commands.heldCall())
    #expect(client.ask("call/cancel", ["callId": 7])?["result"] == [:])
    #expect(client.json()?["id"] == 7)
  }

  @Test func nameOfAnOpenCallIsTaken() throws {
    call(#"{"name":"script.hold"}"#, id: "7")
    let held = try #require(fixture.commands.heldCall())
    call(#"{"name":"script.hold","callId":7}"#, id: "8")
    #expect(
      client.line()
        == #"{"jsonrpc":"2.0","id":8,"error":{"code":-32602,"message":"the call 7 is still open on this connection; choose another 'callId'"}}"#
    )
    _ = fixture.board.finish(held, status: .ok, content: .json, payload: Array("1".utf8))
    #expect(client.json()?["result"] == ["call": 7, "result": 1])
    call(#"{"name":"script.echo"}"#, id: "7")
    #expect(client.json()?["result"] == ["call": 7, "result": [:]])
  }

  @Test func clientThatVanishesCancelsItsCalls() throws {
    var passing: ControlClient? = try fixture.client()
    passing?.send(#"{"jsonrpc":"2.0","id":1,"method":"command/call","params":{"name":"script.hold"}}"#)
    _ = try #require(fixture.commands.heldCall())
    passing = nil
    #expect(fixture.commands.cancellation() == .cancelled)
    #expect(try fixture.eventually { fixture.door.counters.openRequests <= 1 && fixture.door.counters.connections == 2 })
    #expect(fixture.board.openCalls == 0)
  }

  @Test func lastWordOfAClientThatLeavesIsHeard() throws {
    var passing: ControlClient? = try fixture.client()
    passing?.send(#"{"jsonrpc":"2.0","method":"command/call","params":{"name":"script.hold"}}"#)
    passing = nil
    #expect(fixture.commands.heldCall() != nil)
    #expect(fixture.commands.cancellation() == .cancelled)
  }

  @Test func clientThatEndsItsInputGetsItsAnswers() throws {
    call(#"{"name":"script.hold"}"#)
    #expect(client.write(Array(#"{"jsonrpc":"2.0","id":2,"method":"host/status"}"#.utf8)))  // the last line lacks its newline
    client.endInput()
    #expect(client.json()?["id"] == 2)
    let held = try #require(fixture.commands.heldCall())
    _ = fixture.board.finish(held, status: .ok, content: .json, payload: Array("1".utf8))
    #expect(client.json()?["result"]?["result"] == 1)
    #expect(client.line() == nil)
  }

  @Test func callsOfAConnectionAreLimited() throws {
    let fixture = try ControlFixture { $0.callsPerConnection = 2 }
    let client = try fixture.client()
    for id in 1...3 { client.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"command/call","params":{"name":"script.hold"}}"#) }
    let error = client.json()
    #expect(error?["id"] == 3)
    #expect(error?["error"]?["code"] == -32013)
    #expect(
      error?["error"]?["message"] == "2 requests of this connection are open already; wait until some are answered")
  }

  // MARK: Streams

  @Test func chunksAndProgressComeBeforeTheAnswer() {
    fixture.commands.floods(chunks: 3, bytes: 1)
    call(#"{"name":"script.flood","stream":true,"callId":"s"}"#)
    for number in 0..<3 {
      #expect(client.line() == #"{"jsonrpc":"2.0","method":"call/chunk","params":{"call":"s","chunk":[\#(number),"x"]}}"#)
    }
    #expect(client.line() == #"{"jsonrpc":"2.0","id":1,"result":{"call":"s","result":"done"}}"#)
    call(#"{"name":"script.progress","stream":true}"#, id: "5")
    #expect(client.line() == #"{"jsonrpc":"2.0","method":"call/progress","params":{"call":5,"fraction":0.25,"note":"a \"quarter\""}}"#)
    #expect(client.json()?["id"] == 5)
  }

  @Test func whoWantsNoChunksGetsTheAnswerAlone() {
    fixture.commands.floods(chunks: 500, bytes: 1)
    call(#"{"name":"script.flood"}"#)
    #expect(client.line() == #"{"jsonrpc":"2.0","id":1,"result":{"call":1,"result":"done"}}"#)
  }

  @Test func creditOfZeroLeavesTheFlowToTheClient() throws {
    fixture.commands.floods(chunks: 5, bytes: 1)
    call(#"{"name":"script.flood","stream":true,"credit":0}"#, id: #""s""#)
    #expect(try fixture.settle { fixture.commands.emitted.load(ordering: .relaxed) } == 0)
    #expect(client.ask("call/grant", ["callId": "s", "chunks": 2])?["result"] == [:])
    #expect(client.json()?["params"]?["chunk"]?[0] == 0)
    #expect(client.json()?["params"]?["chunk"]?[0] == 1)
    #expect(try fixture.settle { fixture.commands.emitted.load(ordering: .relaxed) } == 2)
    #expect(client.ask("call/grant", ["callId": "s", "chunks": 100])?["result"] == [:])
    for number in 2..<5 { #expect(client.json()?["params"]?["chunk"]?[0]?.intValue == number) }
    #expect(client.json()?["result"]?["result"] == "done")
  }

  @Test(arguments: [(10_000, 100), (500, 10_000), (20, 1_000_000)])
  func streamWaitsForAClientThatDoesNotRead(chunks: Int, bytes: Int) throws {
    fixture.commands.floods(chunks: chunks, bytes: bytes)
    call(#"{"name":"script.flood","stream":true}"#)
    let stalled = try fixture.settle { fixture.commands.emitted.load(ordering: .relaxed) }
    #expect(stalled > 0 && stalled < chunks)
    #expect(fixture.door.counters.queuedBytes <= max(2 * fixture.limits.lowMark, 2 * bytes))
    for number in 0..<chunks {
      let chunk = client.json()?["params"]?["chunk"]
      guard chunk?[0]?.intValue == number else {
        Issue.record("chunk \(number) is \(String(describing: chunk?[0]))")
        return
      }
    }
    #expect(client.json()?["result"]?["result"] == "done")
    #expect(fixture.door.counters.highestQueuedBytes <= max(2 * fixture.limits.lowMark, 2 * bytes))
    #expect(fixture.door.counters.overrun == 0)
  }

  // MARK: A plugin behind the door

  @Test func pluginInCAnswersThroughTheDoor() throws {
    let host = ProbeHost()
    try host.add()
    let fixture = try ControlFixture(board: host.switchboard)
    let client = try fixture.client()
    #expect(client.ask("command/call", ["name": "probe.echo", "input": ["a": 1]])?["result"]?["result"] == ["a": 1])
    #expect(client.ask("command/call", ["name": "probe.inline", "input": 7])?["result"]?["result"] == 7)
    let error = client.ask("command/call", ["name": "probe.fail"])?["error"]
    #expect(error?["message"] == "the disk is full")
    #expect(error?["data"]?["retryable"] == true)
    client.send(#"{"jsonrpc":"2.0","id":"s","method":"command/call","params":{"name":"probe.stream","stream":true}}"#)
    for number in 0..<10 { #expect(client.json()?["params"]?["chunk"]?.intValue == number) }
    #expect(client.json()?["result"]?["result"] == ["emitted": 10])
    #expect(client.ask("command/call", ["name": "probe.badtext"])?["error"] != nil)
  }
}
