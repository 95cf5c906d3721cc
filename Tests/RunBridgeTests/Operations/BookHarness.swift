// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK

@testable import PluginTestKit
@testable import RunBridge

/// A book with a real database, and everybody it talks to.
final class BookHarness: Sendable {
  let folder: TalkFolder
  let store: BridgeStore
  let peers = TalkPeers()
  let fronts: TalkFronts
  let book: OperationBook
  private let news = Observed<[String]>([])

  /// - Parameters:
  ///   - connections: Those that are open since before the host began.
  ///   - away: Those the door does not have yet.
  init(
    in folder: TalkFolder? = nil, fronts: TalkFronts = TalkFronts(), connections: Set<UInt> = [], away: Set<UInt> = [],
    returnTime: Duration = .seconds(60), _ change: (inout OperationSettings) -> Void = { _ in }
  ) async throws {
    let folder = try folder ?? TalkFolder()
    self.folder = folder
    self.fronts = fronts
    store = try folder.store()
    var settings = OperationSettings()
    change(&settings)
    book = OperationBook(
      settings, store: store, fronts: fronts, returnTime: returnTime,
      changed: { [news] operation in news.change { $0.append("\(operation.id) \(operation.state.rawValue)") } }, trouble: folder.trouble)
    for connection in away { peers.close(connection) }
    book.join(peers)
    try await book.start()
    try await book.restored(connections: connections)
  }

  func stop() async {
    await book.stop()
    store.stop()
  }

  /// What was told so far.
  var told: [String] { news.read { $0 } }

  func told(_ words: String) async throws {
    try await news.wait(for: words, within: .seconds(60)) { $0.contains(words) ? () : nil }
  }

  func pending() async throws -> [String] { try await book.list(run: nil, states: [.waiting, .submitted], limit: 100).map(\.id) }

  func post(_ resumeToken: String, _ result: JSONValue, run: String = "run-1") async -> SubmitOutcome {
    await book.take(PostedSubmit(right: .run(.talking(run, connection: nil)), resumeToken: resumeToken, result: result))
  }

  func post(secret: String, _ result: JSONValue, resumeToken: String? = nil) async -> SubmitOutcome {
    await book.take(PostedSubmit(right: .operation(secret: secret), resumeToken: resumeToken, result: result))
  }

  func state(_ name: String) async throws -> OperationState { try await book.operation(name).state }
}
