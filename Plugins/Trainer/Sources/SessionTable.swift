// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK
internal import Synchronization

/// Who is connected, and which sessions were heard on which line. Nothing is forgotten at a reconnect.
final class SessionTable: Sendable {
  /// One line as far as it matters here.
  struct Line: Sendable {
    let connection: Connection
    var sessions: [String] = []
    var wantsAcks = false
  }

  private struct State {
    var lines: [UInt64: Line] = [:]
    var sessions: [String: TrainerSession] = [:]
  }

  /// How many sessions without a line are remembered.
  private static let mostOld = 1_000
  private let state = Mutex(State())

  /// A line has begun.
  func opened(_ connection: Connection) {
    state.withLock { $0.lines[connection.id] = Line(connection: connection) }
  }

  /// A line has ended.
  ///
  /// - Returns: The sessions that were on it and are on no other.
  func closed(_ connection: UInt64) -> [String] {
    state.withLock { state in
      let line = state.lines.removeValue(forKey: connection)
      let orphans = (line?.sessions ?? []).filter { state.sessions[$0]?.connection == connection }
      for session in orphans { state.sessions[session]?.disconnected() }
      forgetOldest(&state)
      return orphans
    }
  }

  private func forgetOldest(_ state: inout State) {
    guard state.sessions.count > Self.mostOld + state.lines.count else { return }
    let old = state.sessions.values.filter { $0.connection == nil }.sorted { $0.lastHeard < $1.lastHeard }
    for session in old.prefix(old.count - Self.mostOld / 2) { state.sessions[session.id] = nil }
  }

  /// Changes what is known of a session, because something came from it on a line.
  func heard(_ session: String, on connection: UInt64, _ change: (inout TrainerSession) -> Void) {
    let now = Date().timeIntervalSince1970
    state.withLock { state in
      var known = state.sessions[session] ?? TrainerSession(id: session, now: now)
      known.lastHeard = now
      if known.connection != connection {
        known.connection = connection
        known.peer = state.lines[connection]?.connection.peer
        if state.lines[connection]?.sessions.contains(session) == false { state.lines[connection]?.sessions.append(session) }
      }
      change(&known)
      state.sessions[session] = known
    }
  }

  /// Remembers that a line's client keeps its events until they are acknowledged.
  func setWantsAcks(_ connection: UInt64) { state.withLock { $0.lines[connection]?.wantsAcks = true } }

  /// The line of a session whose client waits for acknowledgements.
  func connectionWantingAcks(of session: String) -> Connection? {
    state.withLock { state in
      guard let id = state.sessions[session]?.connection, let line = state.lines[id], line.wantsAcks else { return nil }
      return line.connection
    }
  }

  /// Whether a line is still there.
  func isOpen(_ connection: UInt64) -> Bool { state.withLock { $0.lines[connection] != nil } }

  /// All sessions, the last heard first, and all lines.
  var all: (sessions: [TrainerSession], lines: [Line]) {
    state.withLock { state in
      (
        state.sessions.values.sorted { ($0.lastHeard, $0.id) > ($1.lastHeard, $1.id) },
        state.lines.values.sorted { $0.connection.id < $1.connection.id }
      )
    }
  }
}

// MARK: - Choosing one

extension SessionTable {
  /// Finds the connected session a person means.
  ///
  /// - Parameter name: A session id, a run, or the unique beginning of either; nil when there is only one.
  func choose(_ name: String?) throws -> (session: TrainerSession, connection: Connection) {
    let (sessions, lines) = all
    let connected = sessions.filter { $0.connection != nil && $0.state != .ended }
    let candidates = Self.matching(name, among: connected)
    if candidates.count == 1, let line = lines.first(where: { $0.connection.id == candidates[0].connection }) {
      return (candidates[0], line.connection)
    }
    let list = connected.prefix(20).map { "'\($0.id)' (run '\($0.run ?? "?")', \($0.state.rawValue))" }.joined(separator: ", ")
    if connected.isEmpty {
      let waiting = lines.isEmpty ? "start one" : "\(lines.count) connected, but none has begun to train yet"
      throw PluginFailure("no trainer is training; \(waiting)", code: "no_trainer", retryable: true, status: .notFound)
    }
    guard let name else {
      throw PluginFailure("several trainers are connected; say which with 'session': \(list)", code: "session_missing", status: .invalid)
    }
    guard !candidates.isEmpty else {
      throw PluginFailure("no connected trainer is called '\(name)'; connected: \(list)", code: "session_not_found", status: .notFound)
    }
    let found = candidates.prefix(20).map { "'\($0.id)'" }.joined(separator: ", ")
    throw PluginFailure(
      "'\(name)' means \(candidates.count) trainers: \(found); give a session's whole id", code: "session_ambiguous", status: .invalid)
  }

  /// The first way of matching that finds anything decides.
  private static func matching(_ name: String?, among sessions: [TrainerSession]) -> [TrainerSession] {
    guard let name else { return sessions }
    let ways: [(TrainerSession) -> Bool] = [
      { $0.id == name }, { $0.run == name || $0.runName == name },
      { $0.id.hasPrefix(name) || $0.run?.hasPrefix(name) == true || $0.runName?.hasPrefix(name) == true },
    ]
    for way in ways {
      let found = sessions.filter(way)
      if !found.isEmpty { return found }
    }
    return []
  }
}
