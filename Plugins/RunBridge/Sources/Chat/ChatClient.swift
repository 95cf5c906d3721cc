// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Synchronization
internal import WebSockets

/// The client for web connections: begun when the first question is asked, for most hosts never chat.
final class ChatClient: Sendable {
  private struct State {
    var client: WebClient?
    var isStopped = false
  }

  private let state = Mutex(State())

  func begun() throws -> WebClient {
    try state.withLock { state in
      guard !state.isStopped else { throw PluginFailure("cannot ask the chat endpoint: the host is stopping", status: .stopping) }
      if let client = state.client { return client }
      let client = try WebClient(threadName: "jf-bridge-chat")
      state.client = client
      return client
    }
  }

  /// Ends what is under way.
  func stop() {
    let client = state.withLock { state in
      state.isStopped = true
      return state.client.take()
    }
    client?.stop()
  }
}
