// SPDX-License-Identifier: Apache-2.0

import JSON
import Synchronization
import WebSockets

@testable import Dashboard

/// The routes of calls and events on a port, without the door before them: who asks is said by a header.
final class PageBench: Sendable {
  let link: ControlLink
  let hub: EventHub
  private let server: WebServer
  private let client: WebClient
  let origin: String

  init(socket: String, instance: String = "i1", callLimit: Int = CallRoute.openLimit) throws {
    link = try ControlLink(path: socket)
    hub = EventHub(link: link, facts: EventHub.Facts(instance: instance, assets: "a1", version: "9"))
    try hub.start()
    let routes: [([String], any PageRoute)] = [
      (["api", "call"], CallRoute(link: link, openLimit: callLimit)), (["api", "host"], HostRoute(link: link)),
      (["api", "events", "topics"], TopicRoute(hub: hub)), (["api", "events"], EventRoute(hub: hub)),
    ]
    var settings = WebServerSettings(.port(0))
    settings.answerTime = .seconds(3_600)
    server = try WebServer(settings) { request, responder in
      let path = request.head.segments ?? []
      guard let route = routes.first(where: { path.starts(with: $0.0) }) else { return responder.send(WebServerResponse(404)) }
      let session = PageSession(id: request.head["x-session"] ?? "s", isReadOnly: request.head["x-read-only"] != nil)
      route.1.answer(PageRequest(session: session, path: Array(path.dropFirst(route.0.count)), whole: request), with: responder)
    }
    client = try WebClient()
    origin = "http://127.0.0.1:\(server.port ?? 0)"
  }

  /// As the plugin does when it is stopped.
  func stop() {
    hub.stop()
    link.stop()
    server.stop()
    client.stop()
  }

  struct Answer {
    let status: Int
    let body: [UInt8]
    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
  }

  func post(_ path: String, _ body: String = "{}", session: String = "s", readOnly: Bool = false) async throws -> Answer {
    let headers = [WebHeader("X-Session", session)] + (readOnly ? [WebHeader("X-Read-Only", "1")] : [])
    let answer = try await client.send(
      WebRequest("POST", WebAddress(origin + path), headers: headers, body: Array(body.utf8), timeLimit: .seconds(60)))
    return Answer(status: answer.status, body: answer.body)
  }

  func stream(_ path: String, _ body: String = "{}", session: String = "s") async throws -> WebStreamedResponse {
    try await client.stream(
      WebRequest(
        "POST", WebAddress(origin + path), headers: [WebHeader("X-Session", session)], body: Array(body.utf8), timeLimit: .seconds(120),
        sizeLimit: 1 << 30))
  }

  /// The whole of a stream, a line each.
  func lines(_ path: String, _ body: String = "{}") async throws -> [JSONValue] {
    var bytes: [UInt8] = []
    for try await piece in try await stream(path, body).body { bytes += piece }
    return try bytes.split(separator: 10).map { try JSONValue(parsing: Array($0)) }
  }

  func listen(_ page: String, after: String? = nil, session: String = "s") async throws -> PageEar {
    let query = after.map { "&after=\($0)" } ?? ""
    let answer = try await client.stream(
      WebRequest(
        "GET", WebAddress(origin + "/api/events?page=\(page)\(query)"), headers: [WebHeader("X-Session", session)],
        timeLimit: .seconds(300),
        sizeLimit: 1 << 30))
    return PageEar(answer)
  }

  @discardableResult
  func want(_ page: String, _ topics: String, session: String = "s", order: Int? = nil) async throws -> Answer {
    let order = order.map { ", \"order\": \($0)" } ?? ""
    return try await post("/api/events/topics", #"{"page": "\#(page)", "topics": \#(topics)\#(order)}"#, session: session)
  }

  /// Has the plugin publish.
  func emit(_ count: Int, from: Int = 0, size: Int = 10) async throws {
    _ = try await link.answer(
      "command/call",
      ["name": "pulse.emit", "input": ["count": .integer(Int64(count)), "from": .integer(Int64(from)), "size": .integer(Int64(size))]])
  }

  /// What the plugin counted.
  func counts() async throws -> JSONValue {
    try await link.answer("command/call", ["name": "pulse.get"])["result"] ?? .null
  }

  /// Asks again until it is so; there is nothing to wait on in another process.
  func until(_ what: String, _ isSo: (JSONValue) -> Bool) async throws {
    for _ in 0..<3_000 {
      if isSo(try await counts()) { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw PulseHost.Failure(description: "never: \(what)")
  }
}

/// One page that reads its event stream.
final class PageEar {
  struct Message {
    let id: String
    let event: String
    let data: JSONValue
    var topics: [String] { data["topics"]?.arrayValue?.compactMap(\.stringValue) ?? [] }
    /// `n` of each event's payload.
    var numbers: [Int] { data["events"]?.arrayValue?.compactMap { $0["payload"]?["n"]?.intValue } ?? [] }
  }

  let status: Int
  private var body: WebBody.AsyncIterator
  private var rest: [UInt8] = []
  private(set) var lastID = ""

  init(_ answer: WebStreamedResponse) {
    status = answer.status
    body = answer.body.makeAsyncIterator()
  }

  /// The next message, by the rules of the format; nil at the end.
  func next() async throws -> Message? {
    while true {
      if let end = rest.firstRange(of: [10, 10]) {
        let text = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
        rest.removeSubrange(..<end.upperBound)
        return try message(text)
      }
      guard let piece = try await body.next() else { return nil }
      rest += piece
    }
  }

  private func message(_ text: String) throws -> Message {
    var (id, event, data) = ("", "", "")
    for line in text.split(separator: "\n") {
      guard !line.contains("\r") else { throw PulseHost.Failure(description: "a carriage return in a message") }
      if line.hasPrefix("id: ") { id = String(line.dropFirst(4)) }
      if line.hasPrefix("event: ") { event = String(line.dropFirst(7)) }
      if line.hasPrefix("data: ") { data += line.dropFirst(6) }
    }
    lastID = id
    return Message(id: id, event: event, data: try JSONValue(parsing: data))
  }

  /// The next message of a kind; others are passed over.
  func next(_ event: String) async throws -> Message {
    while let message = try await next() { if message.event == event { return message } }
    throw PulseHost.Failure(description: "the stream ended before '\(event)'")
  }

  /// The payloads' numbers until that one has come.
  func numbers(upTo last: Int) async throws -> [Int] {
    var all: [Int] = []
    while all.last != last { all += try await next("events").numbers }
    return all
  }
}
