// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import JSON
internal import PluginSDK

/// One `fit()` in one process, as far as its trainer told. It outlives its connections.
struct Session: Sendable {
  /// What is known of the training's course.
  enum Phase: String, Sendable {
    case connecting, running, paused, stopping, ended
  }

  /// What a person is told.
  enum State: String, Sendable {
    case connecting, running, paused, testing, ended, lost
  }

  /// A command that was sent and not answered.
  struct Outstanding: Sendable, Equatable {
    var id: String
    var command: String
    var connection: ConnectionID
  }

  /// So many batches in a row without a finite loss are no accident.
  static let hopelessLosses = 3

  let id: String
  var project: String? { didSet { noteChange(project != oldValue) } }
  /// The run the trainer is bound to now.
  var runID: String? { didSet { noteChange(runID != oldValue) } }
  /// The run it began with, as the script calls it.
  var runName: String? { didSet { noteChange(runName != oldValue) } }
  private(set) var processID: Int64? { didSet { noteChange(processID != oldValue) } }
  private(set) var workingDirectory: String? { didSet { noteChange(workingDirectory != oldValue) } }
  /// The process is known from its socket, not only from what it says.
  private(set) var isProcessSeen = false
  private(set) var processBegan: UInt64?
  /// Its process, the parent of that, and so on.
  private(set) var ancestry: [pid_t] = []
  /// The process has ended.
  private(set) var isProcessGone = false { didSet { noteChange(isProcessGone != oldValue) } }
  var client: String?
  private(set) var lastStep: Int64?
  private(set) var lastSequence: Int64 = 0
  private(set) var lastEventTime: Double?
  /// When its last line came, by this machine's clock.
  private(set) var lastHeard: UInt64?
  private(set) var phase = Phase.connecting { didSet { noteChange(phase != oldValue) } }
  private(set) var isTesting = false { didSet { noteChange(isTesting != oldValue) } }
  /// It trains under Lightning.
  private(set) var isLightning = false { didSet { noteChange(isLightning != oldValue) } }
  /// Why it is in its phase, as far as that was told.
  private(set) var cause: String? { didSet { noteChange(cause != oldValue) } }
  /// Batches without a finite loss since the last step.
  private(set) var nonFiniteLosses = 0 {
    didSet { noteChange((nonFiniteLosses >= Self.hopelessLosses) != (oldValue >= Self.hopelessLosses)) }
  }
  /// Oldest first.
  var connections: [ConnectionID] = [] { didSet { noteChange(connections.isEmpty != oldValue.isEmpty) } }
  /// Oldest first.
  private(set) var outstanding: [Outstanding] = [] { didSet { noteChange(Self.long(outstanding) != Self.long(oldValue)) } }
  /// Everything up to here is stored for good.
  var committed: Int64 = 0
  /// The place among all sessions by latest use, for forgetting the oldest.
  var lastUse: UInt64 = 0
  /// Goes up with each change that a person is told of.
  private(set) var revision = 1

  private var lastStepSequence: Int64 = 0
  private var phaseSequence: Int64 = 0
  private var testSequence: Int64 = 0
  private var stepsSincePause = 0

  init(id: String) { self.id = id }

  var isConnected: Bool { !connections.isEmpty }

  var state: State {
    switch phase {
    case .ended: .ended
    case .stopping: isConnected ? .running : .ended
    case .connecting: isConnected ? .connecting : unconnected
    case .running: isConnected ? (isTesting ? .testing : .running) : unconnected
    case .paused: isConnected ? (isTesting ? .testing : .paused) : unconnected
    }
  }

  private var unconnected: State { isProcessGone ? .ended : .lost }

  /// The run under the name the trainer last used.
  var run: String? { runID ?? runName }

  /// The command being carried out, if it is one that takes long: meanwhile a trainer answers nothing.
  var busy: String? { Self.long(outstanding)?.command ?? (state == .testing ? "test" : nil) }

  private static func long(_ outstanding: [Outstanding]) -> Outstanding? { outstanding.first { CommandTraits.takesLong($0.command) } }

  private mutating func noteChange(_ isChange: Bool) { if isChange { revision += 1 } }
}

// MARK: - Learning

extension Session {
  /// Learns from an event. Events come in any order, so each fact is kept with the number of the event that told it.
  mutating func learn(_ event: EventHead) {
    let sequence = event.sequence ?? lastSequence
    lastHeard = MonotonicClock.now
    if let project = event.project { self.project = project }
    if let runName = event.runName { self.runName = runName }
    if sequence >= lastSequence, let runID = event.runID, runID != self.runID { self.runID = runID }
    if let step = event.step, sequence >= lastStepSequence {
      lastStep = step
      lastStepSequence = sequence
      if nonFiniteLosses > 0 { nonFiniteLosses = 0 }
    }
    if let time = event.time { lastEventTime = max(time, lastEventTime ?? time) }
    lastSequence = max(lastSequence, sequence)
    if let remark = event.remark { heed(remark) }
    follow(event, sequence)
  }

  /// Learns what the client says of itself.
  mutating func learn(_ hello: ClientHello) {
    lastHeard = MonotonicClock.now
    project = hello.project ?? project
    runID = runID ?? hello.runID
    runName = hello.runName ?? runName
    if !isProcessSeen {
      processID = hello.processID ?? processID
      workingDirectory = hello.workingDirectory ?? workingDirectory
    }
    client = [hello.client, hello.version].compactMap(\.self).joined(separator: " ")
  }

  /// Learns whose socket it is.
  mutating func learn(_ process: PeerProcess) {
    isProcessSeen = true
    isProcessGone = false
    ancestry = process.ancestry
    processBegan = process.began
    processID = Int64(process.id)
    workingDirectory = process.workingDirectory ?? workingDirectory
  }

  /// Takes over what an earlier life knew; nothing has been heard in this one.
  mutating func recall(_ entry: SessionMemory.Entry) {
    guard lastHeard == nil else { return }
    project = entry.project
    runID = entry.run
    runName = entry.runName
    isLightning = entry.isLightning
    phase = entry.isPaused ? .paused : .running
    cause = entry.cause
  }

  /// Notes that its process is no more.
  mutating func processHasEnded() { isProcessGone = true }

  /// Notes that a command left the trainer paused, which not every command announces by an event.
  mutating func wasPaused(by command: String) {
    guard phase != .ended else { return }
    enter(.paused, lastSequence, "'\(command)' left it paused")
  }

  /// Notes that its trainer went on to another session.
  mutating func wasLeft() {
    guard phase != .ended else { return }
    cause = "its trainer went on to another session"
    phase = .ended
  }

  mutating func sent(_ request: Outstanding) { outstanding.append(request) }
  mutating func answered(_ id: String) {
    guard let index = outstanding.firstIndex(where: { $0.id == id }) else { return }
    // A test that was asked for is over with its answer, whatever order the events come in.
    if CommandTraits.guardKey(outstanding[index].command) == "test" { endTest(lastSequence) }
    outstanding.remove(at: index)
  }

  /// Forgets what was sent on a connection that is no more.
  mutating func lost(_ connection: ConnectionID) {
    connections.removeAll { $0 == connection }
    if outstanding.contains(where: { $0.command == "stop" && $0.connection == connection }), phase != .ended { phase = .stopping }
    if !outstanding.isEmpty { outstanding.removeAll { $0.connection == connection } }
    if !isConnected { isTesting = false }
  }

  private mutating func heed(_ remark: LogRemark) {
    switch remark {
    case .lightning: isLightning = true
    case .nonFiniteLoss: nonFiniteLosses += 1
    }
  }

  private mutating func follow(_ event: EventHead, _ sequence: Int64) {
    switch event.type {
    case "trainingFinished":
      endTest(sequence)
      enter(.ended, sequence, event.status.map { "the training is over: \($0)" })
    case "stopping": enter(.stopping, sequence, nil)
    case "paused": enter(.paused, sequence, Self.cause(event))
    case "resumed":
      endTest(sequence)
      enter(.running, sequence, nil)
    case "testStep": if sequence > testSequence, !isTesting { isTesting = true }
    case "test_complete", "auto_test_complete": endTest(sequence)
    case "trainStep" where phase == .paused && sequence > phaseSequence:
      // One batch may still be in flight when a trainer says that it paused.
      stepsSincePause += 1
      if stepsSincePause > 1 { enter(.running, sequence, nil) }
    default:
      if phase == .connecting { phase = .running }
    }
  }

  private mutating func endTest(_ sequence: Int64) {
    testSequence = max(testSequence, sequence)
    if isTesting { isTesting = false }
  }

  private static func cause(_ event: EventHead) -> String? {
    switch event.action {
    case nil: nil
    case "auto_test_pause":
      "paused after the automatic test at the end: 'resume' trains on without a limit, 'stop' ends the script's training"
    case let action?: "paused by '\(action)'" + (event.pauseReason.map { ": \($0)" } ?? "")
    }
  }

  private mutating func enter(_ next: Phase, _ sequence: Int64, _ cause: String?) {
    guard sequence >= phaseSequence, phase != .ended else { return }
    // The loop's own event for a pause tells nothing of why; the one of the command that asked for it does.
    if cause != nil || phase != next { self.cause = cause }
    phase = next
    phaseSequence = sequence
    stepsSincePause = 0
  }
}
