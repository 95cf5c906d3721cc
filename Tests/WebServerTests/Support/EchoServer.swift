// SPDX-License-Identifier: Apache-2.0

import Synchronization
import WebSockets

/// A server that gives back what it gets, and notes what happens.
///
/// WebSockets on "/ws…"; a text "close CODE" closes, "abort" resets, "big N" sends N bytes, "detach" notes what is given away, "leave N" resets behind N bytes.
final class EchoServer: Sendable {
  let server: WebServer
  let notes: Notes
  var port: Int { server.port ?? 0 }

  init(_ change: (inout WebServerSettings) -> Void = { _ in }) throws {
    var settings = WebServerSettings()
    change(&settings)
    let notes = Notes()
    self.notes = notes
    server = try WebServer(settings, onRequest: { Self.answer($0, $1, notes) }, onUpgrade: { Self.decide($0, notes) })
  }

  deinit { server.stop() }

  private static func answer(_ request: WebServerRequest, _ responder: WebResponder, _ notes: Notes) {
    switch request.head.path {
    case "/echo": responder.send(WebServerResponse(200, headers: [WebHeader("X-Method", request.head.method)], body: request.body))
    case "/what": responder.send(WebServerResponse(200, text: what(request.head)))
    case "/never": notes.keep(responder)
    case "/dropped": break
    case "/later":
      // From another thread.
      Task(executorPreference: OwnThread.servers) { responder.send(WebServerResponse(200, text: "later")) }
    case "/split": responder.send(WebServerResponse(200, headers: [WebHeader("X", "a\r\nSet-Cookie: b")]))
    case "/pieces":
      let stream = responder.begin(200)
      Task(executorPreference: OwnThread.servers) {
        for number in 0..<100 { try? await stream.send(Array("piece \(number)\n".utf8)) }
        stream.finish()
      }
    case "/length":
      let stream = responder.begin(200, headers: [WebHeader("Content-Length", "6")])
      Task(executorPreference: OwnThread.servers) {
        try? await stream.send(Array("abc".utf8))
        try? await stream.send(Array("def".utf8))
        stream.finish()
      }
    case "/broken":
      let stream = responder.begin(200, headers: [WebHeader("Content-Length", "6")])
      Task(executorPreference: OwnThread.servers) {
        try? await stream.send(Array("abc".utf8))
        _ = stream
      }
    case "/events":
      let stream = responder.begin(200, headers: [WebHeader("Content-Type", "text/event-stream")]) { notes.note("gone") }
      notes.keep(stream)
      try? stream.post(Array("data: 1\n\n".utf8))
    default: responder.send(WebServerResponse(404, text: "not found\n"))
    }
  }

  private static func what(_ head: WebServerHead) -> String {
    let segments = head.segments.map { "\($0)" } ?? "nil"
    return "\(head.method) \(head.path) \(head.query ?? "-") \(segments) \(head.queryValue("a b") ?? "-") \(head["x"] ?? "-")"
  }

  private static func decide(_ head: WebServerHead, _ notes: Notes) -> WebUpgradeDecision {
    switch head.path {
    case "/refused": return .refuse(WebServerResponse(401, text: "no token\n"))
    case "/many": return .refuse(WebServerResponse(429, text: "too many\n"))
    case "/wrong": return .accept(subprotocol: "never-offered") { _ in { _ in } }
    case "/ws", "/skip", "/hold", "/first", "/reset":
      let options = WebServerSocketOptions(
        waitsForFirstMessage: head.path == "/hold", skipsTooLarge: head.path == "/skip", endsWithReset: head.path == "/reset")
      let chosen = head.offeredProtocols.contains("two") ? "two" : nil
      return .accept(subprotocol: chosen, options: options) { socket in
        if head.path == "/hold" || head.path == "/first" { try? socket.post(.text(Array("hello".utf8))) }
        return { hear($0, socket, notes) }
      }
    default: return .refuse(WebServerResponse(404, text: "not found\n"))
    }
  }

  /// What a WebSocket does with its events.
  static func hear(_ event: WebServerEvent, _ socket: WebServerSocket, _ notes: Notes) {
    switch event {
    case .message(let message): obey(message, socket, notes)
    case .tooLarge(let size, let beginning):
      try? socket.post(.text(Array("too large: \(size) \(String(decoding: beginning.prefix(8), as: UTF8.self))".utf8)))
    case .closed(let closure): notes.note("closed \(closure.code ?? 0) \(closure.reason) \(closure.error.map { "\($0.code)" } ?? "-")")
    }
  }

  private static func obey(_ message: WebSocketMessage, _ socket: WebServerSocket, _ notes: Notes) {
    let words = message.bytes.count < 100 ? String(decoding: message.bytes, as: UTF8.self).split(separator: " ") : []
    switch words.first {
    case "close": socket.close(code: Int(words[1]) ?? 1_000, reason: "as asked")
    case "abort": socket.abort()
    case "leave":
      try? socket.post(.binary([UInt8](repeating: 7, count: Int(words[1]) ?? 0)))
      socket.abort(afterSendingWithin: .seconds(Int(words[2]) ?? 0))
    case "big": try? socket.post(.binary([UInt8](repeating: 7, count: Int(words[1]) ?? 0)))
    case "detach":
      Task(executorPreference: OwnThread.servers) {
        let detached = try? await socket.detach(within: words.count > 1 ? .seconds(20) : .zero)
        if let detached { notes.keep(detached) }
        notes.note(detached == nil ? "not detached" : "detached")
      }
    case "flood":
      // Until the queue is full; then says how it is refused.
      while true {
        do throws(WebError) {
          try socket.post(.binary([UInt8](repeating: 7, count: 1 << 20)))
        } catch {
          return notes.note("\(error.code)")
        }
      }
    default: try? socket.post(message)
    }
  }
}

/// What happened, in order, to be waited for; and what is to live on.
final class Notes: Sendable {
  private let stream: AsyncStream<String>
  private let end: AsyncStream<String>.Continuation
  private let kept = Mutex<[any Sendable]>([])

  init() { (stream, end) = AsyncStream.makeStream() }

  func note(_ text: String) { end.yield(text) }
  func keep(_ thing: any Sendable) { kept.withLock { $0.append(thing) } }
  func first<Thing>(_ type: Thing.Type) -> Thing? { kept.withLock { kept in kept.lazy.compactMap { $0 as? Thing }.first } }

  /// The next note.
  func next() async -> String? {
    for await note in stream { return note }
    return nil
  }
}
