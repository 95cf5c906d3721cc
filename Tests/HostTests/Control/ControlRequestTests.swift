// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import Host
import PluginBridge

@Suite struct ControlRequestTests {
  private let fixture: ControlFixture
  private let client: ControlClient

  init() throws {
    fixture = try ControlFixture()
    client = try fixture.client()
  }

  private func reply(_ line: String) -> String? {
    client.send(line)
    return client.line()
  }

  @Test(arguments: [
    (
      #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"cannot read the line: not JSON: a bracket, comma, colon or quote is missing or misplaced"}}"#,
      "{"
    ),
    (
      #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"a request is a JSON object with 'jsonrpc', 'method', and 'id'"}}"#,
      "7"
    ),
    (
      #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batches are not taken; send each request as a line of its own"}}"#,
      #"[{"jsonrpc":"2.0","id":1,"method":"host/status"}]"#
    ),
    (
      #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"an 'id' must be a string, or a number that a double holds exactly"}}"#,
      #"{"jsonrpc":"2.0","id":{},"method":"host/status"}"#
    ),
    (
      #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"an 'id' must be a string, or a number that a double holds exactly"}}"#,
      #"{"jsonrpc":"2.0","id":123456789012345678901,"method":"host/status"}"#
    ),
    (
      #"{"jsonrpc":"2.0","id":4,"error":{"code":-32600,"message":"a request must say \"jsonrpc\": \"2.0\""}}"#,
      #"{"id":4,"method":"host/status"}"#
    ),
    (
      #"{"jsonrpc":"2.0","id":4,"error":{"code":-32600,"message":"a request must name its 'method' as a string"}}"#,
      #"{"jsonrpc":"2.0","id":4,"method":5}"#
    ),
    (
      #"{"jsonrpc":"2.0","id":4,"error":{"code":-32602,"message":"'params' of 'host/status' must be an object"}}"#,
      #"{"jsonrpc":"2.0","id":4,"method":"host/status","params":[]}"#
    ),
    (
      #"{"jsonrpc":"2.0","id":4,"error":{"code":-32601,"message":"there is no method 'host/statsu'; did you mean 'host/status'?"}}"#,
      #"{"jsonrpc":"2.0","id":4,"method":"host/statsu"}"#
    ),
    (
      #"{"jsonrpc":"2.0","id":4,"error":{"code":-32601,"message":"there is no method 'runs.list'; commands of plugins are called with 'command/call'"}}"#,
      #"{"jsonrpc":"2.0","id":4,"method":"runs.list"}"#
    ),
    (#"{"jsonrpc":"2.0","id":null,"result":{"version":"1"}}"#, #"{"jsonrpc":"2.0","id":null,"method":"host/status"}"#),
    (#"{"jsonrpc":"2.0","id":"ä\n","result":{"version":"1"}}"#, #" {"jsonrpc":"2.0","id":"ä\n","method":"host/status"} "#),
    (#"{"jsonrpc":"2.0","id":1.5,"result":{"version":"1"}}"#, #"{"jsonrpc":"2.0","id":1.5,"method":"host/status","params":{}}"#),
  ])
  func lineGetsItsAnswer(expected: String, line: String) {
    #expect(reply(line) == expected)
    #expect(client.ask("host/status")?["result"] == ["version": "1"])
  }

  @Test(arguments: [
    ("command/list", #"{"prefix":7}"#, "'prefix' must be a string"),
    ("command/call", #"{}"#, "'name' must be given, as a string"),
    ("command/call", #"{"name":"script.echo","inptu":1}"#, "there is no parameter 'inptu'; did you mean 'input'?"),
    ("command/call", #"{"name":"script.echo","timeoutMs":0}"#, "'timeoutMs' must be a whole number from 1 to 2147483647"),
    ("command/call", #"{"name":"script.echo","credit":1.5}"#, "'credit' must be a whole number from 0 to 65536"),
    ("command/call", #"{"name":"script.echo","stream":1}"#, "'stream' must be true or false"),
    ("command/call", #"{"name":"script.echo","callId":[]}"#, "'callId' must be a string or a number"),
    ("call/cancel", #"{}"#, "'callId' must be given, as a string or a number"),
    ("call/grant", #"{"callId":1}"#, "'chunks' must be given, as a whole number from 1 to 2147483647"),
    ("event/subscribe", #"{}"#, "'patterns' must be given, as a list of strings with at least one"),
    ("event/subscribe", #"{"patterns":[1]}"#, "'patterns' must be given, as a list of strings with at least one"),
    (
      "event/subscribe", #"{"patterns":["a..b"]}"#,
      "'a..b' is not a topic pattern; write an exact topic such as 'trainer.step', 'trainer.*' for all below it, or '*' for all"
    ),
    ("event/subscribe", #"{"patterns":["a"],"overflow":"block"}"#, "'overflow' must be 'drop_oldest' or 'drop_newest', not 'block'"),
    ("event/subscribe", #"{"patterns":["a"],"queue":0}"#, "'queue' must be a whole number from 1 to 65536"),
    ("plugin/info", #"{}"#, "'id' must be given, as a string"),
    ("host/status", #"{"loud":true}"#, "there is no parameter 'loud'; this method takes none"),
    ("plugin/enable", #"{"id":"a","force":true}"#, "there is no parameter 'force'; this method takes 'id'"),
  ])
  func wrongParametersAreNamed(method: String, params: String, message: String) throws {
    let error = client.ask(method, try JSONValue(parsing: params))?["error"]
    #expect(error?["code"] == -32602)
    #expect(error?["message"]?.stringValue == message)
  }

  @Test(
    arguments: [
      ("plugin/list", [:], ["plugins": [["id": "store", "state": "ready"]]]),
      ("plugin/info", ["id": "store"], ["id": "store"]),
      ("plugin/enable", ["id": "store"], ["enabled": "store"]),
      ("plugin/disable", ["id": "store"], ["disabled": "store"]),
      ("plugin/allow", ["id": "store"], ["allowed": "store"]),
      ("host/status", [:], ["version": "1"]),
      ("host/stop", [:], ["stopping": true]),
      ("config/show", ["origin": true], ["origin": true]),
      ("config/show", [:], ["origin": false]),
    ] as [(String, JSONValue, JSONValue)])
  func methodsOfTheDaemonPassThrough(method: String, params: JSONValue, result: JSONValue) {
    #expect(client.ask(method, params)?["result"] == result)
  }

  @Test func errorOfTheDaemonCarriesStatusAndData() {
    #expect(
      client.ask("plugin/info", ["id": "stroe"])?["error"]
        == ["code": -32003, "message": "there is no plugin 'stroe'", "data": ["status": "not_found", "retryable": false]])
  }

  @Test func slowAnswersOvertakeNobody() throws {
    client.send(#"{"jsonrpc":"2.0","id":"slow","method":"plugin/reload","params":{"id":"store"}}"#)
    client.send(#"{"jsonrpc":"2.0","id":"slower","method":"host/reload"}"#)
    client.send(#"{"jsonrpc":"2.0","id":"fast","method":"host/status"}"#)
    #expect(client.json()?["id"] == "fast")
    let (first, second) = (try #require(fixture.backend.heldReply()), try #require(fixture.backend.heldReply()))
    second(.success(nil))
    #expect(client.json()?["id"] == "slower")
    first(.failure(ControlError(.failed, "the file is gone")))
    #expect(client.json()?["error"]?["message"] == "the file is gone")
  }

  @Test func forgottenAnswerIsAFailure() throws {
    client.send(#"{"jsonrpc":"2.0","id":1,"method":"host/reload"}"#)
    do { _ = try #require(fixture.backend.heldReply()) }
    #expect(client.json()?["error"]?["message"] == "'host/reload' ended without an answer; the host's log may say why")
  }

  @Test func notificationsGetNoReply() {
    client.send(#"{"jsonrpc":"2.0","method":"host/status"}"#)
    client.send(#"{"jsonrpc":"2.0","method":"no/such"}"#)
    client.send(#"{"jsonrpc":"2.0","method":"command/call","params":{"name":"script.echo"}}"#)
    client.send(#"{"jsonrpc":"2.0","method":"command/call","params":{"name":"no.such"}}"#)
    #expect(reply(#"{"jsonrpc":"2.0","id":9,"method":"host/status"}"#) == #"{"jsonrpc":"2.0","id":9,"result":{"version":"1"}}"#)
  }

  @Test func bytesThatAreNoTextAreGarbage() {
    #expect(client.write([0, 1, 255, 254, 0, 10]))
    #expect(client.json()?["error"]?["code"] == -32700)
    #expect(client.write([10, 13, 10, 32, 10]))  // blank lines are nothing
    #expect(client.ask("host/status")?["result"] != nil)
  }

  @Test func lineMayComeByteByByte() {
    for byte in #"{"jsonrpc":"2.0","id":1,"method":"host/status"}"#.utf8 { #expect(client.write([byte])) }
    #expect(client.write([10]))
    #expect(client.json()?["result"] == ["version": "1"])
  }

  @Test func manyLinesMayComeAtOnce() {
    let lines = (0..<5_000).map { #"{"jsonrpc":"2.0","id":\#($0),"method":"command/call","params":{"name":"script.echo","input":\#($0)}}"# }
    #expect(client.write(Array((lines.joined(separator: "\r\n") + "\n").utf8)))
    let answers = (0..<5_000).map { _ in client.json()?["result"]?["result"]?.intValue }
    #expect(Set(answers) == Set(0..<5_000))
  }

  @Test func commandsAreListed() {
    let all = client.ask("command/list")?["result"]?["commands"]?.arrayValue
    #expect(all?.count == 12)
    #expect(
      client.ask("command/list", ["prefix": "script.fl"])?["result"]
        == ["commands": [["name": "script.flood", "plugin": "script", "summary": "Does flood.", "stream": true, "idempotent": false]]])
    #expect(client.ask("command/list", ["prefix": "x"])?["result"] == ["commands": []])
  }
}
