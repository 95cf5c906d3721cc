// SPDX-License-Identifier: Apache-2.0
// A trainer says nothing when it connects again, and a paused one nothing at all: without this a host that was restarted could not
// resume it.

internal import Glibc
internal import JSON
internal import PluginSDK
internal import Processes
internal import Synchronization

/// Which session each process is in, kept in a file over restarts of the host.
final class SessionMemory: Sendable {
  /// What is needed to go on with a session that says nothing.
  struct Entry: Sendable, Equatable {
    var session: String
    var process: pid_t
    /// With `process` it names the process for good, see `ProcessStat`.
    var began: UInt64
    var project: String?
    var run: String?
    var runName: String?
    var isPaused: Bool
    var isLightning: Bool
    var cause: String?
  }

  private struct State {
    /// By session.
    var entries: [String: Entry]
    var isWritten = true
  }

  private let path: String
  private let state: Mutex<State>

  /// Reads what an earlier life wrote; of processes that have ended nothing is kept.
  init(path: String) {
    self.path = path
    let file = try? JSONValue(parsing: textFile(path))
    let entries = (file?["sessions"]?.arrayValue ?? []).compactMap(Entry.init).filter { ProcessStat($0.process)?.began == $0.began }
    state = Mutex(State(entries: Dictionary(entries.map { ($0.session, $0) }) { _, later in later }))
  }

  /// Notes what is known of a session.
  ///
  /// - Returns: Whether `write` has something to do.
  func saw(_ session: Session) -> Bool {
    state.withLock { state in
      let before = state.entries[session.id]
      state.entries[session.id] = session.state == .ended ? nil : (Entry(session) ?? before)
      guard state.entries[session.id] != before else { return false }
      state.isWritten = false
      return true
    }
  }

  /// The session a process was in when it was last heard of.
  func session(of process: PeerProcess) -> Entry? {
    state.withLock { state in
      state.entries.values.filter { $0.process == process.id && $0.began == process.began }.min { $0.session < $1.session }
    }
  }

  /// Writes the file, if something is new. Blocks.
  func write() {
    let entries = state.withLock { state -> [Entry]? in
      guard !state.isWritten else { return nil }
      state.isWritten = true
      return state.entries.values.sorted { $0.session < $1.session }
    }
    guard let entries else { return }
    let file: JSONValue = ["sessions": .array(entries.map(\.description))]
    if !SmallFile.write(file.bytes(), to: path) { state.withLock { $0.isWritten = false } }
  }
}

extension SessionMemory.Entry {
  fileprivate init?(_ session: Session) {
    guard session.isProcessSeen, let process = session.processID, let began = session.processBegan else { return nil }
    self.init(
      session: session.id, process: pid_t(process), began: began, project: session.project, run: session.runID, runName: session.runName,
      isPaused: session.phase == .paused, isLightning: session.isLightning, cause: session.cause)
  }

  fileprivate init?(_ value: JSONValue) {
    guard let session = value["session"]?.stringValue, let process = value["pid"]?.intValue.flatMap({ pid_t(exactly: $0) }), process > 0,
      let began = value["began"]?.stringValue.flatMap(UInt64.init)
    else { return nil }
    self.init(
      session: session, process: process, began: began, project: value["project"]?.stringValue, run: value["run"]?.stringValue,
      runName: value["runName"]?.stringValue, isPaused: value["paused"]?.boolValue ?? false,
      isLightning: value["lightning"]?.boolValue ?? false, cause: value["cause"]?.stringValue)
  }

  fileprivate var description: JSONValue {
    var members: [String: JSONValue] = [
      "session": .string(session), "pid": .integer(Int64(process)), "began": .string("\(began)"), "paused": .bool(isPaused),
      "lightning": .bool(isLightning),
    ]
    members["project"] = project.map { .string($0) }
    members["run"] = run.map { .string($0) }
    members["runName"] = runName.map { .string($0) }
    members["cause"] = cause.map { .string($0) }
    return .object(members)
  }
}
