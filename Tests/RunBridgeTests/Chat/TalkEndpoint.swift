// SPDX-License-Identifier: Apache-2.0

import JSON
import WebSockets

@testable import PluginTestKit

/// A real HTTP server in the place of a model.
final class TalkEndpoint: Sendable {
  typealias Answer = @Sendable (WebServerRequest, WebResponder) -> Void

  private struct State: Sendable {
    var answer: Answer
    var requests: [WebServerRequest] = []
    var left = 0
    var held: [WebResponder] = []
    var streams: [WebResponseStream] = []
  }

  private let state: Observed<State>
  private let server: WebServer

  init(_ answer: @escaping Answer = TalkEndpoint.words("hello")) throws {
    let state = Observed(State(answer: answer))
    self.state = state
    server = try WebServer(onRequest: { request, responder in
      let answer = state.change { state in
        state.requests.append(request)
        return state.answer
      }
      answer(request, responder)
    })
  }

  func stop() {
    server.stop()
    state.change {
      $0.held = []
      $0.streams = []
    }
  }

  var baseURL: String { "http://127.0.0.1:\(server.port ?? 0)/v1" }

  /// Changes what is answered from now on.
  func answer(_ answer: @escaping Answer) { state.change { $0.answer = answer } }

  /// The next request that came.
  func request() async throws -> WebServerRequest {
    try await state.wait(for: "a request", within: .seconds(60)) { $0.requests.isEmpty ? nil : $0.requests.removeFirst() }
  }

  /// What the next request asks.
  func body() async throws -> JSONValue { try JSONValue(parsing: try await request().body) }

  /// Waits until a client has gone before its answer was whole.
  func clientLeft() async throws {
    try await state.wait(for: "a client that goes", within: .seconds(60)) { state -> Void? in
      guard state.left > 0 else { return nil }
      state.left -= 1
      return ()
    }
  }

  // MARK: - Answers

  static let events = [WebHeader("Content-Type", "text/event-stream")]

  /// A piece of an answer as models send it.
  static func chunk(_ delta: JSONValue, finish: JSONValue = nil) -> String {
    let value: JSONValue = [
      "id": "c-1", "object": "chat.completion.chunk", "model": "tiny-1",
      "choices": [["index": 0, "delta": delta, "finish_reason": finish]],
    ]
    return "data: \(value.serialized())\n\n"
  }

  /// Streams an answer in these pieces.
  static func words(_ words: String...) -> Answer {
    let chunks = [chunk(["role": "assistant", "content": ""])] + words.map { chunk(["content": .string($0)]) }
    return text(chunks.joined() + chunk([:], finish: "stop") + "data: [DONE]\n\n")
  }

  /// Sends this as the stream.
  static func text(_ text: String) -> Answer {
    { _, responder in responder.send(WebServerResponse(200, headers: events, body: Array(text.utf8))) }
  }

  static func document(_ value: JSONValue, status: Int = 200, headers: [WebHeader] = []) -> Answer {
    let headers = headers + [WebHeader("Content-Type", "application/json")]
    return { _, responder in responder.send(WebServerResponse(status, headers: headers, body: value.bytes())) }
  }

  /// Says nothing.
  var silence: Answer { { [state] _, responder in state.change { $0.held.append(responder) } } }

  /// Sends a beginning and then nothing.
  func beginning(_ text: String) -> Answer {
    { [state] _, responder in
      let stream = responder.begin(200, headers: Self.events) { state.change { $0.left += 1 } }
      try? stream.post(Array(text.utf8))
      state.change { $0.streams.append(stream) }
    }
  }

  /// Sends a beginning and cuts the connection.
  static func cut(_ text: String) -> Answer {
    { _, responder in
      let stream = responder.begin(200, headers: events)
      try? stream.post(Array(text.utf8))
    }
  }

  /// Sends the same piece for as long as anybody reads.
  func endless(_ text: String, status: Int = 200) -> Answer {
    { [state] _, responder in
      let stream = responder.begin(status, headers: Self.events) { state.change { $0.left += 1 } }
      Task { while (try? await stream.send(Array(text.utf8))) != nil {} }
    }
  }
}
