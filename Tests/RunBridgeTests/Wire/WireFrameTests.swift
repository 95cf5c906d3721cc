// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import RunBridge

@Suite struct WireFrameTests {
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test(
    arguments: [
      ([:], "{}"), (["a": 1], #"{"a":1}"#), (nil, "{}"), ([1], #"{"result":[1]}"#), ("x", #"{"result":"x"}"#),
      (false, #"{"result":false}"#),
    ] as [(JSONValue, String)]) func aResultIsAnObject(result: JSONValue, written: String)
  {
    #expect(text(WireFrame.answer(3, result)) == #"{"id":3,"result":\#(written),"success":true}"#)
  }

  @Test func failures() {
    #expect(text(WireFrame.failure("a", "no \"way\"")) == #"{"error":"no \"way\"","id":"a","success":false}"#)
    #expect(text(WireFrame.failure(.null, "")) == #"{"error":"Unknown error","id":null,"success":false}"#)
  }

  @Test func parts() { #expect(text(WireFrame.part(1, ["delta": "x"])) == #"{"id":1,"part":{"delta":"x"},"type":"part"}"#) }

  @Test func submits() {
    #expect(
      text(WireFrame.submit(OperationSubmit(operation: 4, resumeToken: "t", result: [1], error: nil)))
        == #"{"body":{"error":null,"operationId":4,"result":[1],"resumeToken":"t"},"event":"asyncOperationSubmit","type":"dapEvent"}"#)
    #expect(
      text(WireFrame.submit(OperationSubmit(operation: "x", resumeToken: nil, result: .null, error: "gone")))
        == #"{"body":{"error":"gone","operationId":"x","result":null,"resumeToken":null},"event":"asyncOperationSubmit","type":"dapEvent"}"#
    )
  }

  @Test(
    arguments: [
      ("vscode/executeCommand", 10_000, "Command timeout"), ("vscode/executeCommand", nil, "Command timeout"),
      ("vscode/chat", 1_500, "'vscode/chat' was not answered within 1.5 s"), ("vscode/chat", nil, "'vscode/chat' was not answered in time"),
      ("vscode/chat", 0, "'vscode/chat' was not answered in time"), ("vscode/chat", .infinity, "'vscode/chat' was not answered in time"),
    ] as [(String, Double?, String)]) func whenTheTimeIsOver(type: String, limit: Double?, reason: String)
  {
    #expect(WireText.timeout(type, limit: limit) == reason)
  }
}
