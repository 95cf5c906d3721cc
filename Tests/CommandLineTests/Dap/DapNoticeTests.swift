// SPDX-License-Identifier: Apache-2.0
import DebugProtocol
import JSON
import Testing

@testable import jackfield

@Suite struct DapNoticeTests {
  private static func notice(_ text: String, isAwaitingResponse: Bool = false) -> DapNotice? {
    DapNotice(DapFrame(body: Array(text.utf8)), isAwaitingResponse: isAwaitingResponse)
  }

  @Test func questionsAndOperationsAreSeen() {
    let question = #"{"seq":9,"type":"event","event":"customRequest","body":{"requestId":0,"type":"vscode/chat","params":{"message":"x"}}}"#
    #expect(Self.notice(question) == .question(id: 0, type: "vscode/chat", params: ["message": "x"]))
    let bare = #"{"type":"event","event":"customRequest","body":{"requestId":"a","type":"t"}}"#
    #expect(Self.notice(bare) == .question(id: "a", type: "t", params: [:]))
    let operation = #"{"type":"event","event":"asyncOperationStarted","body":{"operationId":7}}"#
    #expect(Self.notice(operation) == .operation(["operationId": 7]))
  }

  @Test(
    arguments: [
      #"{"type":"event","event":"output","body":{"output":"customRequest"}}"#,
      #"{"type":"event","event":"customRequest"}"#,
      #"{"type":"event","event":"customRequest","body":{"requestId":1}}"#,
      #"{"type":"event","event":"customRequest","body":[]}"#,
      #"{"type":"request","command":"customRequest"}"#,
      #"{"type":"response","command":"customRequest","request_seq":7}"#,
      #"["customRequest"]"#, "customRequest", "",
    ])
  func whatOnlyLooksLikeOneIsTheEditors(text: String) {
    #expect(Self.notice(text) == nil)
  }

  @Test func responsesAreLookedAtOnlyWhenOneIsDue() {
    let response = #"{"seq":3,"type":"response","request_seq":1073741825,"success":true,"command":"customRequestResponse"}"#
    #expect(Self.notice(response, isAwaitingResponse: true) == .response(1_073_741_825))
    #expect(Self.notice(response) == nil)
    #expect(Self.notice(#"{"type":"response","request_seq":5.0}"#, isAwaitingResponse: true) == .response(5))
    #expect(Self.notice(#"{"type":"event","request_seq":5}"#, isAwaitingResponse: true) == nil)
  }

  @Test func requestsAreNumberedFarFromTheEditorsAndKnownAgain() throws {
    var requests = DapRequests()
    let answer = try JSONValue(parsing: Array(requests.answer(to: 4, .success(["response": "x"])).body))
    #expect(
      answer == [
        "seq": 1_073_741_825, "type": "request", "command": "customRequestResponse",
        "arguments": ["requestId": 4, "success": true, "result": ["response": "x"], "error": nil],
      ])
    let refusal = try JSONValue(parsing: Array(requests.answer(to: "a", .failure(DapRefusal(description: "no"))).body))
    #expect(refusal["arguments"] == ["requestId": "a", "success": false, "result": nil, "error": "no"])
    let submit = try JSONValue(parsing: Array(requests.submit(["operationId": 7, "resumeToken": "t"], .success(8)).body))
    #expect(
      submit == [
        "seq": 1_073_741_827, "type": "request", "command": "asyncOperationSubmit",
        "arguments": ["operationId": 7, "resumeToken": "t", "result": 8, "error": nil],
      ])
    #expect(requests.isAwaitingResponse)
    let closed = [1, 1_073_741_825, 1_073_741_825, 1_073_741_826, 1_073_741_827].map { requests.close($0) }
    #expect(closed == [false, true, false, true, true])
    #expect(!requests.isAwaitingResponse)
  }

  @Test func endingsBecomeExitStatuses() {
    #expect(AdapterEnding(waited: 7 << 8) == .exited(7) && AdapterEnding(waited: 15) == .signalled(15))
    #expect(AdapterEnding.exited(7).exitStatus == 7 && AdapterEnding.signalled(15).exitStatus == 143)
  }
}
