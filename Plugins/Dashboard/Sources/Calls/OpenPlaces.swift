// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Counts what is open for each session, so that none takes all there is.
final class OpenPlaces: Sendable {
  let limit: Int
  private let counts = Mutex<[String: Int]>([:])

  init(limit: Int) { self.limit = limit }

  /// One thing that is open, given back when it is let go of.
  final class Place: Sendable {
    private let owner: OpenPlaces
    private let session: String

    init(_ owner: OpenPlaces, _ session: String) {
      self.owner = owner
      self.session = session
    }

    deinit { owner.give(back: session) }
  }

  /// Nil: the session has as many as it may.
  func take(_ session: PageSession) -> Place? {
    let isTaken = counts.withLock { counts in
      guard counts[session.id, default: 0] < limit else { return false }
      counts[session.id, default: 0] += 1
      return true
    }
    return isTaken ? Place(self, session.id) : nil
  }

  /// Of all sessions.
  var count: Int { counts.withLock { $0.values.reduce(0, +) } }

  private func give(back session: String) {
    counts.withLock { counts in
      let left = counts[session, default: 1] - 1
      counts[session] = left > 0 ? left : nil
    }
  }
}
