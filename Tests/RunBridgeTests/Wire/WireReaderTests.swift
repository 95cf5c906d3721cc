// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import RunBridge

@Suite struct WireReaderTests {
  private let now = ContinuousClock.now

  private func read(_ text: String) -> WireMessage { WireReader().read(Array(text.utf8), at: now) }

  private func request(_ text: String) -> BridgeRequest? {
    if case .request(let request, _, _) = read(text) { request } else { nil }
  }

  @Test func aRequest() {
    let text = #"{"id": 7, "type": "vscode/chat", "params": {"message": "hi", "timeout": 1500.0, "stream": true}}"#
    let params: JSONValue = ["message": "hi", "timeout": 1500.0, "stream": true]
    let deadline = now + .milliseconds(1_500)
    let request = BridgeRequest(id: 7, type: "vscode/chat", params: params, deadline: deadline)
    #expect(read(text) == .request(request, answerBy: deadline - .milliseconds(100), wantsParts: true))
  }

  @Test func idsComeBackAsTheyCame() {
    #expect(request(#"{"id": "a", "type": "x"}"#)?.id == "a")
    #expect(request(#"{"id": 1.5, "type": "x"}"#)?.id == 1.5)
    #expect(request(#"{"id": -3, "type": "x", "params": null}"#)?.params == [:])
  }

  @Test func halvesOfPairsAreMended() {
    #expect(
      request(#"{"id": 1, "type": "x", "params": {"a": "\ud83d", "b": "\udc00x", "c": "\ud83d\ude00"}}"#)?.params == [
        "a": "\u{fffd}", "b": "\u{fffd}x", "c": "😀",
      ])
  }

  @Test(
    arguments: [
      (#"{"id": 5, "type": "x", "params": {"a": NaN}}"#, 5, "Invalid JSON: NaN and Infinity cannot be sent; send null or a text instead"),
      (
        #"{"params": {"a": -Infinity, "id": 9}, "type": "x", "id": 6}"#, 6,
        "Invalid JSON: NaN and Infinity cannot be sent; send null or a text instead"
      ),
      (#"{"id": 7, "type": "x", "params": {"a": "#, 7, "Invalid JSON: a bracket, comma, colon or quote is missing or misplaced"),
      (#"{"id": NaN, "type": "x"}"#, nil, "Invalid request: 'id' is missing, or neither a number nor a text"),
      ("", nil, "Invalid JSON: the text is empty"), ("[1]", nil, "Invalid request: a message is a JSON object"),
      ("null", nil, "Invalid request: a message is a JSON object"),
      ("{}", nil, "Invalid request: 'id' is missing, or neither a number nor a text"),
      (#"{"id": null, "type": "x"}"#, nil, "Invalid request: 'id' is missing, or neither a number nor a text"),
      (#"{"id": [1], "type": "x"}"#, nil, "Invalid request: 'id' is missing, or neither a number nor a text"),
      (#"{"id": 8}"#, 8, "Invalid request: 'type' is missing, or no text"),
      (#"{"id": 8, "type": 3}"#, 8, "Invalid request: 'type' is missing, or no text"),
      (#"{"id": 8, "type": ""}"#, 8, "Invalid request: 'type' is missing, or no text"),
      (#"{"id": 8, "type": "x", "params": [1]}"#, 8, "Invalid request: 'params' is no object"),
    ] as [(String, Int64?, String)]) func whatIsRefused(text: String, id: Int64?, reason: String)
  {
    #expect(read(text) == .refused(id: id.map { .integer($0) } ?? .null, reason: reason))
  }

  @Test func deepNestingIsRefusedUnderItsID() {
    let text =
      #"{"id": 4, "type": "x", "params": {"a": "# + String(repeating: "[", count: 1_000) + String(repeating: "]", count: 1_000) + "}}"
    #expect(read(text) == .refused(id: 4, reason: "Invalid JSON: nested deeper than 128 levels"))
  }

  @Test func cancel() {
    #expect(read(#"{"type": "cancel", "id": 3}"#) == .cancel(id: 3))
    #expect(read(#"{"type": "cancel"}"#) == .ignored)
  }

  @Test func anOperation() throws {
    let text = #"""
      {"type": "dapEvent", "event": "asyncOperationStarted", "body": {"operationId": 12, "operationType": "form", "resumeToken": "evo_async_5",
      "transitionId": "t1", "transitionName": "t1", "transitionDescription": null, "timeoutMs": 300000, "uiState": {"a": 1},
      "metadata": {"timeout_ms": 1, "operationParams": {"formSpec": {"x": NaN}}}}}
      """#
    guard case .started(let start) = read(text) else { throw DoorClient.Failure.ended }
    #expect(start.operation == "12")
    #expect(start.type == "form")
    #expect(start.resumeToken == "evo_async_5")
    #expect(start.name == "t1")
    // Nobody could be told that NaN is no JSON: the operation is taken all the same.
    #expect(start.parameters == ["formSpec": ["x": nil]])
    #expect(start.timeout == .seconds(300))
    #expect(start.body["operationId"] == 12)
  }

  @Test func anOperationWithLittle() {
    let text =
      #"{"type": "dapEvent", "event": "asyncOperationStarted", "body": {"operationId": "x", "resumeToken": null, "timeoutMs": 0, "uiState": {"a": 1}}}"#
    guard case .started(let start) = read(text) else { return #expect(Bool(false), "it is an operation") }
    #expect((start.operation, start.type) == ("x", ""))
    #expect(start.resumeToken == nil && start.timeout == nil && start.name == nil)
    #expect(start.parameters == ["a": 1])
  }

  @Test func anUpdate() {
    let text = #"{"type": "dapEvent", "event": "asyncOperationUpdated", "body": {"operationId": 2, "status": "failed", "error": "no"}}"#
    #expect(read(text) == .updated(OperationUpdate(operation: "2", status: "failed", result: .null, error: "no")))
  }

  @Test(arguments: [
    #"{"type": "dapEvent"}"#, #"{"type": "dapEvent", "event": "stopped", "body": {"operationId": 1}}"#,
    #"{"type": "dapEvent", "event": "asyncOperationStarted", "body": {}}"#,
    #"{"type": "dapEvent", "event": "asyncOperationStarted", "body": 5}"#,
    #"{"type": "dapEvent", "event": "asyncOperationStarted", "body": {"operationId": ""}}"#,
    #"{"type": "dapEvent", "event": "asyncOperationUpdated", "body": {"operationId": 1}}"#,
  ]) func eventsThatAreIgnored(text: String) { #expect(read(text) == .ignored) }

  @Test(
    arguments: [
      ("vscode/chat", nil, 30_000), ("vscode/executeCommand", nil, 10_000), ("vscode/showMessage", nil, 30_000),
      ("vscode/chat", 1_500.0, 1_500), ("vscode/chat", 1_500.5, 1_500.5), ("vscode/executeCommand", 0, 500), ("vscode/chat", -5, 500),
      ("bridge/choose", nil, nil), ("bridge/choose", 2_000, 2_000), ("vscode/chat", 1e300, 366 * 86_400_000),
      ("vscode/chat", "soon", 30_000),
      ("vscode/chat", true, 30_000), ("vscode/executeCommand", [], 10_000),
    ] as [(String, JSONValue?, Double?)]) func howLongCallersWait(type: String, timeout: JSONValue?, milliseconds: Double?)
  {
    let patience = RequestPatience(type: type, timeout: timeout, from: now)
    #expect(patience.map { ($0.deadline - now) / .milliseconds(1) } == milliseconds)
    if let patience { #expect(patience.deadline - patience.answerBy == .milliseconds(100)) }
  }
}
