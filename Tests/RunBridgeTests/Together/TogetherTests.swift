// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import Synchronization
import Testing

@testable import RunBridge

/// Operations and chat behind a real door: what a script on a real socket gets.
@Suite(.timeLimit(.minutes(5)), .onDoorThread) struct TogetherTests {
  private struct NoCommands: CommandCalling {
    func call(_ name: String, _ input: JSONValue, timeout: Duration?) async throws -> JSONValue { throw PluginFailure("no") }
  }

  private struct Whole {
    let folder: TalkFolder
    let store: BridgeStore
    let door = BridgeDoor(settings: DoorSettings())
    let book: OperationBook
    let chat: ChatService
    let port: Int

    init(_ endpoint: TalkEndpoint? = nil, in old: TalkFolder? = nil, adopting estate: DoorEstate? = nil) async throws {
      let folder = try old ?? TalkFolder()
      self.folder = folder
      store = try folder.store()
      let fronts = TalkFronts()
      book = OperationBook(OperationSettings(), store: store, fronts: fronts, changed: { _ in }, trouble: folder.trouble)
      book.join(door)
      var settings = ChatSettings()
      settings.baseURL = endpoint?.baseURL
      chat = try ChatService(settings, store: store, fronts: fronts, trouble: folder.trouble)
      let router = RequestRouter(
        fronts: fronts, chat: chat, commands: NoCommands(), consents: ConsentDesk(fronts: fronts, store: store),
        audit: AuditLog(store: store))
      door.join(DoorPartners(authority: ListedRuns(), answering: router, operations: book, submits: book))
      try await book.start()
      try await book.restored(connections: Set(estate?.connections.map(\.number) ?? []))
      if let estate { port = try await door.adopt(estate) } else { port = try await door.start() }
    }

    /// Goes, and leaves everything to the next one.
    func handOver() async throws -> DoorEstate {
      book.handOver()
      let estate = try #require(await door.detachAll())
      chat.stop()
      await book.stop()
      store.stop()
      return estate
    }

    func stop() async {
      chat.stop()
      book.shutDown()
      await door.stop()
      await book.stop()
      store.stop()
    }

    func client() throws -> DoorClient { try DoorClient.webSocket(port, "one") }

    func post(_ token: String, _ body: JSONValue) throws -> (status: Int, body: String) {
      let client = try DoorClient(port)
      let text = body.serialized()
      let headers = ["Authorization: Bearer \(token)", "X-Evolve-Session: session of one", "Content-Length: \(text.utf8.count)"]
      try client.ask("POST /submit HTTP/1.1", headers, body: text)
      return try client.readAnswer()
    }
  }

  private func announce(_ start: OperationStart, _ client: DoorClient) throws {
    for _ in 0..<2 { try client.say(["type": "dapEvent", "event": "asyncOperationStarted", "body": start.body]) }
  }

  @Test func lambdasAndAnswersOverHTTP() async throws {
    let whole = try await Whole()
    let client = try whole.client()
    try announce(.field("lambda", ["name": "score", "args": [0.25]], operation: 1, token: "a"), client)
    let scored = try client.hear()["body"]
    #expect(scored == ["operationId": 1, "resumeToken": "a", "result": ["score": 0.25], "error": nil])
    try announce(.field("http_endpoint", operation: 2, token: "b"), client)
    try announce(.field("http_endpoint", operation: 3, token: "c"), client)
    while try await whole.book.list(run: nil, states: [.waiting], limit: 9).count < 2 { await Task.yield() }
    let posted = try whole.post("token of one", ["resumeToken": "b", "result": [1]])
    #expect(posted.status == 200 && posted.body == #"{"ok":true,"operationId":2}"#)
    #expect(try client.hear()["body"]?["result"] == [1], "the lambda is answered once, though it is announced twice")
    #expect(try whole.post("token of one", ["resumeToken": "b", "result": 2]).status == 409)
    #expect(try whole.post("token of one", ["resumeToken": "zzz", "result": 2]).status == 404)
    let secret = try whole.book.makeSecret(try await whole.book.operation("op-3"))
    #expect(try whole.post(secret, ["result": "by secret"]).status == 200)
    #expect(try client.hear()["body"]?["result"] == "by secret")
    #expect(try whole.post(secret, ["result": "by secret"]).status == 401)
    await whole.stop()
  }

  @Test func chatsOverTheSocket() async throws {
    let endpoint = try TalkEndpoint(TalkEndpoint.words("Once", " upon"))
    defer { endpoint.stop() }
    let whole = try await Whole(endpoint)
    let client = try whole.client()
    try client.say(["id": 1, "type": "vscode/chat", "params": ["message": "hi", "timeout": 30_000.0]])
    #expect(try client.hear() == ["id": 1, "success": true, "result": ["response": "Once upon", "conversationId": "one"]])
    try client.say(["id": 2, "type": "vscode/chat", "params": ["message": "hi", "stream": true]])
    var deltas = ""
    while true {
      let message = try client.hear()
      guard message["type"] == "part" else {
        #expect(message["result"]?["response"] == "Once upon")
        break
      }
      deltas += message["part"]?["delta"]?.stringValue ?? ""
    }
    #expect(deltas == "Once upon")
    try client.say(["id": 3, "type": "vscode/getChatHistory", "params": ["conversationId": "last", "limit": 3]])
    #expect(try client.hear()["result"]?["messages"]?.arrayValue?.map { $0["content"] } == ["Once upon", "hi", "Once upon"])
    endpoint.answer(endpoint.silence)
    try client.say(["id": 4, "type": "vscode/chat", "params": ["message": "hi", "timeout": 700]])
    #expect(try client.hear()["error"] == "'vscode/chat' was not answered within 0.7 s")
    await whole.stop()
  }

  @Test func operationsGoToTheNextHost() async throws {
    let before = try await Whole()
    let client = try before.client()
    try announce(.field("http_endpoint", operation: 1, token: "a"), client)
    try announce(.field("http_endpoint", operation: 2, token: "b"), client)
    while try await before.book.list(run: nil, states: [.waiting], limit: 9).count < 2 { await Task.yield() }
    let estate = try await before.handOver()
    let after = try await Whole(in: before.folder, adopting: estate)
    _ = try await after.book.submit("op-1", result: "at once", error: nil, by: nil)
    #expect(try client.hear()["body"]?["result"] == "at once")
    #expect(try after.post("token of one", ["resumeToken": "b", "result": "by http"]).status == 200)
    #expect(try client.hear()["body"]?["result"] == "by http")
    try announce(.field("http_endpoint", operation: 3, token: "c"), client)
    while try await after.book.list(run: nil, states: [.waiting], limit: 9).isEmpty { await Task.yield() }
    _ = try await after.book.cancel("op-3", by: nil)
    #expect(try client.hear()["body"]?["error"] == "cancelled")
    await after.stop()
  }

  @Test func theEndIsTold() async throws {
    let whole = try await Whole()
    let client = try whole.client()
    try announce(.field("form", operation: 1, token: "a"), client)
    while try await whole.book.list(run: nil, states: [.waiting], limit: 9).isEmpty { await Task.yield() }
    var gone: DoorClient? = try whole.client()
    if let gone { try announce(.field("form", operation: 2, token: "b"), gone) }
    while try await whole.book.list(run: nil, states: [.waiting], limit: 9).count < 2 { await Task.yield() }
    gone = nil
    while try await whole.book.operation("op-2").state == .waiting { await Task.yield() }
    await whole.stop()
    #expect(try client.hear()["body"]?["error"] == "host is shutting down")
  }
}
