// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import SQLite
import SmallDisk
import Synchronization
import Testing
import WebSockets

@testable import RunBridge

/// Questions to a real HTTP server and to fronts, kept in a real database.
@Suite(.timeLimit(.minutes(2))) struct ChatServiceTests {
  private let folder: TalkFolder
  private let store: BridgeStore
  private let fronts = TalkFronts()

  init() throws {
    folder = try TalkFolder()
    store = try folder.store()
  }

  private func service(_ endpoint: TalkEndpoint? = nil, _ change: (inout ChatSettings) -> Void = { _ in }) throws -> ChatService {
    var settings = ChatSettings()
    settings.baseURL = endpoint?.baseURL
    settings.model = "tiny"
    change(&settings)
    return try ChatService(settings, store: store, fronts: fronts, trouble: folder.trouble)
  }

  private func failure(_ service: ChatService, _ params: JSONValue = ["message": "hi"]) async -> RequestFailure? {
    do {
      let answer = try await service.chat(.chat(params), from: .talking()) { _ in }
      Issue.record("answered \(answer)")
      return nil
    } catch {
      return error as? RequestFailure
    }
  }

  private func say(_ message: String, _ service: ChatService, _ caller: Caller = .talking(), id: String? = nil) async throws -> JSONValue {
    var params: JSONValue = ["message": .string(message), "timeout": 30_000.0]
    if let id { params["conversationId"] = .string(id) }
    return try await service.chat(.chat(params), from: caller) { _ in }
  }

  private func remembered(_ service: ChatService, _ params: JSONValue, _ caller: Caller = .talking()) async throws -> [String] {
    let answer = try await service.history(.history(params), from: caller)
    return try #require(answer["messages"]?.arrayValue).compactMap { $0["content"]?.stringValue }
  }

  // MARK: - The endpoint

  @Test func theTextIsShownAsItGrows() async throws {
    let endpoint = try TalkEndpoint(TalkEndpoint.words("Once", " upon", " a time"))
    defer { endpoint.stop() }
    let service = try service(endpoint) {
      $0.apiKey = "sk-secret"
      $0.systemPrompt = "be brief"
      $0.temperature = 0.5
    }
    let parts = Mutex<[JSONValue]>([])
    let answer = try await service.chat(.chat(["message": "tell"]), from: .talking()) { part in parts.withLock { $0.append(part) } }
    #expect(answer == ["response": "Once upon a time", "conversationId": "run-1"])
    #expect(parts.withLock { $0.compactMap { $0["delta"]?.stringValue }.joined() } == "Once upon a time")
    let request = try await endpoint.request()
    #expect(request.head.method == "POST" && request.head.path == "/v1/chat/completions")
    #expect(request.head["authorization"] == "Bearer sk-secret")
    let expected: JSONValue = [
      "model": "tiny", "stream": true, "temperature": 0.5,
      "messages": [["role": "system", "content": "be brief"], ["role": "user", "content": "tell"]],
    ]
    #expect(try JSONValue(parsing: request.body) == expected)
    #expect(!folder.hasComplaint)
    service.stop()
  }

  @Test func partsComeBeforeTheEnd() async throws {
    let endpoint = try TalkEndpoint()
    defer { endpoint.stop() }
    endpoint.answer(endpoint.beginning(TalkEndpoint.chunk(["content": "first"])))
    let service = try service(endpoint)
    let (parts, part) = AsyncStream<JSONValue>.makeStream()
    let asking = Task { try await service.chat(.chat(["message": "hi"]), from: .talking()) { part.yield($0) } }
    var heard = parts.makeAsyncIterator()
    #expect(await heard.next() == ["delta": "first"])
    asking.cancel()
    await #expect(throws: CancellationError.self) { try await asking.value }
    try await endpoint.clientLeft()
    #expect(try await remembered(service, ["conversationId": "last"]) == [], "only what was answered is kept")
    service.stop()
  }

  @Test func anEndpointThatDoesNotStream() async throws {
    let endpoint = try TalkEndpoint(
      TalkEndpoint.document([
        "model": "tiny-1", "choices": [["index": 0, "message": ["role": "assistant", "content": "whole"], "finish_reason": "stop"]],
      ]))
    defer { endpoint.stop() }
    let service = try service(endpoint) { $0.streams = false }
    let parts = Mutex<[JSONValue]>([])
    let answer = try await service.chat(.chat(["message": "hi", "model": "other"]), from: .talking()) { part in
      parts.withLock { $0.append(part) }
    }
    #expect(answer["response"] == "whole")
    #expect(parts.withLock { $0 } == [["delta": "whole"]])
    let body = try await endpoint.body()
    #expect(body["stream"] == false && body["model"] == "other")
    service.stop()
  }

  @Test func partsOfContentAndChunksWithoutAChoice() async throws {
    let text =
      ": keep-alive\n\n" + TalkEndpoint.chunk(["content": [["type": "text", "text": "a"], ["type": "text", "text": "b"]]])
      + "data: {\"choices\":[],\"usage\":{\"total_tokens\":3}}\n\ndata: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"other\"}}]}\n\n"
      + TalkEndpoint.chunk(["content": nil], finish: "length")
    let endpoint = try TalkEndpoint(TalkEndpoint.text(text))
    defer { endpoint.stop() }
    let service = try service(endpoint)
    #expect(try await say("hi", service)["response"] == "ab")
    service.stop()
  }

  @Test func encrypted() async throws {
    let endpoint = try SecureEndpoint()
    defer { endpoint.stop() }
    let service = try service {
      $0.baseURL = endpoint.baseURL
      $0.apiKey = "sk-secret"
      $0.certificates = endpoint.certificate
    }
    #expect(try await say("hi", service)["response"] == "secret of 9")
    let distrustful = try self.service { $0.baseURL = endpoint.baseURL }
    #expect(await failure(distrustful)?.message.hasPrefix("cannot reach the chat endpoint: cannot post 'https://localhost:") == true)
    service.stop()
    distrustful.stop()
  }

  // MARK: - What goes wrong

  @Test(
    arguments: [
      (401, "sk-secret", "refuses the key (status 401: no … here); check 'chat.apiKey'"),
      (401, nil, "wants a key (status 401: no sk-secret here); set 'chat.apiKey'"),
      (403, "sk-secret", "refuses the key (status 403: no … here); check 'chat.apiKey'"),
      (
        404, "sk-secret",
        "knows no chat at this address, or no model 'tiny' (status 404: no … here); check 'chat.baseURL' and 'chat.model'"
      ),
      (429, "sk-secret", "takes no more requests for now (status 429: no … here); try again in 7 s"),
      (400, "sk-secret", "refuses the request (status 400: no … here)"),
      (413, "sk-secret", "takes no conversation of this size (status 413: no … here); send a shorter message, or lower 'chat.maxHistory'"),
      (500, "sk-secret", "failed (status 500: no … here); try again later"),
      (503, "sk-secret", "failed (status 503: no … here); try again later"),
      (302, "sk-secret", "redirects to 'http://elsewhere/' (status 302: no … here), which is not followed; correct 'chat.baseURL'"),
    ] as [(Int, String?, String)])
  func aStatusIsASentenceWithoutTheKey(status: Int, key: String?, words: String) async throws {
    let headers = [WebHeader("Retry-After", "7"), WebHeader("Location", "http://elsewhere/?key=sk-secret")]
    let endpoint = try TalkEndpoint(
      TalkEndpoint.document(["error": ["message": "no sk-secret\nhere", "code": "some"]], status: status, headers: headers))
    defer { endpoint.stop() }
    let service = try service(endpoint) { $0.apiKey = key }
    #expect(await failure(service) == RequestFailure("the chat endpoint '\(endpoint.baseURL)/chat/completions' \(words)"))
    #expect(try await remembered(service, ["conversationId": ""]) == [])
    service.stop()
  }

  @Test(arguments: [
    ("", "answered nothing"), ("<html>", "answered something that is no chat"), ("{}", "answered without a choice"),
    ("{\"choices\":", "sent what cannot be read (not JSON: a bracket, comma, colon or quote is missing or misplaced)"),
    ("data: {oops}\n\n", "sent what cannot be read (not JSON: a bracket, comma, colon or quote is missing or misplaced)"),
    ("data: {}\n\n", "ended its answer in the middle"),
    ("data: {\"error\":{\"message\":\"overheated\"}}\n\n", "broke off (overheated); try again later"),
    ("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n", "answered without text (it ended with 'tool_calls')"),
  ]) func whatIsNoAnswerIsSaid(text: String, words: String) async throws {
    let endpoint = try TalkEndpoint(TalkEndpoint.text(text))
    defer { endpoint.stop() }
    let service = try service(endpoint)
    #expect(await failure(service) == RequestFailure("the chat endpoint '\(endpoint.baseURL)/chat/completions' \(words)"))
    service.stop()
  }

  @Test func anAnswerThatIsCut() async throws {
    let endpoint = try TalkEndpoint(TalkEndpoint.cut(TalkEndpoint.chunk(["content": "half"])))
    defer { endpoint.stop() }
    let service = try service(endpoint)
    #expect(
      await failure(service)
        == RequestFailure("the chat endpoint '\(endpoint.baseURL)/chat/completions' ended its answer in the middle"))
    service.stop()
  }

  @Test func nobodyThere() async throws {
    let service = try service { $0.baseURL = "http://127.0.0.1:1/v1" }
    let failure = await failure(service)
    #expect(failure?.message.hasPrefix("cannot reach the chat endpoint: cannot post 'http://127.0.0.1:1/v1/chat/completions': ") == true)
    #expect(failure?.message.hasSuffix("; check the address, and whether the server runs") == true)
    service.stop()
  }

  @Test func silence() async throws {
    let endpoint = try TalkEndpoint()
    defer { endpoint.stop() }
    endpoint.answer(endpoint.silence)
    let service = try service(endpoint) { $0.timeoutSeconds = 0.5 }
    #expect(
      await failure(service) == RequestFailure("the chat endpoint '\(endpoint.baseURL)/chat/completions' gave no whole answer within 0.5 s")
    )
    let patient = try self.service(endpoint)
    let deadline = ContinuousClock.now + .milliseconds(400)
    await #expect(throws: RequestFailure.self) {
      try await patient.chat(.chat(["message": "hi"], deadline: deadline), from: .talking()) { _ in }
    }
    service.stop()
    patient.stop()
  }

  @Test(arguments: ["words", "comments", "one event"]) func anEndlessAnswer(kind: String) async throws {
    let endpoint = try TalkEndpoint()
    defer { endpoint.stop() }
    let words = String(repeating: "x", count: 10_000)
    switch kind {
    case "words": endpoint.answer(endpoint.endless(TalkEndpoint.chunk(["content": .string(words)])))
    case "comments": endpoint.answer(endpoint.endless(": \(words)\n"))
    default: endpoint.answer(endpoint.endless("data: \(words)"))
    }
    let service = try service(endpoint) { $0.answerBytes = 100_000 }
    let expected = [
      "words": "answered more than the limit of 100000 bytes", "comments": "answered without end; it was given up",
      "one event": "sent an event longer than the limit of 665536 bytes",
    ]
    #expect(
      await failure(service)?.message == expected[kind].map { "the chat endpoint '\(endpoint.baseURL)/chat/completions' \($0)" })
    try await endpoint.clientLeft()
    service.stop()
  }

  @Test func anEndlessErrorIsAnError() async throws {
    let endpoint = try TalkEndpoint()
    defer { endpoint.stop() }
    endpoint.answer(endpoint.endless(String(repeating: "x", count: 10_000), status: 500))
    let service = try service(endpoint)
    #expect(
      await failure(service)
        == RequestFailure("the chat endpoint '\(endpoint.baseURL)/chat/completions' failed (status 500); try again later"))
    try await endpoint.clientLeft()
    service.stop()
  }

  @Test func stopEndsAQuestion() async throws {
    let endpoint = try TalkEndpoint()
    defer { endpoint.stop() }
    endpoint.answer(endpoint.silence)
    let service = try service(endpoint)
    async let failed = failure(service)
    _ = try await endpoint.request()
    service.stop()
    #expect(await failed == RequestFailure("cannot ask the chat endpoint: the host is stopping"))
    #expect(await failure(service) == RequestFailure("cannot ask the chat endpoint: the host is stopping"))
  }

  @Test(arguments: ["ftp://x/", "no address"]) func aWrongAddressIsSaidAtOnce(address: String) {
    #expect(
      throws: PluginFailure(
        "cannot use 'chat.baseURL': '\(address)' is no address; it should look like 'http://HOST:PORT/PATH', with other characters escaped",
        code: "bad_chat_address", status: .invalid)
    ) { try service { $0.baseURL = address } }
  }

  @Test func aKeyThatCannotBeOneIsNotRepeated() {
    #expect(
      throws: PluginFailure(
        "cannot use 'chat.apiKey': it holds a blank or a character that no key has; check where it comes from", code: "bad_chat_key",
        status: .invalid)
    ) {
      try service {
        $0.baseURL = "http://127.0.0.1:1"
        $0.apiKey = "sk-secret\n"
      }
    }
  }

  // MARK: - Blocked

  @Test func whatIsBlockedHasTheShapeOfAnAnswer() async throws {
    let endpoint = try TalkEndpoint()
    defer { endpoint.stop() }
    let service = try service(endpoint)
    let answers: [(TalkEndpoint.Answer, String)] = [
      (TalkEndpoint.text(TalkEndpoint.chunk(["content": "half of"], finish: "content_filter") + "data: [DONE]\n\n"), "content_filter"),
      (TalkEndpoint.text(TalkEndpoint.chunk(["refusal": "I will not."], finish: "stop")), "refusal"),
      (TalkEndpoint.document(["error": ["message": "no", "code": "off_topic"]], status: 400), "off_topic"),
      (TalkEndpoint.document(["error": ["message": "no", "innererror": ["code": "Content_Filter"]]], status: 400), "content_filter"),
      (TalkEndpoint.words("  I\u{2019}m sorry, but I can\u{2019}t", " do that."), "refusal"),
      (TalkEndpoint.words("That is off-topic for me."), "refusal"),
    ]
    for (answer, reason) in answers {
      endpoint.answer(answer)
      let expected: JSONValue = ["response": "", "blocked": true, "blockedReason": .string(reason), "openedChat": false]
      #expect(try await say("hi", service) == expected)
    }
    #expect(try await remembered(service, ["conversationId": "last"]) == [])
    endpoint.answer(TalkEndpoint.words("Sorry for the wait: 42"))
    #expect(try await say("hi", service)["response"] == "Sorry for the wait: 42")
    service.stop()
  }

  @Test func refusalsMayBeAnswers() async throws {
    let endpoint = try TalkEndpoint(TalkEndpoint.words("I'm sorry, but I can't."))
    defer { endpoint.stop() }
    let service = try service(endpoint) { $0.blocksRefusals = false }
    #expect(try await say("hi", service)["response"] == "I'm sorry, but I can't.")
    service.stop()
  }

  // MARK: - Nobody, and fronts

  @Test func withoutAModelTheTextIsExact() async throws {
    #expect(
      await failure(try service())?.message
        == "Copilot chat model is not available. Make sure GitHub Copilot is enabled and you have access.")
  }

  @Test(arguments: [[:], ["message": ""], ["message": nil], ["message": 7]] as [JSONValue]) func aMessageIsNeeded(params: JSONValue)
    async throws
  {
    #expect(await failure(try service(), params) == RequestFailure("Missing message parameter"))
  }

  @Test func aMessageHasALimit() async throws {
    let service = try service { $0.messageBytes = 10 }
    #expect(
      await failure(service, ["message": "01234567890"])
        == RequestFailure("the message has 11 bytes, and a chat takes at most 10; see 'chat.messageBytes'"))
    #expect(
      await failure(service, ["message": "hi", "conversationId": .string(String(repeating: "c", count: 201))])
        == RequestFailure("the conversationId has 201 bytes; at most 200 are taken"))
  }

  @Test func aFrontIsAskedFirst() async throws {
    let endpoint = try TalkEndpoint()
    defer { endpoint.stop() }
    fronts.offer([.chat])
    let service = try service(endpoint)
    let parts = Mutex<[JSONValue]>([])
    let answering = Task { [fronts] in
      let asked = try await fronts.asked()
      asked.part(["delta": "from a"])
      asked.part(["noise": 1])
      fronts.answer(asked, ["response": "from a person", "model": "Ada"])
      return asked
    }
    let answer = try await service.chat(.chat(["message": "hi", "model": "any"]), from: .talking()) { part in
      parts.withLock { $0.append(part) }
    }
    #expect(answer == ["response": "from a person", "conversationId": "run-1"])
    #expect(parts.withLock { $0 } == [["delta": "from a"]])
    let asked = try await answering.value
    #expect(asked.question == FrontQuestion(kind: .chat, body: ["message": "hi", "conversation": "run-1", "model": "any", "history": []]))
    let next = Task { [fronts] in
      let asked = try await fronts.asked()
      fronts.answer(asked, ["blocked_reason": "policy"])
      return asked.question.body["history"]
    }
    #expect(try await say("again", service)["blockedReason"] == "policy")
    #expect(try await next.value == [["role": "user", "content": "hi"], ["role": "assistant", "content": "from a person"]])
    let last = Task { [fronts] in fronts.refuse(try await fronts.asked(), "not now") }
    #expect(await failure(service) == RequestFailure("not now"))
    try await last.value
    let empty = Task { [fronts] in fronts.answer(try await fronts.asked(), [:]) }
    #expect(await failure(service) == RequestFailure("the front that chats answered without a text"))
    try await empty.value
    fronts.offer([])
    #expect(try await say("and now", service)["response"] == "hello", "without a front the endpoint answers")
    service.stop()
  }

  // MARK: - What is kept

  private func runs(_ rows: [(id: String, session: String)]) async throws {
    try await store.perform { database in
      for row in rows {
        try database.execute(
          """
          INSERT INTO runs(id, name, session, command, scopes, kind, started)
          VALUES ('\(row.id)', 'n', '\(row.session)', '[]', '{}', 'captured', 1)
          """)
      }
    }
  }

  @Test func aRunReadsItsOwnConversationsUnderTheirNames() async throws {
    try await runs([("run-1", "session-1"), ("run-2", "session-2")])
    let endpoint = try TalkEndpoint(TalkEndpoint.words("answer"))
    defer { endpoint.stop() }
    let service = try service(endpoint)
    let before = StoreTime.now * 1_000
    #expect(try await say("own", service)["conversationId"] == "run-1")
    #expect(try await say("by session", service, id: "session-1")["conversationId"] == "run-1")
    #expect(try await say("named", service, id: "A")["conversationId"] == "A")
    #expect(try await say("other", service, .talking("run-2", connection: 2), id: "A")["conversationId"] == "A")
    for name in ["", "run-1", "session-1"] {
      #expect(try await remembered(service, ["conversationId": .string(name)]) == ["own", "answer", "by session", "answer"])
    }
    for name in ["A", "last"] { #expect(try await remembered(service, ["conversationId": .string(name)]) == ["named", "answer"]) }
    #expect(try await say("on", service, id: "last")["conversationId"] == "A")
    let other = Caller.talking("run-2", connection: 2)
    #expect(try await remembered(service, ["conversationId": "A"], other) == ["other", "answer"])
    for name in ["run-1", "session-1", "nowhere", ""] {
      #expect(try await remembered(service, ["conversationId": .string(name)], other) == [])
    }
    let first = try await service.history(.history(["conversationId": "", "limit": 4]), from: .talking())["messages"]?[0]
    #expect(first?["role"] == "user" && first?["content"] == "own")
    let time = try #require(first?["timestamp"]?.intValue)
    #expect(Double(time) >= before - 1 && Double(time) <= StoreTime.now * 1_000 + 1)
    service.stop()
  }

  @Test(arguments: [nil, 0, false, "", -3, 10] as [JSONValue?]) func tenMessagesUnlessToldOtherwise(limit: JSONValue?) async throws {
    let endpoint = try TalkEndpoint(TalkEndpoint.words("a"))
    defer { endpoint.stop() }
    let service = try service(endpoint)
    for number in 0..<7 { _ = try await say("\(number)", service) }
    var params: JSONValue = ["conversationId": ""]
    if let limit { params["limit"] = limit }
    #expect(try await remembered(service, params).filter { $0 != "a" } == ["2", "3", "4", "5", "6"])
    #expect(try await remembered(service, ["conversationId": "", "limit": 3.0]) == ["a", "6", "a"])
    service.stop()
  }

  @Test(arguments: [[:], ["conversationId": nil], ["limit": 3]] as [JSONValue]) func aConversationMustBeNamed(params: JSONValue)
    async throws
  {
    let service = try service()
    await #expect(throws: RequestFailure("Missing conversationId parameter")) {
      try await service.history(.history(params), from: .talking())
    }
  }

  @Test func whatWasSaidGoesWithTheNextQuestion() async throws {
    let endpoint = try TalkEndpoint(TalkEndpoint.words("one"))
    defer { endpoint.stop() }
    let service = try service(endpoint) { $0.maxHistory = 3 }
    _ = try await say("first", service)
    endpoint.answer(TalkEndpoint.document([:], status: 500))
    await #expect(throws: RequestFailure.self) { try await say("lost", service) }
    endpoint.answer(TalkEndpoint.words("two"))
    _ = try await say("second", service)
    _ = try await say("third", service)
    var contents: [[String]] = []
    for _ in 0..<4 { contents.append(try await endpoint.body()["messages"]?.arrayValue?.compactMap { $0["content"]?.stringValue } ?? []) }
    #expect(contents[2] == ["first", "one", "second"])
    // Three at most, and no answer without its question.
    #expect(contents[3] == ["second", "two", "third"])
    service.stop()
  }

  @Test func conversationsOutliveTheHost() async throws {
    let endpoint = try TalkEndpoint(TalkEndpoint.words("kept"))
    defer { endpoint.stop() }
    let before = try service(endpoint)
    _ = try await say("remember", before)
    before.stop()
    store.stop()
    let again = try folder.store()
    defer { again.stop() }
    var settings = ChatSettings()
    settings.baseURL = endpoint.baseURL
    let after = try ChatService(settings, store: again, fronts: fronts, trouble: folder.trouble)
    after.start()
    #expect(try await remembered(after, ["conversationId": "last"]) == ["remember", "kept"])
    _ = try await say("more", after)
    _ = try await endpoint.body()
    #expect(try await endpoint.body()["messages"]?.arrayValue?.count == 3)
    #expect(!folder.hasComplaint)
    after.stop()
  }

  @Test func conversationsAreBounded() async throws {
    let endpoint = try TalkEndpoint(TalkEndpoint.words("a"))
    defer { endpoint.stop() }
    let service = try service(endpoint) {
      $0.keptMessages = 4
      $0.keptConversationsOfRun = 2
      $0.keptConversations = 3
    }
    for number in 0..<4 { _ = try await say("\(number)", service) }
    #expect(try await remembered(service, ["conversationId": ""]) == ["2", "a", "3", "a"])
    for name in ["x", "y"] { _ = try await say("in \(name)", service, id: name) }
    #expect(try await remembered(service, ["conversationId": ""]) == [], "a run keeps its latest two")
    #expect(try await remembered(service, ["conversationId": "x"]) == ["in x", "a"])
    for run in ["run-2", "run-3"] { _ = try await say(run, service, .talking(run)) }
    let rows = try await service.conversations(run: nil, named: nil, limit: 10)["conversations"]?.arrayValue
    #expect(rows?.compactMap { $0["conversation"]?.stringValue } == ["run-3", "run-2", "y"])
    try await store.perform { try $0.execute("UPDATE messages SET time = time - 91 * 86400 WHERE conversation = 'y'") }
    service.start()
    #expect(try await service.conversations(run: nil, named: nil, limit: 10)["conversations"]?.arrayValue?.count == 2)
    service.stop()
  }

  @Test func bytesAreBounded() async throws {
    let endpoint = try TalkEndpoint(TalkEndpoint.words("a"))
    defer { endpoint.stop() }
    let service = try service(endpoint) {
      $0.keptConversationBytes = 84
      $0.keptBytes = 130
    }
    let long = String(repeating: "x", count: 40)
    for number in 0..<3 { _ = try await say("\(number)\(long)", service) }
    #expect(try await remembered(service, ["conversationId": ""]) == ["1\(long)", "a", "2\(long)", "a"])
    _ = try await say("fits not with the other one: \(long)", service, .talking("run-2"))
    let rows = try await service.conversations(run: nil, named: nil, limit: 10)["conversations"]?.arrayValue
    #expect(rows?.compactMap { $0["conversation"]?.stringValue } == ["run-2"])
    service.stop()
  }

  @Test func withoutARunNothingIsKept() async throws {
    let endpoint = try TalkEndpoint(TalkEndpoint.words("a"))
    defer { endpoint.stop() }
    let service = try service(endpoint)
    let nobody = Caller.talking("", connection: nil)
    for id in [nil, "A"] { #expect(try await say("q", service, nobody, id: id)["response"] == "a") }
    for id in ["", "A", "last"] { #expect(try await remembered(service, ["conversationId": .string(id)], nobody) == []) }
    #expect(try await service.conversations(run: nil, named: nil, limit: 10) == ["conversations": []])
    service.stop()
  }

  @Test func peopleSeeConversations() async throws {
    let endpoint = try TalkEndpoint(TalkEndpoint.words("a"))
    defer { endpoint.stop() }
    let service = try service(endpoint)
    for run in ["run-1", "run-2"] {
      _ = try await say("q", service, .talking(run), id: "same")
      _ = try await say("q", service, .talking(run))
    }
    let mine = try await service.conversations(run: "run-1", named: nil, limit: 10)["conversations"]?.arrayValue ?? []
    #expect(mine.map { $0["conversation"] } == ["run-1", "same"] && mine.allSatisfy { $0["messages"] == 2 && $0["run"] == "run-1" })
    let one = try await service.conversations(run: "run-2", named: "same", limit: 1)
    #expect(one["messages"]?.arrayValue?.map { $0["content"] } == ["a"])
    await #expect(
      throws: PluginFailure(
        "2 runs have a conversation 'same': give 'run' too; see bridge.conversations", code: "ambiguous", status: .invalid)
    ) { try await service.conversations(run: nil, named: "same", limit: 10) }
    await #expect(
      throws: PluginFailure(
        "no conversation 'none': nothing was said in it, or it is forgotten; see bridge.conversations", code: "no_conversation",
        status: .notFound)
    ) { try await service.conversations(run: nil, named: "none", limit: 10) }
    service.stop()
  }

  @Test(.enabled(if: SmallDisk.isPossible, "a small file system cannot be mounted here")) func aFullDiskDoesNotStopAChat() async throws {
    let disk = try SmallDisk(megabytes: 4)
    let store = BridgeStore(path: disk.path + "/bridge.sqlite")
    try store.start()
    defer { store.stop() }
    try disk.fill()
    let long = String(repeating: "x", count: 500_000)
    let endpoint = try TalkEndpoint(TalkEndpoint.words(long))
    defer { endpoint.stop() }
    var settings = ChatSettings()
    settings.baseURL = endpoint.baseURL
    let service = try ChatService(settings, store: store, fronts: fronts, trouble: folder.trouble)
    #expect(try await say("hi", service)["response"] == .string(long))
    #expect(try await folder.complaint().hasPrefix("cannot keep what was said in a chat: "))
    service.stop()
  }
}
