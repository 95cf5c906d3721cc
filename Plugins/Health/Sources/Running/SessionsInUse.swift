// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Synchronization

/// Which sessions are being checked: two at once on one session would resume it under each other.
final class SessionsInUse: Sendable {
  private let sessions = Mutex<Set<String>>([])

  func take(_ wanted: [String]) throws {
    let taken: String? = sessions.withLock { sessions in
      if let taken = wanted.first(where: sessions.contains) { return taken }
      sessions.formUnion(wanted)
      return nil
    }
    guard let taken else { return }
    throw PluginFailure(
      "session '\(taken.shown)' is being checked already; try again when that is done", code: "check_running", retryable: true,
      status: .busy)
  }

  func giveBack(_ sessions: [String]) { self.sessions.withLock { $0.subtract(sessions) } }
}
