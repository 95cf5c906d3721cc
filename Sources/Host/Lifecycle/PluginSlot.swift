// SPDX-License-Identifier: Apache-2.0
// A plugin's place on the switchboard. It is there before the plugin's code is loaded, loads it when first needed, and stays while one
// process of the plugin follows another. Starting and stopping are in PluginSlot+Life, crashes in +Crashes, new files in +Replacing.
package import PluginBridge
import Synchronization

/// Stands for one plugin towards the switchboard, and owns whatever runs its code.
package final class PluginSlot: CommandProvider {
  package let id: String
  let switchboard: Switchboard
  let logger: Logger
  /// What is needed for plugins in processes of their own; nil where there are none.
  let isolation: Isolation?
  /// Finds the slot of another plugin, for `requires`.
  let neighbour: @Sendable (String) -> PluginSlot?
  /// Called when a start begins, so that somebody watches its time.
  let starting: @Sendable (PluginSlot) -> Void
  let state: Mutex<State>

  /// Told once: nil, the plugin is active, or why it will not be.
  typealias Waiter = @Sendable (PluginFault?) -> Void

  /// What slots share that have processes.
  package struct Isolation: Sendable {
    package var terms: RunnerTerms
    package var ledger: CrashLedger

    package init(terms: RunnerTerms, ledger: CrashLedger) {
      self.terms = terms
      self.ledger = ledger
    }
  }

  enum Phase {
    case opening
    case ready
    case starting(any RunningPlugin)
    case active(any RunningPlugin)
    /// Its process died; calls wait for the next one.
    case resting(RunnerInstance)
    /// Its files are being replaced; calls wait for the new code.
    case switching
    case stopping(any RunningPlugin)
    case failed(String)
    case quarantined(String)
    case closed

    var mayStart: Bool {
      switch self {
      case .opening, .ready: true
      default: false
      }
    }
  }

  struct State {
    var phase = Phase.opening
    var blueprint: PluginBlueprint
    var subscriptions: [EventSubscription] = []
    var waiters: [Waiter] = []
    /// Calls that wait until there is code again.
    var pending: [PendingCall] = []
    /// Processes that end their calls and then themselves, because a new one has taken their place.
    var draining: [RunnerInstance] = []
    /// Of the last code that ran.
    var counts: InstanceCounters.Snapshot?
    /// How often its process died since the host began.
    var crashes = 0
    /// The newest configuration; the blueprint has the first.
    var configuration: [UInt8]
  }

  package init(
    blueprint: PluginBlueprint, switchboard: Switchboard, logger: Logger, isolation: Isolation? = nil,
    neighbour: @escaping @Sendable (String) -> PluginSlot?, starting: @escaping @Sendable (PluginSlot) -> Void
  ) {
    id = blueprint.terms.id
    self.switchboard = switchboard
    self.logger = logger
    self.isolation = isolation
    self.neighbour = neighbour
    self.starting = starting
    state = Mutex(State(blueprint: blueprint, configuration: blueprint.terms.configuration))
  }

  package var blueprint: PluginBlueprint { state.withLock { $0.blueprint } }

  // MARK: On and off the switchboard

  /// Puts the plugin's commands and subscriptions on the switchboard.
  ///
  /// - Throws: `PluginFault` when another plugin offers one of its commands.
  package func open() throws(PluginFault) {
    let blueprint = blueprint
    let subscriptions = subscribe(blueprint)
    state.withLock { $0.subscriptions = subscriptions }
    // A call may start the plugin from here on, an event not before it is certain that the slot stays.
    if let taken = switchboard.register(blueprint.commands, provider: self) {
      leaveTheBus()
      state.withLock { $0.subscriptions = [] }
      throw clash(taken)
    }
    state.withLock { state in
      if case .opening = state.phase { state.phase = .ready }
    }
    if let held = quarantine { return beQuarantined(held) { $0.mayStart } }
    // What was published while the slot was opening.
    for (index, subscription) in subscriptions.enumerated() where !subscription.isEmpty { eventsWait(in: index) }
  }

  func clash(_ command: String) -> PluginFault {
    PluginFault("plugin '\(id)' offers '\(command)', which another plugin offers already; disable one of the two")
  }

  func subscribe(_ blueprint: PluginBlueprint) -> [EventSubscription] {
    blueprint.subscriptions.enumerated().map { index, wanted in
      // The closure keeps this slot, and is let go when the slot closes. A weak reference would slow down every call.
      switchboard.subscribe([wanted.pattern], queue: wanted.queue, overflow: wanted.overflow, keyMember: wanted.keyMember) {
        self.eventsWait(in: index)
      }
    }
  }

  func leaveTheBus() {
    for subscription in state.withLock({ $0.subscriptions }) { switchboard.unsubscribe(subscription) }
  }

  private func eventsWait(in index: Int) {
    let (instance, activates): ((any RunningPlugin)?, Bool) = state.withLock { state in
      switch state.phase {
      case .starting(let instance), .active(let instance), .stopping(let instance): (instance, false)
      case .ready: (nil, index < state.blueprint.subscriptions.count && state.blueprint.subscriptions[index].activates)
      case .opening, .resting, .switching, .failed, .quarantined, .closed: (nil, false)
      }
    }
    if let instance { instance.eventsWait(in: index) } else if activates { activate() }
  }

  // MARK: CommandProvider

  package func invoke(_ call: OpenCall, payload: [UInt8], content: Content) {
    begin(PendingCall(call: call, payload: payload, content: content))
  }

  private enum Route {
    case to(any RunningPlugin)
    case kept
    case start
    case refused(CallStatus, String?)
  }

  func begin(_ pending: PendingCall) {
    // A second round is needed when the code has just died or stopped.
    while true {
      switch route(pending) {
      case .to(let instance): if instance.invoke(pending.call, payload: pending.payload, content: pending.content) { return }
      case .kept: return
      case .start: activate()
      case .refused(let status, let reason): return refuse(pending.call, status, reason)
      }
    }
  }

  private func route(_ pending: PendingCall) -> Route {
    state.withLock { state in
      switch state.phase {
      case .opening, .ready: return .start
      case .starting(let instance), .active(let instance): return .to(instance)
      case .resting, .switching:
        state.pending.append(pending)
        return .kept
      case .failed(let reason), .quarantined(let reason): return .refused(.failed, reason)
      case .stopping, .closed: return .refused(.stopping, nil)
      }
    }
  }

  private func refuse(_ call: OpenCall, _ status: CallStatus, _ reason: String?) {
    switchboard.fail(
      call, status, reason ?? "cannot call '\(call.command.description.name)': plugin '\(id)' is stopping; try again later")
  }

  package func cancelled(_ call: OpenCall, status: CallStatus) {
    let wasPending = state.withLock { state in
      guard let index = state.pending.firstIndex(where: { $0.call === call }) else { return false }
      state.pending.remove(at: index)
      return true
    }
    if wasPending { _ = switchboard.calls.remove(call.id) } else { answering(call)?.cancelled(call, status: status) }
  }

  package func granted(_ call: OpenCall, chunks: UInt64, wasStarved: Bool) {
    answering(call)?.granted(call, chunks: chunks, wasStarved: wasStarved)
  }

  /// Whatever answers a call: a process that is being replaced keeps those it has begun.
  private func answering(_ call: OpenCall) -> (any RunningPlugin)? {
    let (draining, instance) = state.withLock { ($0.draining, Self.instance($0)) }
    return draining.first { $0.isAnswering(call.id) } ?? instance
  }

  // MARK: Looking

  package var instance: (any RunningPlugin)? { state.withLock { Self.instance($0) } }

  static func instance(_ state: borrowing State) -> (any RunningPlugin)? {
    switch state.phase {
    case .starting(let instance), .active(let instance), .stopping(let instance): instance
    case .opening, .ready, .resting, .switching, .failed, .quarantined, .closed: nil
    }
  }

  /// What the plugin is doing, and why it does not run.
  package var condition: (state: PluginState, reason: String?) {
    state.withLock { state in
      switch state.phase {
      case .opening, .ready: (.ready, nil)
      case .starting: (.ready, "starting")
      case .active: (.active, nil)
      case .resting: (.restarting, "its process died and is being started again; 'jackfield plugins info \(id)' shows the crash")
      case .switching: (.restarting, "its new files are being loaded")
      case .stopping: (.active, "stopping")
      case .failed(let reason): (.failed, reason)
      case .quarantined(let reason): (.quarantined, reason)
      case .closed: (.disabled, "stopped")
      }
    }
  }

  package var isStarting: Bool {
    state.withLock { if case .starting = $0.phase { true } else { false } }
  }

  package var subscriptionCounts: [(pattern: String, counts: EventSubscription.Counts)] {
    let (blueprint, subscriptions) = state.withLock { ($0.blueprint, $0.subscriptions) }
    return zip(blueprint.subscriptions, subscriptions).map { ($0.pattern.description, $1.counts) }
  }

  /// Whether no event waits for the plugin, and it has taken those on their way to it.
  package var eventsAreTaken: Bool {
    let (instance, subscriptions) = state.withLock { (Self.instance($0), $0.subscriptions) }
    return subscriptions.allSatisfy(\.isEmpty) && (instance?.eventsUnderWay ?? 0) == 0
  }

  package var counters: InstanceCounters.Snapshot? { instance?.counts ?? state.withLock { $0.counts } }

  package var crashes: Int { state.withLock { $0.crashes } }
}
