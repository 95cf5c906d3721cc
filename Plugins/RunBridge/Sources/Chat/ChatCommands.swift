// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The command about what was said.
struct ChatCommands: Sendable {
  let chat: ChatService

  private struct Conversations: Decodable, Sendable {
    var run: String?
    var conversation: String?
    var limit: Int?
  }

  var all: [Command] {
    [
      .bytes("bridge.conversations") { payload, _ in
        let input: Conversations = try payload.decode()
        return Payload(bytes: try await chat.conversations(run: input.run, named: input.conversation, limit: input.limit ?? 100).bytes())
      }
    ]
  }
}

extension ChatService {
  /// For people: those of all runs, and with a name the latest messages of that one.
  func conversations(run: String?, named name: String?, limit: Int) async throws -> JSONValue {
    try await store.perform { database in
      let book = ConversationBook(database: database)
      guard let name else {
        return ["conversations": .array(try book.list(run: run, limit: limit).map(\.value))]
      }
      let found = try book.list(run: run, limit: .max).filter { $0.key.conversation == name }
      guard let first = found.first else {
        throw PluginFailure(
          "no conversation '\(name)': nothing was said in it, or it is forgotten; see bridge.conversations", code: "no_conversation",
          status: .notFound)
      }
      guard found.count == 1 else {
        throw PluginFailure(
          "\(found.count) runs have a conversation '\(name)': give 'run' too; see bridge.conversations", code: "ambiguous", status: .invalid
        )
      }
      return [
        "conversations": [first.value],
        "messages": .array(Self.bounded(try book.turns(first.key, limit: limit), Self.readBytes).map(\.remembered)),
      ]
    }
  }
}
