// SPDX-License-Identifier: Apache-2.0
// A plugin in a process of its own, as the host sees it. What its runner says is in RunnerInstance+Frames, its life and death in
// RunnerInstance+Supervision.
package import PluginBridge
import Synchronization

/// Starts a runner for one plugin, passes on what either side says, and sees to its end.
///
/// Two threads of its own: one reads the line, one supervises the process.
package final class RunnerInstance: RunningPlugin {
  let terms: InstanceTerms
  let environment: [String: String]
  let isolation: RunnerTerms
  /// Whether it takes no events before `resumeEvents`.
  let eventsPaused: Bool
  let switchboard: Switchboard
  let owner: any RunnerOwner
  let logger: Logger
  /// Rung when the supervisor has something to see to.
  let wake: Wakeup
  let state = Mutex(State())
  private let quiet = BlockingQueue<Void>()
  /// One for the reader's thread, when it has seen to the line's end.
  let readerDone = BlockingQueue<Void>()

  enum Phase: Sendable { case waiting, starting, running, stopping, over }

  struct State: Sendable {
    var phase = Phase.waiting
    /// There from the start of the process.
    var link: RunnerLink?
    var started: (@Sendable (Result<Void, PluginFault>) -> Void)?
    var endings: [@Sendable () -> Void] = []
    /// Calls that were sent and not answered.
    var open: [CallID: OpenCall] = [:]
    /// Calls that wait until the plugin has started, or has shown that it does not hang.
    var held: [PendingCall] = []
    /// The calls that the plugin made, by the runner's own numbers.
    var made: [UInt64: CallID] = [:]
    var health = PluginHealth()
    var counts = InstanceCounters().snapshot()
    var pings = RunnerPings()
    var ladder = RunnerLadder.idle
    var sample: [String] = []
    var stopDeadline: UInt64?
    var stopIsSent = false
    /// The plugin has said that it has stopped.
    var hasStopped = false
    /// The process has been waited for.
    var hasEnded = false
    /// Somebody waits for its last call.
    var isAwaited = false
    /// Why the host ended it.
    var verdict: CrashReport.Ending?
    /// What it was doing when its line closed.
    var lastCalls: [String] = []
  }

  /// - Parameter environment: All that the process gets, but for what the host adds for its own ends.
  /// - Throws: `PluginFault` when the host has no descriptor left.
  package init(
    terms: InstanceTerms, environment: [String: String], isolation: RunnerTerms, eventsPaused: Bool = false, switchboard: Switchboard,
    owner: any RunnerOwner, logger: Logger
  ) throws(PluginFault) {
    self.terms = terms
    self.environment = environment
    self.isolation = isolation
    self.eventsPaused = eventsPaused
    self.switchboard = switchboard
    self.owner = owner
    self.logger = logger
    do throws(ErrorNumber) { wake = try Wakeup() } catch {
      throw PluginFault("cannot start a process for plugin '\(terms.id)': no descriptor is left; raise the limit of open files (ulimit -n)")
    }
  }

  // MARK: Looking

  package var health: PluginHealth { state.withLock { $0.health } }
  package var counts: InstanceCounters.Snapshot { state.withLock { $0.counts } }
  package var process: ProcessUse? { state.withLock { $0.hasEnded ? nil : $0.link?.process.pid }.flatMap { ProcessUse(pid: $0) } }
  package var eventsUnderWay: Int { state.withLock { $0.link?.pumps ?? [] }.map(\.underWay).reduce(0, +) }
  package var backlog: Int { state.withLock { $0.open.count + $0.held.count } }

  // MARK: Life

  package func launch(subscriptions: [EventSubscription], started: @escaping @Sendable (Result<Void, PluginFault>) -> Void) {
    let launches = state.withLock { state in
      guard state.phase == .waiting else { return false }
      state.phase = .starting
      state.started = started
      return true
    }
    guard launches else { return }
    HostThread.start("jf-\(terms.id)") { [self] in supervise(subscriptions) }
  }

  package func shutDown(deadline: UInt64, ended: @escaping @Sendable () -> Void) {
    let isOver = state.withLock { state in
      if state.phase == .waiting {
        state.phase = .over
        state.hasEnded = true
      }
      guard !state.hasEnded else { return true }
      state.endings.append(ended)
      if state.phase != .over { state.phase = .stopping }
      state.stopDeadline = min(deadline, state.stopDeadline ?? .max)
      return false
    }
    if isOver { ended() } else { wake.ring() }
  }

  package func discard() {
    let isStuck = state.withLock { state in
      if state.phase == .waiting {
        state.phase = .over
        state.hasEnded = true
      }
      return state.phase == .starting
    }
    if isStuck { end(.unresponsive) }
  }

  package func pauseEvents() {
    for pump in state.withLock({ $0.link?.pumps ?? [] }) { pump.pause() }
  }

  package func resumeEvents() {
    for pump in state.withLock({ $0.link?.pumps ?? [] }) { pump.resume() }
  }

  /// Has the supervisor end the process, its stacks first.
  func end(_ verdict: CrashReport.Ending) {
    state.withLock { state in
      guard state.ladder == .idle else { return }
      state.verdict = verdict
      state.ladder = .sampling(until: MonotonicClock.after(milliseconds: 1_000))
      state.link?.writer.send(Frame(.sample))
    }
    wake.ring()
  }

  // MARK: Calls

  package func invoke(_ call: OpenCall, payload: [UInt8], content: Content) -> Bool {
    let pending = PendingCall(call: call, payload: payload, content: content)
    let (link, accepted, isFresh): (RunnerLink?, Bool, Bool) = state.withLock { state in
      switch state.phase {
      case .waiting, .starting:
        state.held.append(pending)
        return (nil, true, false)
      case .running where state.pings.isSuspicious:
        state.held.append(pending)
        return (nil, true, false)
      case .running:
        state.open[call.id] = call
        return (state.link, true, state.pings.noteActivity())
      case .stopping, .over: return (nil, false, false)
      }
    }
    if let link { link.send(pending) }
    if isFresh { wake.ring() }
    return accepted
  }

  /// Something happened: before long the runner is asked how it is.
  func noteActivity() {
    if state.withLock({ $0.pings.noteActivity() }) { wake.ring() }
  }

  /// Sends what was held back.
  func releaseHeld() {
    let (link, calls): (RunnerLink?, [PendingCall]) = state.withLock { state in
      defer { state.held = [] }
      for pending in state.held { state.open[pending.call.id] = pending.call }
      return (state.link, state.held)
    }
    for pending in calls { link?.send(pending) }
    if !calls.isEmpty { noteActivity() }
  }

  package func takeUnbegun() -> [PendingCall] {
    state.withLock { state in
      defer { state.held = [] }
      return state.held
    }
  }

  package func cancelled(_ call: OpenCall, status: CallStatus) {
    let (link, ping): (RunnerLink?, UInt64?) = state.withLock { state in
      if let index = state.held.firstIndex(where: { $0.call === call }) {
        state.held.remove(at: index)
        _ = switchboard.calls.remove(call.id)
        return (nil, nil)
      }
      guard state.open.removeValue(forKey: call.id) != nil, let link = state.link else { return (nil, nil) }
      let grace = isolation.cancelGraceMilliseconds
      return (link, state.pings.suspect(call.id, at: MonotonicClock.now(), graceMilliseconds: grace))
    }
    guard let link else { return }
    link.writer.send(Frame(.cancelled, call: call.id, a: Frame.bits(status)))
    if let ping { link.writer.send(Frame(.ping, a: ping)) }
    wake.ring()
  }

  package func granted(_ call: OpenCall, chunks: UInt64, wasStarved: Bool) {
    let link = state.withLock { state in state.open[call.id] == nil ? nil : state.link }
    // One that has not begun yet gets it when it does.
    call.tellCredit { link?.writer.send(Frame(.credited, call: call.id, a: $0)) }
  }

  /// Whether this one answers the call.
  func isAnswering(_ call: CallID) -> Bool {
    state.withLock { state in state.open[call] != nil || state.held.contains { $0.call.id == call } }
  }

  /// Waits until it has answered its calls, or their deadlines are over; `limit` is that of calls without one.
  func waitUntilQuiet(callsWithoutDeadline limit: UInt64) {
    while let deadline = latestDeadline(limit), MonotonicClock.now() < deadline {
      state.withLock { $0.isAwaited = true }
      _ = quiet.take(until: deadline)
    }
  }

  /// nil when there is no call that it has to answer.
  private func latestDeadline(_ limit: UInt64) -> UInt64? {
    state.withLock { state in
      guard state.phase == .running || state.phase == .starting else { return nil }
      return (Array(state.open.values) + state.held.map(\.call)).map { $0.deadline == 0 ? limit : $0.deadline }.max()
    }
  }

  /// Tells whoever waits for the last call.
  func noteAnswered() {
    let isQuiet = state.withLock { $0.isAwaited && $0.open.isEmpty && $0.held.isEmpty }
    if isQuiet { quiet.put(()) }
  }

  // MARK: Events and the rest

  package func eventsWait(in index: Int) {
    let (pump, isFresh): (EventPump?, Bool) = state.withLock { state in
      guard state.phase == .running || state.phase == .stopping, let link = state.link else { return (nil, false) }
      return (link.pumps[index], state.pings.noteActivity())
    }
    pump?.pump()
    if isFresh { wake.ring() }
  }

  package func configurationChanged(_ json: [UInt8]) {
    state.withLock { $0.link }?.writer.send(Frame(.configuration(json)))
  }
}
