// SPDX-License-Identifier: Apache-2.0

internal import Glibc
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

  struct State {
    var sessions: [String: Session] = [:]
    var connections: [ConnectionID: PeerConnection] = [:]
    var uses: UInt64 = 0
    /// Those of which something may have to be told, oldest change first.
    var changed: [String] = []
    /// The revision of each that was told last.
    var told: [String: Int] = [:]

    mutating func change(_ id: String, _ body: (inout Session) -> Void) {
      guard let index = sessions.index(forKey: id) else { return }
      let before = sessions.values[index].revision
      body(&sessions.values[index])
      if sessions.values[index].revision != before { note(id) }
    }

    mutating func note(_ id: String) { if !changed.contains(id) { changed.append(id) } }
  }

  static let mostUnconnected = 1_000

  private let mostUnconnected: Int
  let state = Mutex(State())

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
      for id in peer.sessions { state.change(id) { $0.lost(connection) } }
      forgetOldest(in: &state)
      return peer
    }
  }

  /// Whether a connection serves the session.
  func isConnected(_ session: String) -> Bool { state.withLock { $0.sessions[session]?.isConnected ?? false } }

  /// - Returns: Whether there is something to tell of a session.
  @discardableResult
  func saw(_ event: EventHead, on connection: ConnectionID) -> Bool {
    guard let id = event.sessionID else { return false }
    return state.withLock { state in
      attach(id, to: connection, time: event.time, in: &state)
      state.change(id) { $0.learn(event) }
      return !state.changed.isEmpty
    }
  }

  /// - Returns: What the client can forget at once, as it may have missed being told.
  func saw(_ hello: ClientHello, on connection: ConnectionID) -> Ack? {
    state.withLock { state in
      state.connections[connection]?.wantsAck = hello.wantsAck
      guard let id = hello.sessionID else { return nil }
      attach(id, to: connection, time: hello.time, in: &state)
      state.change(id) { $0.learn(hello) }
      guard hello.wantsAck, let committed = state.sessions[id]?.committed, committed > 0 else { return nil }
      return Ack(connection: connection, session: id, sequence: committed)
    }
  }

  /// Learns from the reply to a request.
  func saw(_ reply: ReplyHead, to request: RequestTable.Sent, on connection: ConnectionID) {
    state.withLock { state in
      state.change(request.session) { session in
        session.answered(request.id)
        guard reply.succeeded else { return }
        if reply.isPaused { session.wasPaused(by: request.command) }
        if let run = reply.runID, CommandTraits.bindsRun(request.command) { session.runID = run }
      }
      guard reply.succeeded, request.command == "reset_session", let id = reply.sessionID, id != request.session else { return }
      begin(id, after: request.session, run: reply.runID, on: connection, in: &state)
    }
  }

  /// A reset goes on as another session, which says nothing before it is resumed.
  private func begin(_ id: String, after before: String, run: String?, on connection: ConnectionID, in state: inout State) {
    let old = state.sessions[before]
    attach(id, to: connection, time: nil, in: &state)
    state.change(id) { session in
      session.project = old?.project
      session.runName = run
      session.runID = run
      session.wasPaused(by: "reset_session")
    }
  }

  /// Notes what was sent and will be answered.
  func sent(_ request: Session.Outstanding, to session: String) { state.withLock { $0.change(session) { $0.sent(request) } } }

  /// Notes that no answer is to be expected.
  func forgetRequest(_ id: String, to session: String) { state.withLock { $0.change(session) { $0.answered(id) } } }

  /// Learns whose socket a connection is.
  func learned(_ process: PeerProcess, of connection: ConnectionID) {
    state.withLock { state in
      guard let peer = state.connections[connection] else { return }
      state.connections[connection]?.process = process
      for id in peer.sessions { state.change(id) { $0.learn(process) } }
    }
  }

  /// Takes a connection on which nothing was said for that of the session its process was in.
  func recall(_ entry: SessionMemory.Entry, on connection: ConnectionID) {
    state.withLock { state in
      guard let peer = state.connections[connection], peer.sessions.isEmpty, state.sessions[entry.session]?.isConnected != true else {
        return
      }
      attach(entry.session, to: connection, time: nil, in: &state)
      state.change(entry.session) { $0.recall(entry) }
    }
  }

  /// Notes that a process is no more.
  func ended(_ process: pid_t) {
    state.withLock { state in
      for id in state.sessions.values.filter({ $0.processID == Int64(process) && $0.isProcessSeen }).map(\.id) {
        state.change(id) { $0.processHasEnded() }
      }
    }
  }

  /// The sessions of which something is new since it was last asked, and forgets that it is.
  func takeChanged() -> [Session] {
    state.withLock { state in
      defer { state.changed = [] }
      return state.changed.compactMap { id in
        guard let session = state.sessions[id], state.told[id] != session.revision else { return nil }
        state.told[id] = session.revision
        return session
      }
    }
  }

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
    let isNew = state.sessions[id] == nil
    state.sessions[id, default: Session(id: id)].lastUse = state.uses
    if isNew { state.note(id) }
    guard var peer = state.connections[connection] else { return }
    let time = time ?? peer.currentTime
    if time >= peer.currentTime {
      if let before = peer.current, before != id { leave(before, connection, in: &state) }
      peer.current = id
      peer.currentTime = time
      if state.sessions[id]?.connections.contains(connection) == false { state.change(id) { $0.connections.append(connection) } }
    }
    if !peer.sessions.contains(id) {
      peer.sessions.append(id)
      if let process = peer.process { state.change(id) { $0.learn(process) } }
    }
    state.connections[connection] = peer
  }

  private func leave(_ session: String, _ connection: ConnectionID, in state: inout State) {
    state.change(session) { left in
      left.lost(connection)
      if !left.isConnected { left.wasLeft() }
    }
  }

  private func forgetOldest(in state: inout State) {
    let unconnected = state.sessions.values.filter { !$0.isConnected }
    guard unconnected.count > mostUnconnected else { return }
    for session in unconnected.sorted(by: { $0.lastUse < $1.lastUse }).prefix(unconnected.count - mostUnconnected) {
      state.sessions[session.id] = nil
      state.told[session.id] = nil
    }
  }
}
