// SPDX-License-Identifier: Apache-2.0
// What is told of a session: in sentences, as an event, and in the list.

internal import Glibc
internal import JSON
internal import PluginSDK

extension Session {
  /// Why it is in its state, as a sentence without its period.
  var reason: String {
    switch state {
    case .connecting: "connected; training has not begun"
    case .running where phase == .stopping: "told to stop; the batch in flight is the last"
    case .running where nonFiniteLosses >= Self.hopelessLosses: Self.hopeless(lastStep)
    case .running: "training"
    case .paused: cause ?? "paused"
    case .testing: "a test is running; commands are carried out when it is over"
    case .ended: endReason
    case .lost: lostReason
    }
  }

  private static func hopeless(_ step: Int64?) -> String {
    "no batch since step \(step ?? 0) has a finite loss: the weights are no numbers any more; load a checkpoint ('trainer.load') or end it "
      + "('trainer.stop')"
  }

  private var endReason: String {
    if phase == .ended { return cause ?? "the training finished" }
    if phase == .stopping { return "its connection ended after it was told to stop" }
    return "its process\(processID.map { " \($0)" } ?? "") has ended; its last events, the one of its end among them, may not have come"
  }

  private var lostReason: String {
    guard let processID, isProcessSeen else {
      return "its connection ended without a word of an end; if its process lives, it connects again by itself"
    }
    return "its connection ended, but its process \(processID) lives; it connects again by itself"
  }

  /// Where relative paths of its trainer begin: where its process is now, else where it said that it was.
  var currentDirectory: String? {
    guard isProcessSeen, let processID else { return workingDirectory }
    return PeerProcess.workingDirectory(of: pid_t(processID)) ?? workingDirectory
  }

  /// The runs of one distributed training share it.
  var group: String? { run.map { run in project.map { "\($0)/\(run)" } ?? run } }

  /// Whether the two are ranks of one distributed training: the same run of the same project, as far as that is known.
  func isRank(of other: Session) -> Bool {
    func agree<Value: Equatable>(_ first: Value?, _ second: Value?) -> Bool { first == nil || second == nil || first == second }
    if id == other.id { return true }
    return run != nil && run == other.run && agree(project, other.project) && agree(workingDirectory, other.workingDirectory)
  }

  /// How long nothing has come from it, in seconds.
  var silentSeconds: Double? { lastHeard.map { Double(MonotonicClock.now - min($0, MonotonicClock.now)) / 1e9 } }

  /// As an event.
  func status(at time: Double) -> JSONValue {
    var members: [String: JSONValue] = [
      "type": "status", "session_id": .string(id), "state": .string(state.rawValue), "reason": .string(reason),
      "connected": .bool(isConnected), "ts": .number(time),
    ]
    members["run_id"] = run.map { .string($0) }
    members["busy"] = busy.map { .string($0) }
    members["pid"] = processID.map { .integer($0) }
    members["cwd"] = workingDirectory.map { .string($0) }
    members["group"] = group.map { .string($0) }
    if isLightning { members["lightning"] = true }
    return .object(members)
  }

  /// As `trainer.list` shows it.
  var description: JSONValue {
    var members: [String: JSONValue] = [
      "session": .string(id), "state": .string(state.rawValue), "reason": .string(reason), "connected": .bool(isConnected),
      "connections": .array(connections.map { .integer(Int64($0)) }), "lastSequence": .integer(lastSequence),
      "committedSequence": .integer(committed),
    ]
    members["busy"] = busy.map { .string($0) }
    members["project"] = project.map { .string($0) }
    members["run"] = run.map { .string($0) }
    members["runName"] = runName.map { .string($0) }
    members["group"] = group.map { .string($0) }
    members["pid"] = processID.map { .integer($0) }
    members["cwd"] = workingDirectory.map { .string($0) }
    members["client"] = client.map { .string($0) }
    members["lastStep"] = lastStep.map { .integer($0) }
    members["lastEventTime"] = lastEventTime.map { .number($0) }
    members["silentSeconds"] = silentSeconds.map { .number($0) }
    if isLightning { members["lightning"] = true }
    return .object(members)
  }
}
