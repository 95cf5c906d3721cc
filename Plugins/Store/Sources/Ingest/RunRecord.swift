// SPDX-License-Identifier: Apache-2.0

/// One row of `runs` with its metrics' summaries as the writer knows them, written back at each commit.
final class RunRecord {
  let id: Int64
  let name: String
  var displayName: String?
  var project: String?
  var meta: String?
  var state = RunState.new
  var stateSession: Int64?
  var stateSeq: Int64?
  var pausedStep: Int64?
  var steps: Int64 = 0
  var lastStep: Int64?
  var lastEpoch: Int64?
  var lastLoss: Double?
  var lastSession: Int64?
  var lastSeq: Int64?
  var started: Double?
  var updated: Double?
  var summaries: [MetricSummary] = []
  /// Beside `summaries`: what the pyramid is still to get.
  var pyramids: [MetricPyramid] = []
  /// Places in `summaries` that changed since the last commit.
  var dirtyMetrics: [Int] = []
  /// By a metric's number in `FieldNames`: its place in `summaries`, or -1.
  var places: [Int32] = []
  /// Values not stored because the run has too many names.
  var refused: Int64 = 0
  var isDirty = false

  init(id: Int64, name: String) {
    self.id = id
    self.name = name
  }

  /// Takes note of one stored event.
  func saw(at time: Double) {
    started = min(started ?? time, time)
    updated = max(updated ?? time, time)
  }

  /// Takes note of one stored value of the metric at that place.
  @inline(__always)
  func add(_ value: Double, step: Int64, session: Int64, seq: Int64, to place: Int) {
    if !summaries[place].isDirty { dirtyMetrics.append(place) }
    summaries[place].add(value, step: step, session: session, seq: seq)
  }

  /// Takes note of a stored step.
  func tookStep(_ step: Int64, epoch: Int64?, loss: Double?, session: Int64, seq: Int64) {
    steps += 1
    if session != lastSession || seq > (lastSeq ?? 0) {
      lastStep = step
      lastEpoch = epoch ?? lastEpoch
      lastLoss = loss
      lastSession = session
      lastSeq = seq
    }
    resumeByStep(step, session: session)
  }

  /// Changes the state for an event of that place in its session; an older event than the one that set it changes nothing.
  func change(to state: RunState, session: Int64, seq: Int64) {
    if session == stateSession, seq <= (stateSeq ?? 0) { return }
    self.state = state
    stateSession = session
    stateSeq = seq
  }

  /// Takes the door's word for how its trainer is, which has no place in the session's sequence.
  func take(_ status: SessionStatus, session: Int64) {
    switch status {
    case .running: if state == .paused || state == .testing || state == .lost { state = .running }
    case .paused:
      guard state == .running || state == .testing || state == .new else { return }
      state = .paused
      // One batch may still end: a step behind this one is no sign of going on.
      pausedStep = lastStep
    case .testing: if state == .running || state == .paused || state == .new { state = .testing }
    case .ended: if isAlive(with: session) { state = .finished }
    case .lost: if isAlive(with: session) { state = .lost }
    case .connecting: break
    }
  }

  /// Whether a trainer may still be at it, and no other session than this.
  private func isAlive(with session: Int64) -> Bool { state.isAlive && (stateSession == nil || stateSession == session) }

  /// A step is a sign of life. One batch may still end after a pause, so the step behind the paused one says nothing.
  private func resumeByStep(_ step: Int64, session: Int64) {
    switch state {
    case .new, .lost: state = .running
    case .paused: if let pausedStep, step > pausedStep, step != pausedStep &+ 1 { state = .running }
    case .finished, .stopped: if session != stateSession { state = .running }
    case .running, .stopping, .testing: break
    }
    if state == .running, stateSession != session {
      stateSession = session
      stateSeq = nil
    }
  }
}
