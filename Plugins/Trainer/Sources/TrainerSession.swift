// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What is known of one `fit()` of one process, by its session id.
struct TrainerSession: Sendable {
  /// How it stands.
  enum State: String, Sendable {
    case connecting, running, paused, ended, lost
  }

  let id: String
  var project: String?
  var run: String?
  var runName: String?
  var client: String?
  var pid: Int64?
  var workingDirectory: String?
  /// Where it was last heard; nil when that line has ended.
  var connection: UInt64?
  var peer: String?
  var lastStep: Int64?
  var lastSeq: Int64 = 0
  /// Unix seconds, our clock.
  var lastHeard: Double
  var state = State.connecting
  /// The place of the event that set the state: one that came late changes nothing.
  private var stateSeq: Int64 = 0
  private var pausedStep: Int64?

  init(id: String, now: Double) {
    self.id = id
    lastHeard = now
  }

  /// Takes one event's word about the state.
  mutating func saw(type: String, seq: Int64?, step: Int64?) {
    let seq = seq ?? lastSeq
    lastSeq = max(lastSeq, seq)
    switch type {
    case "trainStep": sawStep(step)
    case "paused" where change(to: .paused, seq): pausedStep = step
    case "session_started", "newRun", "resumed": change(to: .running, seq)
    case "trainingFinished": change(to: .ended, seq)
    default: if state == .lost { state = .running }
    }
  }

  /// The line that carried it has ended.
  mutating func disconnected() {
    connection = nil
    if state != .ended { state = .lost }
  }

  private mutating func sawStep(_ step: Int64?) {
    lastStep = step ?? lastStep
    switch state {
    case .connecting, .lost: state = .running
    // One batch may still end after a pause.
    case .paused: if let step, let pausedStep, step > pausedStep + 1 { state = .running }
    case .running, .ended: break
    }
  }

  @discardableResult
  private mutating func change(to state: State, _ seq: Int64) -> Bool {
    guard seq >= stateSeq else { return false }
    self.state = state
    stateSeq = seq
    return true
  }
}
