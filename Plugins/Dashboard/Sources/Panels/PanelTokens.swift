// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Synchronization

/// Words that stand for sessions in the addresses of panels: a frame that is nobody's has no cookie.
final class PanelTokens: Sendable {
  private static let limit = 4_096

  private struct State {
    var tokens: [String: String] = [:]
    var known: Set<String> = []
  }

  private let state = Mutex(State())

  /// The session's word, made at first sight; nil when there are too many sessions, or no randomness.
  func token(of session: PageSession) -> String? {
    state.withLock { state in
      if let token = state.tokens[session.id] { return token }
      guard state.tokens.count < Self.limit, let token = try? RandomBytes.hexadecimal(16) else { return nil }
      state.tokens[session.id] = token
      state.known.insert(token)
      return token
    }
  }

  func isKnown(_ token: String) -> Bool { state.withLock { $0.known.contains(token) } }

  /// The session is signed out.
  func forget(session: String) {
    state.withLock { state in
      if let token = state.tokens.removeValue(forKey: session) { state.known.remove(token) }
    }
  }
}
