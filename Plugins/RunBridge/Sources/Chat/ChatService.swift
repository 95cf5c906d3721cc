// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Chats with a front that offers it, else with the configured endpoint, and keeps what was said.
final class ChatService: Chatting {
  let settings: ChatSettings
  let store: BridgeStore
  private let fronts: any FrontAsking
  private let endpoint: ChatEndpoint?
  private let trouble: @Sendable (String) -> Void

  /// Scripts of before know this text.
  static let noModel = "Copilot chat model is not available. Make sure GitHub Copilot is enabled and you have access."

  /// - Parameter trouble: Takes a sentence when something could not be kept; the chat goes on.
  /// - Throws: `PluginFailure`: the endpoint's address or key cannot be used.
  init(
    _ settings: ChatSettings, store: BridgeStore, fronts: any FrontAsking, trouble: @escaping @Sendable (String) -> Void
  ) throws {
    self.settings = settings
    self.store = store
    self.fronts = fronts
    self.trouble = trouble
    endpoint = try ChatEndpoint(settings)
  }

  /// Forgets what is too old; the store has been started.
  func start() {
    store.note { [settings] in
      try ConversationBook(database: $0).pruneAll(settings, now: StoreTime.now)
    } failed: { [trouble] in
      trouble("cannot forget old conversations: \($0)")
    }
  }

  /// Ends what is under way.
  func stop() { endpoint?.stop() }

  func chat(_ request: BridgeRequest, from caller: Caller, part: @escaping @Sendable (JSONValue) -> Void) async throws -> JSONValue {
    guard let message = request.params["message"]?.stringValue, !message.isEmpty else { throw RequestFailure("Missing message parameter") }
    guard message.utf8.count <= settings.messageBytes else {
      throw RequestFailure(
        "the message has \(message.utf8.count) bytes, and a chat takes at most \(settings.messageBytes); see 'chat.messageBytes'")
    }
    let key = try await conversation(request.params["conversationId"]?.stringValue ?? "", of: caller)
    let question = ChatQuestion(
      message: message, key: key, model: request.params["model"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 },
      history: await replayed(key), deadline: request.deadline)
    let asked = StoreTime.now
    switch try await answer(question, for: caller, part: part) {
    case .blocked(let reason): return ChatAnswer.blockedResult(reason)
    case .text(let text, let model):
      if settings.blocksRefusals, Refusal.isOne(text) { return ChatAnswer.blockedResult("refusal") }
      await keep(question, text, model, asked: asked)
      return ["response": .string(text), "conversationId": .string(key.conversation)]
    }
  }

  func history(_ request: BridgeRequest, from caller: Caller) async throws -> JSONValue {
    guard let id = request.params["conversationId"]?.stringValue else { throw RequestFailure("Missing conversationId parameter") }
    let limit = Self.limit(request.params["limit"])
    let run = caller.run
    guard !run.isEmpty else { return ["messages": []] }
    let turns = try await store.perform { database in
      let book = ConversationBook(database: database)
      return try book.turns(try Self.key(id, run, book), limit: limit)
    }
    return ["messages": .array(Self.bounded(turns, Self.readBytes).map(\.remembered))]
  }

  private static func limit(_ value: JSONValue?) -> Int {
    guard let number = value?.doubleValue, number >= 1 else { return 10 }
    return Int(min(number, 1_000))
  }
}

// MARK: - Who answers

extension ChatService {
  private func answer(
    _ question: ChatQuestion, for caller: Caller, part: @escaping @Sendable (JSONValue) -> Void
  ) async throws -> ChatAnswer {
    let asked = FrontQuestion(kind: .chat, body: question.body)
    let told = try await fronts.ask(asked, for: caller, until: question.deadline) { piece in
      if let delta = piece["delta"]?.stringValue { part(["delta": .string(delta)]) }
    }
    if let told { return try Self.read(told, limit: settings.answerBytes) }
    guard let endpoint else { throw RequestFailure(Self.noModel) }
    let turns = question.history + [ChatTurn(role: "user", content: question.message)]
    return try await endpoint.ask(turns, model: question.model, until: question.deadline) { part(["delta": .string($0)]) }
  }

  private static func read(_ told: JSONValue, limit: Int) throws(RequestFailure) -> ChatAnswer {
    if let reason = told["blocked_reason"]?.stringValue { return .blocked(reason) }
    guard let text = told["response"]?.stringValue else { throw RequestFailure("the front that chats answered without a text") }
    guard text.utf8.count <= limit else { throw RequestFailure("the front that chats answered more than the limit of \(limit) bytes") }
    return .text(text, model: told["model"]?.stringValue)
  }
}

// MARK: - What was said before

extension ChatService {
  /// In bytes of a conversation's name.
  private static let longestName = 200
  /// In bytes of the messages that go with a question.
  private static let replayedBytes = 256 << 10
  /// In bytes of the messages that are read at once.
  static let readBytes = 8 << 20

  /// The conversation of a name: that of the run itself without one, and under the run's and the session's id; `last` is the latest.
  private func conversation(_ name: String, of caller: Caller) async throws -> ConversationKey {
    guard name.utf8.count <= Self.longestName else {
      throw RequestFailure("the conversationId has \(name.utf8.count) bytes; at most \(Self.longestName) are taken")
    }
    let run = caller.run
    guard !name.isEmpty else { return ConversationKey(run: run, conversation: run) }
    return try await store.perform { try Self.key(name, run, ConversationBook(database: $0)) }
  }

  private static func key(_ name: String, _ run: String, _ book: ConversationBook) throws -> ConversationKey {
    if name == "last" { return ConversationKey(run: run, conversation: try book.latest(of: run) ?? run) }
    let isOwn = try name.isEmpty || book.isSession(name, of: run)
    return ConversationKey(run: run, conversation: isOwn ? run : name)
  }

  /// What goes with a question: the latest turns, none when they cannot be read.
  private func replayed(_ key: ConversationKey) async -> [ChatTurn] {
    guard settings.maxHistory > 0, !key.run.isEmpty else { return [] }
    do {
      let limit = settings.maxHistory
      let turns = Self.bounded(try await store.perform { try ConversationBook(database: $0).turns(key, limit: limit) }, Self.replayedBytes)
      // An answer without its question would be the first thing that is said.
      return Array(turns.drop { $0.role == "assistant" })
    } catch {
      trouble("cannot read a conversation of before: \(error)")
      return []
    }
  }

  /// The latest of them, no more than so many bytes.
  static func bounded(_ turns: [ChatTurn], _ bytes: Int) -> [ChatTurn] {
    var left = bytes
    let fitting = turns.reversed().prefix { turn in
      left -= turn.content.utf8.count
      return left >= 0
    }
    return fitting.reversed()
  }

  /// Nothing is kept for those who ask without a run: nobody could tell them from each other.
  private func keep(_ question: ChatQuestion, _ text: String, _ model: String?, asked: Double) async {
    guard !question.key.run.isEmpty else { return }
    let turns = [
      ChatTurn(role: "user", content: question.message, time: asked), ChatTurn(role: "assistant", content: text, time: StoreTime.now),
    ]
    do {
      try await store.perform { [settings] database in
        let book = ConversationBook(database: database)
        let isNew = try book.isEmpty(question.key)
        try book.add(turns, to: question.key, model: model)
        try book.prune(question.key, settings)
        guard isNew else { return }
        try book.prune(run: question.key.run, settings)
        try book.pruneAll(settings, now: StoreTime.now)
      }
    } catch {
      trouble("cannot keep what was said in a chat: \(error)")
    }
  }
}
