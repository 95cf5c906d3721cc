// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import JSON
internal import Synchronization
internal import WebSockets

/// Who is signed in. Any thread.
final class SessionBook: Sendable {
  private struct State: Sendable {
    var entries: [String: SessionEntry] = [:]
    /// When the last use was told that made it worth keeping.
    var kept = 0.0
  }

  let cookie: SessionCookie
  private let limit: Int
  /// Without being used, in seconds.
  private let patience: Double
  private let now: @Sendable () -> Double
  private let state = Mutex(State())
  /// What is to happen when there is something to keep; must not wait.
  private let changed: @Sendable () -> Void
  /// Whose pages are to hear nothing any more, by the ids; must not wait.
  private let left: @Sendable ([String]) -> Void

  /// How often a mere use is worth keeping, in seconds.
  private static let useInterval = 3_600.0

  init(
    _ settings: DashboardSettings, cookie: SessionCookie, now: @escaping @Sendable () -> Double = { WallClock.now },
    changed: @escaping @Sendable () -> Void, left: @escaping @Sendable ([String]) -> Void = { _ in }
  ) {
    self.cookie = cookie
    limit = max(settings.sessions, 1)
    patience = settings.sessionDays * 86_400
    self.now = now
    self.changed = changed
    self.left = left
  }

  // MARK: - Coming and going

  /// Signs somebody in.
  func begin(isReadOnly: Bool) throws(CryptoError) -> (session: PageSession, cookie: SessionCookie.Shown) {
    let shown = SessionCookie.Shown(id: try RandomBytes.hexadecimal(8), secret: try RandomBytes.hexadecimal(32))
    let time = now()
    let entry = SessionEntry(id: shown.id, digest: try Self.digest(shown.secret), isReadOnly: isReadOnly, created: time, used: time)
    let displaced = state.withLock { state in
      let before = Set(state.entries.keys)
      state.entries = state.entries.filter { isAlive($0.value, time) }
      while state.entries.count >= limit, let oldest = state.entries.values.min(by: { $0.used < $1.used }) {
        state.entries[oldest.id] = nil
      }
      state.entries[entry.id] = entry
      return before.subtracting(state.entries.keys)
    }
    told(Array(displaced))
    return (entry.session, shown)
  }

  /// Signs somebody out; false when nobody of that name is signed in.
  @discardableResult func end(_ id: String) -> Bool {
    let wasThere = state.withLock { $0.entries.removeValue(forKey: id) != nil }
    if wasThere { told([id]) }
    return wasThere
  }

  /// Signs everybody out.
  ///
  /// - Returns: How many that were.
  func endAll() -> Int {
    let ids = state.withLock { state in
      defer { state.entries = [:] }
      return Array(state.entries.keys)
    }
    if !ids.isEmpty { told(ids) }
    return ids.count
  }

  private func told(_ ids: [String]) {
    if !ids.isEmpty { left(ids) }
    changed()
  }

  // MARK: - Looking

  /// Whose request it is; nil: nobody's who is signed in.
  func session(_ head: WebServerHead) -> PageSession? {
    guard let shown = cookie.shown(head), let digest = try? Self.digest(shown.secret) else { return nil }
    let time = now()
    let (session, isWorthKeeping) = state.withLock { state in Self.use(&state, shown.id, digest, time, isAlive) }
    if isWorthKeeping { changed() }
    return session
  }

  private static func use(
    _ state: inout State, _ id: String, _ digest: String, _ time: Double, _ isAlive: (SessionEntry, Double) -> Bool
  ) -> (session: PageSession?, isWorthKeeping: Bool) {
    guard let entry = state.entries[id], ConstantTime.areEqual(Array(entry.digest.utf8), Array(digest.utf8)) else { return (nil, false) }
    guard isAlive(entry, time) else {
      state.entries[id] = nil
      return (nil, true)
    }
    state.entries[id]?.used = time
    guard time - state.kept >= useInterval || time < state.kept else { return (entry.session, false) }
    state.kept = time
    return (entry.session, true)
  }

  /// Those who are signed in, who came last first.
  var entries: [SessionEntry] {
    let time = now()
    return state.withLock { Array($0.entries.values) }.filter { isAlive($0, time) }.sorted { ($1.created, $1.id) < ($0.created, $0.id) }
  }

  private func isAlive(_ entry: SessionEntry, _ time: Double) -> Bool { time - entry.used < patience }

  private static func digest(_ secret: String) throws(CryptoError) -> String { try SHA256.digest(of: Array(secret.utf8)).description }

  // MARK: - Keeping

  /// What is to be kept, as text.
  var kept: [UInt8] { (["sessions": .array(entries.map(\.json))] as JSONValue).bytes(pretty: true) }

  /// Takes what was kept; what cannot be read is left out.
  ///
  /// - Throws: None of it can be read.
  func restore(_ bytes: [UInt8]) throws(JSONError) {
    let found = (try JSONValue(parsing: bytes)["sessions"]?.arrayValue ?? []).compactMap(SessionEntry.init)
    let time = now()
    state.withLock { state in
      for entry in found.filter({ isAlive($0, time) }).sorted(by: { $0.used > $1.used }).prefix(limit) { state.entries[entry.id] = entry }
    }
  }
}
