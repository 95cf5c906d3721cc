// SPDX-License-Identifier: Apache-2.0
// What the commands ask of the table.

internal import PluginSDK
internal import Synchronization

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

  /// Finds all ranks of the run a person means: a distributed training is one session a rank.
  ///
  /// - Parameters:
  ///   - name: As of `target`; one rank stands for all.
  ///   - isAlone: Only that very session.
  func ranks(_ name: String?, isAlone: Bool) throws -> [Target] {
    let candidates = name.map(named) ?? active
    guard !isAlone, let first = candidates.first, candidates.allSatisfy({ $0.isRank(of: first) }) else { return [try target(name)] }
    let ranks = sessions.filter { $0.isConnected && $0.state != .ended && $0.isRank(of: first) }.sorted { $0.id < $1.id }
    let targets = ranks.compactMap { rank in rank.connections.last.map { Target(session: rank.id, connection: $0) } }
    return targets.isEmpty ? [try target(name)] : targets
  }

  /// The sessions of one run that are trained at the same time, of each run with more than one.
  var groups: [[Session]] {
    var groups: [[Session]] = []
    for session in sessions.sorted(by: { $0.id < $1.id }) where session.isConnected && session.state != .ended {
      if let index = groups.firstIndex(where: { $0[0].isRank(of: session) }) {
        groups[index].append(session)
      } else {
        groups.append([session])
      }
    }
    return groups.filter { $0.count > 1 }
  }

  /// One session.
  subscript(_ id: String) -> Session? { state.withLock { $0.sessions[id] } }

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
      "session '\(session.id)' is not connected (\(session.state.rawValue)): \(session.reason)",
      code: "not_connected", retryable: session.state == .lost, status: .gone)
  }
}
