// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Synchronization

/// Who is training, by session: filled by the pump, read by the commands.
final class SessionTable: Sendable {
  /// An acknowledgement to send.
  struct Ack: Sendable, Equatable {
    var connection: ConnectionID
    var session: String
    var sequence: Int64
  }

  /// Where a command goes.
  struct Target: Sendable, Equatable {
    var session: String
    var connection: ConnectionID
  }

  private struct State {
    var sessions: [String: Session] = [:]
    var connections: [ConnectionID: PeerConnection] = [:]
    var uses: UInt64 = 0
  }

  static let mostUnconnected = 1_000

  private let mostUnconnected: Int
  private let state = Mutex(State())

  init(mostUnconnected: Int = mostUnconnected) { self.mostUnconnected = mostUnconnected }

  // MARK: - What the pump tells

  func opened(_ connection: ConnectionID, peer: String) {
    state.withLock { $0.connections[connection] = PeerConnection(id: connection, peer: peer) }
  }

  /// - Returns: The peer, and the session it served.
  @discardableResult
  func closed(_ connection: ConnectionID) -> PeerConnection? {
    state.withLock { state in
      guard let peer = state.connections.removeValue(forKey: connection) else { return nil }
      for id in peer.sessions { state.sessions[id]?.connections.removeAll { $0 == connection } }
      forgetOldest(in: &state)
      return peer
    }
  }

  /// Whether a connection serves the session.
  func isConnected(_ session: String) -> Bool { state.withLock { $0.sessions[session]?.isConnected ?? false } }

  func saw(_ event: EventHead, on connection: ConnectionID) {
    guard let id = event.sessionID else { return }
    state.withLock { state in
      attach(id, to: connection, time: event.time, in: &state)
      state.sessions[id]?.learn(event)
    }
  }

  /// - Returns: What the client can forget at once, as it may have missed being told.
  func saw(_ hello: ClientHello, on connection: ConnectionID) -> Ack? {
    state.withLock { state in
      state.connections[connection]?.wantsAck = hello.wantsAck
      guard let id = hello.sessionID else { return nil }
      attach(id, to: connection, time: hello.time, in: &state)
      state.sessions[id]?.learn(hello)
      guard hello.wantsAck, let committed = state.sessions[id]?.committed, committed > 0 else { return nil }
      return Ack(connection: connection, session: id, sequence: committed)
    }
  }

  func wasPaused(_ session: String) { state.withLock { $0.sessions[session]?.wasPaused() } }

  /// Notes that events are stored for good.
  ///
  /// - Returns: Whom to tell.
  func committed(_ session: String, upTo sequence: Int64) -> [Ack] {
    state.withLock { state in
      guard var known = state.sessions[session], sequence > known.committed else { return [] }
      known.committed = sequence
      state.sessions[session] = known
      return known.connections.filter { state.connections[$0]?.wantsAck == true }
        .map { Ack(connection: $0, session: session, sequence: sequence) }
    }
  }

  // MARK: - Keeping order

  private func attach(_ id: String, to connection: ConnectionID, time: Double?, in state: inout State) {
    state.uses += 1
    state.sessions[id, default: Session(id: id)].lastUse = state.uses
    guard var peer = state.connections[connection] else { return }
    let time = time ?? peer.currentTime
    if time >= peer.currentTime {
      if let before = peer.current, before != id { leave(before, connection, in: &state) }
      peer.current = id
      peer.currentTime = time
      if state.sessions[id]?.connections.contains(connection) == false { state.sessions[id]?.connections.append(connection) }
    }
    if !peer.sessions.contains(id) { peer.sessions.append(id) }
    state.connections[connection] = peer
  }

  private func leave(_ session: String, _ connection: ConnectionID, in state: inout State) {
    state.sessions[session]?.connections.removeAll { $0 == connection }
    if state.sessions[session]?.isConnected == false { state.sessions[session]?.wasLeft() }
  }

  private func forgetOldest(in state: inout State) {
    let unconnected = state.sessions.values.filter { !$0.isConnected }
    guard unconnected.count > mostUnconnected else { return }
    for session in unconnected.sorted(by: { $0.lastUse < $1.lastUse }).prefix(unconnected.count - mostUnconnected) {
      state.sessions[session.id] = nil
    }
  }
}

// MARK: - What the commands ask

extension SessionTable {
  /// All sessions, the one heard of last first.
  var sessions: [Session] { state.withLock { Array($0.sessions.values) }.sorted { $0.lastUse > $1.lastUse } }

  /// The connected sessions, and so many of those that ended or were lost; the one heard of last first.
  func list(mostUnconnected: Int) -> [Session] {
    var unconnected = 0
    return sessions.filter { session in
      if session.isConnected { return true }
      unconnected += 1
      return unconnected <= mostUnconnected
    }
  }

  var connections: [PeerConnection] { state.withLock { Array($0.connections.values) }.sorted { $0.id < $1.id } }

  /// Finds the session a person means.
  ///
  /// - Parameter name: A session's id, the beginning of one, or the name of its run; nil means the only one connected.
  func target(_ name: String?) throws -> Target {
    let candidates = name.map(named) ?? active
    guard candidates.count == 1 else { throw ambiguity(name, candidates) }
    guard let connection = candidates[0].connections.last else { throw notConnected(candidates[0]) }
    return Target(session: candidates[0].id, connection: connection)
  }

  /// Those that can be spoken to: the ones in training if there are any.
  private var active: [Session] {
    let connected = sessions.filter(\.isConnected)
    let inTraining = connected.filter { $0.state != .ended }
    return inTraining.isEmpty ? connected : inTraining
  }

  private func named(_ name: String) -> [Session] {
    let all = sessions
    if let exact = all.first(where: { $0.id == name }) { return [exact] }
    let byRun = all.filter { $0.runID == name || $0.runName == name }
    let found = byRun.isEmpty ? all.filter { $0.id.hasPrefix(name) } : byRun
    let connected = found.filter(\.isConnected)
    return connected.isEmpty ? Array(found.prefix(1)) : connected
  }

  private func ambiguity(_ name: String?, _ candidates: [Session]) -> PluginFailure {
    let list = candidates.map { "'\($0.id)' (\($0.runID ?? $0.runName ?? "no run yet"))" }.joined(separator: ", ")
    switch (name, candidates.isEmpty) {
    case (nil, true):
      return PluginFailure(
        "no trainer is connected; start a training script, or see 'trainer.list'", code: "no_trainer", retryable: true, status: .notFound)
    case (nil, false):
      return PluginFailure(
        "\(candidates.count) sessions are connected: \(list); name one as 'session'", code: "ambiguous_session", status: .invalid)
    case (let name?, true):
      return PluginFailure(
        "there is no session '\(name)'; 'trainer.list' shows all that are known", code: "session_not_found", status: .notFound)
    case (let name?, false):
      return PluginFailure(
        "'\(name)' fits \(candidates.count) sessions: \(list); name one as 'session'", code: "ambiguous_session", status: .invalid)
    }
  }

  private func notConnected(_ session: Session) -> PluginFailure {
    PluginFailure(
      "session '\(session.id)' is not connected (\(session.state.rawValue)); a trainer that is still alive comes back within seconds",
      code: "not_connected", retryable: session.state == .lost, status: .gone)
  }
}
