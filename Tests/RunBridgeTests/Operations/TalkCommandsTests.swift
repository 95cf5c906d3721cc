// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import RunBridge

/// The commands of operations and chat, in a host.
@Suite(.timeLimit(.minutes(2))) struct TalkCommandsTests {
  private func call(_ command: String, _ input: JSONValue, on host: TestHost) async throws -> JSONValue {
    let answer = try await host.call(command, input.serialized(), timeout: .seconds(60))
    if let failure = answer.failure { throw failure }
    return try JSONValue(parsing: answer.payload.bytes)
  }

  @Test func operationsAreListedShownAnsweredAndCancelled() async throws {
    let host = try await TestHost(plugin: TalkPlugin.self)
    _ = try await call("test.announce", ["url": "u"], on: host)
    let pending = try await call("bridge.pending", [:], on: host)["operations"]
    #expect(pending?.arrayValue?.count == 1 && pending?[0]?["operation"] == "op-1" && pending?[0]?["parameters"] == nil)
    #expect(try await call("bridge.pending", ["run": "run-2"], on: host) == ["operations": []])
    let shown = try await call("bridge.operation", ["operation": "6"], on: host)
    #expect(shown["parameters"] == ["url": "u"] && shown["secret"] == nil)
    let secret = try await call("bridge.operation", ["operation": "op-1", "secret": true], on: host)["secret"]?.stringValue
    #expect(secret?.count == 64)

    // More digits than a double has.
    let submitted = try await call("bridge.submit", ["operation": "op-1", "result": 9_007_199_254_740_993, "by": "ada"], on: host)
    #expect(submitted["state"] == "delivered" && submitted["by"] == "ada")
    #expect(try await call("test.heard", [:], on: host) == 9_007_199_254_740_993)
    await #expect(throws: PluginFailure.self) { try await call("bridge.cancel", ["operation": "op-1"], on: host) }
    _ = try await call("test.announce", nil, on: host)
    #expect(try await call("bridge.pending", [:], on: host) == ["operations": []], "the second announcement of the same operation")

    let history = try await call("bridge.pending", ["history": true], on: host)["operations"]
    #expect(history?.arrayValue?.map { $0["state"] } == ["delivered"])
    #expect(try await call("bridge.pending", ["states": ["cancelled"]], on: host) == ["operations": []])
    await host.close()
  }

  @Test func anErrorMayComeWithANull() async throws {
    let host = try await TestHost(plugin: TalkPlugin.self)
    _ = try await call("test.announce", nil, on: host)
    let ended = try await call("bridge.submit", ["operation": "op-1", "result": nil, "error": "no"], on: host)
    #expect(ended["error"] == "no")
    #expect(try await call("test.heard", [:], on: host) == .null)
    await host.close()
  }

  @Test func aDebugAdapterWaitsInItsCall() async throws {
    let host = try await TestHost(plugin: TalkPlugin.self)
    let body = OperationStart.field("form", ["formSpec": "x"], operation: 8, token: "tok").body
    async let answer = call("bridge.announce", ["operation": body, "run": "run-1", "workspace": "/project"], on: host)
    _ = try await host.published("bridge.operation")
    _ = try await call("bridge.submit", ["operation": "8", "run": "run-1", "result": ["a": 1]], on: host)
    #expect(try await answer == ["operationId": 8, "resumeToken": "tok", "result": ["a": 1]])
    async let failed = call("bridge.announce", ["operation": ["operationId": "mine"], "workspace": "/project"], on: host)
    _ = try await host.published("bridge.operation", where: { $0.text.contains("op-2") })
    _ = try await call("bridge.cancel", ["operation": "mine"], on: host)
    #expect(try await failed == ["operationId": "mine", "error": "cancelled"])
    await #expect(throws: PluginFailure("there is no run 'run-9', or it is over; see run.list", code: "no_run", status: .notFound)) {
      try await call("bridge.announce", ["operation": body, "run": "run-9"], on: host)
    }
    for wrong in [[:], ["operation": [:]], ["operation": ["operationId": 1.5]], ["operation": 7]] as [JSONValue] {
      await #expect(throws: PluginFailure.self) { try await call("bridge.announce", wrong, on: host) }
    }
    await host.close()
  }

  @Test func eventsTellOfStatesAndNotOfAnswers() async throws {
    let host = try await TestHost(plugin: TalkPlugin.self)
    _ = try await call("test.announce", ["secret": "of the script"], on: host)
    _ = try await call("bridge.cancel", ["operation": "op-1", "by": "ada"], on: host)
    let first: JSONValue = [
      "operation": "op-1", "run": "run-1", "run_name": "name of run-1", "type": "http_endpoint", "state": "waiting", "name": "ask",
    ]
    var second = first
    second["state"] = "cancelled"
    second["by"] = "ada"
    let events = [try await host.published("bridge.operation"), try await host.published("bridge.operation")]
    #expect(try events.map { try JSONValue(parsing: $0.payload.bytes) } == [first, second])
    await host.close()
  }

  @Test func conversationsAreListed() async throws {
    let endpoint = try TalkEndpoint(TalkEndpoint.words("hello"))
    defer { endpoint.stop() }
    let configuration: JSONValue = [
      "chat": ["baseURL": .string(endpoint.baseURL), "apiKey": "sk-secret", "model": "tiny", "maxHistory": 2],
      "operations": ["mostWaiting": 5],
    ]
    let host = try await TestHost(plugin: TalkPlugin.self, configuration: configuration.serialized())
    #expect(try await call("test.chat", ["message": "hi"], on: host)["response"] == "hello")
    let list = try await call("bridge.conversations", [:], on: host)["conversations"]
    #expect(list?.arrayValue?.count == 1 && list?[0]?["messages"] == 2)
    let shown = try await call("bridge.conversations", ["conversation": "run-1"], on: host)["messages"]
    #expect(shown?.arrayValue?.map { $0["content"] } == ["hi", "hello"])
    #expect(!host.log.contains { "\($0)".contains("sk-secret") })
    await host.close()
  }

  @Test func settingsHaveDefaults() throws {
    let empty = PluginContext.Configuration(bytes: Array("{}".utf8))
    let chat = try empty.decode(ChatSettings.self)
    #expect(chat.baseURL == nil && chat.streams && chat.timeoutSeconds == 120 && chat.maxHistory == 20 && chat.keptDays == 90)
    let operations = try empty.decode(OperationSettings.self)
    #expect(operations.mostWaiting == 1_024 && operations.resultBytes == 8 << 20 && operations.defaultTimeoutSeconds == 300)
    let text = #"{"streams": false, "timeoutSeconds": 1.5, "temperature": 0, "keptMessages": 7, "resultBytes": 3, "keptOperations": 4}"#
    let some = PluginContext.Configuration(bytes: Array(text.utf8))
    let changed = try some.decode(ChatSettings.self)
    #expect(!changed.streams && changed.timeoutSeconds == 1.5 && changed.temperature == 0 && changed.keptMessages == 7)
    #expect(try some.decode(OperationSettings.self).resultBytes == 3)
  }
}
