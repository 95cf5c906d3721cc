// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// One `fit()` in one process, as far as its trainer told. It outlives its connections.
struct Session: Sendable {
  /// What is known of the training's course.
  enum Phase: String, Sendable {
    case connecting, running, paused, stopping, ended
  }

  /// What a person is told.
  enum State: String, Sendable {
    case connecting, running, paused, ended, lost
  }

  let id: String
  var project: String?
  /// The run the trainer is bound to now.
  var runID: String?
  /// The run it began with, as the script calls it.
  var runName: String?
  var processID: Int64?
  var workingDirectory: String?
  var client: String?
  private(set) var lastStep: Int64?
  private(set) var lastSequence: Int64 = 0
  private(set) var lastEventTime: Double?
  private(set) var phase = Phase.connecting
  /// Oldest first.
  var connections: [ConnectionID] = []
  /// Everything up to here is stored for good.
  var committed: Int64 = 0
  /// The place among all sessions by latest use, for forgetting the oldest.
  var lastUse: UInt64 = 0

  private var lastStepSequence: Int64 = 0
  private var phaseSequence: Int64 = 0
  private var stepsSincePause = 0

  init(id: String) { self.id = id }

  var isConnected: Bool { !connections.isEmpty }

  var state: State {
    switch phase {
    case .ended: .ended
    case .stopping: isConnected ? .running : .ended
    case .connecting: isConnected ? .connecting : .lost
    case .running: isConnected ? .running : .lost
    case .paused: isConnected ? .paused : .lost
    }
  }

  /// Learns from an event. Events come in any order, so each fact is kept with the number of the event that told it.
  mutating func learn(_ event: EventHead) {
    let sequence = event.sequence ?? lastSequence
    if let project = event.project { self.project = project }
    if let runName = event.runName { self.runName = runName }
    if sequence >= lastSequence, let runID = event.runID { self.runID = runID }
    if let step = event.step, sequence >= lastStepSequence {
      lastStep = step
      lastStepSequence = sequence
    }
    if let time = event.time { lastEventTime = max(time, lastEventTime ?? time) }
    lastSequence = max(lastSequence, sequence)
    follow(event.type, sequence)
  }

  /// Learns what the client says of itself.
  mutating func learn(_ hello: ClientHello) {
    project = hello.project ?? project
    runID = runID ?? hello.runID
    runName = hello.runName ?? runName
    processID = hello.processID ?? processID
    workingDirectory = hello.workingDirectory ?? workingDirectory
    client = [hello.client, hello.version].compactMap(\.self).joined(separator: " ")
  }

  /// Notes that a command left the trainer paused, which not every command announces by an event.
  mutating func wasPaused() {
    guard phase != .ended else { return }
    enter(.paused, lastSequence)
  }

  /// Notes that its trainer went on to another session.
  mutating func wasLeft() { phase = .ended }

  private mutating func follow(_ type: String, _ sequence: Int64) {
    switch type {
    case "trainingFinished": enter(.ended, sequence)
    case "stopping": enter(.stopping, sequence)
    case "paused": enter(.paused, sequence)
    case "resumed": enter(.running, sequence)
    case "trainStep" where phase == .paused && sequence > phaseSequence:
      // One batch may still be in flight when a trainer says that it paused.
      stepsSincePause += 1
      if stepsSincePause > 1 { enter(.running, sequence) }
    default:
      if phase == .connecting { phase = .running }
    }
  }

  private mutating func enter(_ next: Phase, _ sequence: Int64) {
    guard sequence >= phaseSequence, phase != .ended else { return }
    phase = next
    phaseSequence = sequence
    stepsSincePause = 0
  }
}

extension Session {
  /// As `trainer.list` shows it.
  var description: JSONValue {
    var members: [String: JSONValue] = [
      "session": .string(id), "state": .string(state.rawValue), "connected": .bool(isConnected),
      "connections": .array(connections.map { .integer(Int64($0)) }), "lastSequence": .integer(lastSequence),
      "committedSequence": .integer(committed),
    ]
    members["project"] = project.map { .string($0) }
    members["run"] = (runID ?? runName).map { .string($0) }
    members["runName"] = runName.map { .string($0) }
    members["pid"] = processID.map { .integer($0) }
    members["cwd"] = workingDirectory.map { .string($0) }
    members["client"] = client.map { .string($0) }
    members["lastStep"] = lastStep.map { .integer($0) }
    members["lastEventTime"] = lastEventTime.map { .number($0) }
    return .object(members)
  }
}
