// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Synchronization
internal import WebSockets

/// The web client that all servers share; its thread begins when the first is asked.
final class ServerClient: Sendable {
  private struct State {
    var client: WebClient?
    var isStopped = false
  }

  private let state = Mutex(State())

  /// The client, begun if it is not yet.
  func begun() throws -> WebClient {
    try state.withLock { state in
      guard !state.isStopped else {
        throw PluginFailure("cannot ask a server: the plugin is stopping", retryable: true, status: .stopping)
      }
      if let client = state.client { return client }
      do throws(WebError) {
        let client = try WebClient(threadName: "jf-kernel-web")
        state.client = client
        return client
      } catch {
        throw PluginFailure("cannot ask a server: \(error.message)", retryable: true)
      }
    }
  }

  /// Ends every connection, and the thread.
  func stop() {
    let client = state.withLock { state in
      state.isStopped = true
      return state.client
    }
    client?.stop()
  }
}
