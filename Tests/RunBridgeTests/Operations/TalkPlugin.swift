// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK

@testable import RunBridge

/// Operations and chat alone, as a plugin; `test.announce` stands for a script on connection 1, which hears everything.
final class TalkPlugin: Plugin {
  static let id = "talk"
  static let version = "0.1.0"

  private struct Settings: Decodable {
    var chat: ChatSettings?
    var operations: OperationSettings?
  }

  private let store: BridgeStore
  private let book: OperationBook
  private let chat: ChatService
  private let peers = TalkPeers()

  init(_ context: PluginContext) throws {
    let settings = try context.configuration(Settings.self)
    store = BridgeStore(path: try context.directory(.state) + "/bridge.sqlite")
    let topic = try context.topic("bridge.operation")
    let trouble: @Sendable (String) -> Void = { [log = context.log] in log.warning("not kept", ["reason": $0]) }
    book = OperationBook(
      settings.operations ?? OperationSettings(), store: store, fronts: TalkFronts(), executor: context.executor,
      changed: { operation in
        do {
          _ = try topic.tryPublish(bytes: operation.news.bytes())
        } catch {
          trouble("\(error)")
        }
      }, trouble: trouble)
    chat = try ChatService(settings.chat ?? ChatSettings(), store: store, fronts: TalkFronts(), trouble: trouble)
  }

  var commands: [Command] {
    OperationCommands(book: book, run: { $0 == "run-1" ? .talking() : nil }).all + ChatCommands(chat: chat).all + [
      .bytes("test.announce") { [book] payload, _ in
        book.started(.field("http_endpoint", try JSONValue(parsing: payload.bytes), operation: 6), by: .talking())
        return .emptyObject
      },
      .bytes("test.heard") { [peers] _, _ in Payload(bytes: try await peers.sent().submit.result.bytes()) },
      .bytes("test.chat") { [chat] payload, _ in
        let request = BridgeRequest.chat(try JSONValue(parsing: payload.bytes))
        return Payload(bytes: try await chat.chat(request, from: .talking()) { _ in }.bytes())
      },
    ]
  }

  func start() async throws {
    try store.start()
    book.join(peers)
    try await book.start()
    try await book.restored(connections: [])
    chat.start()
  }

  func stop() async {
    chat.stop()
    await book.stop()
    store.stop()
  }
}
