// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The training that is to be checked: one session, or the ranks of one run.
struct TrainingTarget: Sendable, Equatable {
  /// The session that commands are addressed to.
  var session: String
  /// All connected sessions of the run, this one first.
  var sessions: [String]
  var run: String?
  var isPaused: Bool

  /// Finds it among what `trainer.list` answered.
  ///
  /// - Parameters:
  ///   - run: The name of a run.
  ///   - session: A session's id, the beginning of one, or the name of its run.
  init(in list: JSONValue, run: String?, session: String?) throws {
    let connected = (list["sessions"]?.arrayValue ?? []).compactMap(Row.init).filter(\.isConnected)
    let candidates = try Self.candidates(connected, run: run, session: session)
    let first = candidates[0]
    let group = connected.filter { $0.isRank(of: first) && !$0.hasEnded }
    self.session = first.id
    self.run = first.run
    sessions = [first.id] + group.map(\.id).filter { $0 != first.id }
    isPaused = first.isPaused && group.allSatisfy(\.isPaused)
  }

  private struct Row {
    var id: String
    var run: String?
    var runName: String?
    var project: String?
    var directory: String?
    var isConnected: Bool
    var state: String

    init?(_ row: JSONValue) {
      guard let id = row["session"]?.stringValue else { return nil }
      self.id = id
      run = row["run"]?.stringValue
      runName = row["runName"]?.stringValue
      project = row["project"]?.stringValue
      directory = row["cwd"]?.stringValue
      isConnected = row["connected"]?.boolValue ?? false
      state = row["state"]?.stringValue ?? ""
    }

    var isPaused: Bool { state == "paused" }
    var hasEnded: Bool { state == "ended" || state == "lost" }
    /// Whether the two are ranks of one training: the same run of the same project in the same place, as far as that is known.
    func isRank(of other: Row) -> Bool {
      func agree(_ first: String?, _ second: String?) -> Bool { first == nil || second == nil || first == second }
      return run != nil && run == other.run && agree(project, other.project) && agree(directory, other.directory)
    }
    func isOfRun(_ name: String) -> Bool { run == name || runName == name }
  }

  private static func candidates(_ connected: [Row], run: String?, session: String?) throws -> [Row] {
    var found = connected
    if let session { found = named(session, connected) }
    if let run { found = found.filter { $0.isOfRun(run) } }
    if session == nil, run == nil, found.contains(where: { !$0.hasEnded }) { found.removeAll(where: \.hasEnded) }
    guard let first = found.first else { throw notFound(run ?? session) }
    guard found.count == 1 || found.allSatisfy({ $0.isRank(of: first) }) else { throw ambiguous(found) }
    return found
  }

  private static func named(_ name: String, _ connected: [Row]) -> [Row] {
    if let exact = connected.first(where: { $0.id == name }) { return [exact] }
    let ofRun = connected.filter { $0.isOfRun(name) }
    return ofRun.isEmpty ? connected.filter { $0.id.hasPrefix(name) } : ofRun
  }

  private static func notFound(_ name: String?) -> PluginFailure {
    guard let name else {
      return PluginFailure(
        "cannot check the health of a run: no trainer is connected; start a training script, or see 'trainer.list'", code: "no_trainer",
        retryable: true, status: .notFound)
    }
    return PluginFailure(
      "cannot check the health of '\(name.shown)': no connected trainer trains it; 'trainer.list' shows those that are there",
      code: "not_connected", retryable: true, status: .notFound)
  }

  private static func ambiguous(_ found: [Row]) -> PluginFailure {
    let list = found.prefix(8).map { "'\($0.id.shown)' (\(($0.run ?? "no run yet").shown))" }.joined(separator: ", ")
    return PluginFailure(
      "cannot tell which run to check: \(found.count) sessions are connected: \(list); name one as 'session' or 'run'",
      code: "ambiguous_session", status: .invalid)
  }
}
