// SPDX-License-Identifier: Apache-2.0
// A plugin's place on the switchboard. It is there before the plugin's code is loaded, and loads it when first needed.
import Synchronization
package import PluginBridge

/// Stands for one plugin towards the switchboard, and owns its instance.
package final class PluginSlot: CommandProvider {
  package let blueprint: PluginBlueprint
  private let switchboard: Switchboard
  private let logger: Logger
  /// Finds the slot of another plugin, for `requires`.
  private let neighbour: @Sendable (String) -> PluginSlot?
  /// Called when a start begins, so that somebody watches its time.
  private let starting: @Sendable (PluginSlot) -> Void
  private let state: Mutex<State>

  /// Told once: nil, the plugin is active, or why it will not be.
  private typealias Waiter = @Sendable (PluginFault?) -> Void

  private enum Phase {
    case opening
    case ready
    case starting(PluginInstance)
    case active(PluginInstance)
    case stopping(PluginInstance)
    case failed(String)
    case closed

    var mayStart: Bool {
      switch self {
      case .opening, .ready: true
      case .starting, .active, .stopping, .failed, .closed: false
      }
    }
  }

  private struct State {
    var phase = Phase.opening
    var subscriptions: [EventSubscription] = []
    var waiters: [Waiter] = []
    var counters: InstanceCounters?
    /// The newest configuration; the blueprint has the first.
    var configuration: [UInt8]
  }

  package var id: String { blueprint.terms.id }

  package init(
    blueprint: PluginBlueprint, switchboard: Switchboard, logger: Logger, neighbour: @escaping @Sendable (String) -> PluginSlot?,
    starting: @escaping @Sendable (PluginSlot) -> Void
  ) {
    self.blueprint = blueprint
    self.switchboard = switchboard
    self.logger = logger
    self.neighbour = neighbour
    self.starting = starting
    state = Mutex(State(configuration: blueprint.terms.configuration))
  }

  // MARK: On and off the switchboard

  /// Puts the plugin's commands and subscriptions on the switchboard.
  ///
  /// - Throws: `PluginFault` when another plugin offers one of its commands.
  package func open() throws(PluginFault) {
    let subscriptions = blueprint.subscriptions.enumerated().map { index, wanted in
      // The closure keeps this slot, and is let go when the slot closes. A weak reference would slow down every call.
      switchboard.subscribe([wanted.pattern], queue: wanted.queue, overflow: wanted.overflow, keyMember: wanted.keyMember) {
        self.eventsWait(in: index)
      }
    }
    state.withLock { $0.subscriptions = subscriptions }
    // A call may start the plugin from here on, an event not before it is certain that the slot stays.
    if let taken = switchboard.register(blueprint.commands, provider: self) {
      leaveTheBus()
      state.withLock { $0.subscriptions = [] }
      throw PluginFault("plugin '\(id)' offers '\(taken)', which another plugin offers already; disable one of the two")
    }
    state.withLock { state in
      if case .opening = state.phase { state.phase = .ready }
    }
    // What was published while the slot was opening.
    for (index, subscription) in subscriptions.enumerated() where !subscription.isEmpty { eventsWait(in: index) }
  }

  private func leaveTheBus() {
    for subscription in state.withLock({ $0.subscriptions }) { switchboard.unsubscribe(subscription) }
  }

  private func eventsWait(in index: Int) {
    let (instance, activates): (PluginInstance?, Bool) = state.withLock { state in
      switch state.phase {
      case .starting(let instance), .active(let instance), .stopping(let instance): (instance, false)
      case .ready: (nil, blueprint.subscriptions[index].activates)
      case .opening, .failed, .closed: (nil, false)
      }
    }
    if let instance { instance.inbox.put(.subscription(index)) } else if activates { activate() }
  }

  // MARK: Life

  /// Loads and starts the plugin, if it is not loaded yet, after those it requires. Returns at once.
  package func activate() {
    let instance = state.withLock { state -> PluginInstance? in
      guard state.phase.mayStart else { return nil }
      var terms = blueprint.terms
      terms.configuration = state.configuration
      let inbox = InstanceInbox()
      let port = SwitchboardPort(inbox: inbox, switchboard: switchboard, provider: self, logger: logger.labelled(id))
      let instance = PluginInstance(terms: terms, port: port, inbox: inbox)
      state.phase = .starting(instance)
      state.counters = instance.counters
      return instance
    }
    guard let instance else { return }
    starting(self)
    launch(instance, after: blueprint.requires[...])
  }

  private func launch(_ instance: PluginInstance, after required: ArraySlice<String>) {
    guard let next = required.first else {
      instance.launch(subscriptions: state.withLock { $0.subscriptions }) { [self] outcome in launched(instance, outcome) }
      return
    }
    guard let slot = neighbour(next) else {
      return launched(instance, .failure(PluginFault("plugin '\(id)' requires '\(next)', which is not there; add or enable it")))
    }
    slot.whenActive { [self] fault in
      if let fault {
        launched(instance, .failure(PluginFault("plugin '\(id)' requires '\(next)', which does not run: \(fault)")))
      } else {
        launch(instance, after: required.dropFirst())
      }
    }
  }

  private func launched(_ instance: PluginInstance, _ outcome: Result<Void, PluginFault>) {
    let waiters: [Waiter]? = state.withLock { state in
      guard case .starting(let current) = state.phase, current === instance else { return nil }
      switch outcome {
      case .success: state.phase = .active(instance)
      case .failure(let fault): state.phase = .failed(fault.description)
      }
      defer { state.waiters = [] }
      return state.waiters
    }
    // Given up, or closed meanwhile: then this changes nothing, and a second stop does no harm.
    guard let waiters else { return instance.shutDown(deadline: MonotonicClock.after(milliseconds: 1_000)) {} }
    switch outcome {
    case .success:
      logger.info("plugin started", ["plugin": id, "version": blueprint.terms.version])
      for waiter in waiters { waiter(nil) }
    case .failure(let fault):
      instance.discard()
      logger.error("plugin not started", ["plugin": id, "reason": fault.description])
      giveUp(fault)
      for waiter in waiters { waiter(fault) }
    }
  }

  /// Gives a start up that took too long; its thread is left to itself.
  package func abandonStart(afterMilliseconds limit: Int) {
    let fault = PluginFault("plugin '\(id)' did not start within \(limit) ms; raise limits.startTimeoutMs, or mend the plugin")
    let given: (instance: PluginInstance, waiters: [Waiter])? = state.withLock { state in
      guard case .starting(let instance) = state.phase else { return nil }
      state.phase = .failed(fault.description)
      defer { state.waiters = [] }
      return (instance, state.waiters)
    }
    guard let (instance, waiters) = given else { return }
    instance.discard()
    logger.error("plugin not started", ["plugin": id, "reason": fault.description])
    giveUp(fault)
    for waiter in waiters { waiter(fault) }
  }

  /// Answers everything that waits for a plugin that will not run, and lets its publishers go on.
  private func giveUp(_ fault: PluginFault) {
    leaveTheBus()
    switchboard.abandonCalls(of: self, .failed, fault.description)
  }

  /// Runs `body` once the plugin is active (with nil) or will not be (with the reason).
  package func whenActive(_ body: @escaping @Sendable (PluginFault?) -> Void) {
    let now: PluginFault?? = state.withLock { state in
      switch state.phase {
      case .active: return .some(nil)
      case .ready, .starting:
        state.waiters.append(body)
        return .none
      case .opening, .stopping, .closed: return stopping
      case .failed(let reason): return PluginFault(reason)
      }
    }
    if let now { body(now) } else { activate() }
  }

  /// Takes the plugin off the switchboard and stops its code.
  ///
  /// A start under way is waited for, then the plugin is stopped.
  ///
  /// - Parameter stopped: Runs once, from any thread, when the plugin's code has ended. It may never run when the code hangs.
  package func close(deadline: UInt64, stopped: @escaping @Sendable () -> Void) {
    let (instance, waiters): (PluginInstance?, [Waiter]) = state.withLock { state in
      defer { state.waiters = [] }
      switch state.phase {
      case .starting(let instance), .active(let instance), .stopping(let instance):
        state.phase = .stopping(instance)
        return (instance, state.waiters)
      case .opening, .ready, .failed, .closed:
        state.phase = .closed
        return (nil, state.waiters)
      }
    }
    switchboard.unregister(self)
    leaveTheBus()
    for waiter in waiters { waiter(stopping) }
    guard let instance else {
      state.withLock { $0.subscriptions = [] }
      switchboard.abandonCalls(of: self, .stopping, "plugin '\(id)' is stopping; try again later")
      return stopped()
    }
    switchboard.cancelCalls(of: self, .stopping)
    instance.shutDown(deadline: deadline) { [self] in
      state.withLock { state in
        state.phase = .closed
        state.subscriptions = []
      }
      switchboard.abandonCalls(of: self, .stopping, "plugin '\(id)' has stopped; try again later")
      stopped()
    }
  }

  private var stopping: PluginFault { PluginFault("plugin '\(id)' is stopping") }

  /// Gives the plugin another configuration: at once if its code runs, else when it is loaded.
  package func reconfigure(_ configuration: [UInt8]) {
    let instance = state.withLock { state -> PluginInstance? in
      guard state.configuration != configuration else { return nil }
      state.configuration = configuration
      switch state.phase {
      case .starting(let instance), .active(let instance): return instance
      case .opening, .ready, .stopping, .failed, .closed: return nil
      }
    }
    instance?.configurationChanged(configuration)
  }

  /// Says that the plugin's code did not end in time; its thread is left to itself.
  package func abandonStop() { state.withLock { $0.phase = .failed("plugin '\(id)' did not stop in time") } }

  // MARK: CommandProvider

  package func invoke(_ call: OpenCall, payload: [UInt8], content: Content) {
    var phase = state.withLock { $0.phase }
    if phase.mayStart {
      activate()
      phase = state.withLock { $0.phase }
    }
    switch phase {
    case .active(let instance) where call.command.description.inline:
      instance.invokeInline(call, payload: payload, content: content)
    case .starting(let instance), .active(let instance):
      if !instance.inbox.put(.invoke(call, payload: payload, content: content)) { refuse(call) }
    case .failed(let reason): switchboard.fail(call, .failed, reason)
    case .opening, .ready, .stopping, .closed: refuse(call)
    }
  }

  private func refuse(_ call: OpenCall) {
    switchboard.fail(call, .stopping, "cannot call '\(call.command.description.name)': plugin '\(id)' is stopping; try again later")
  }

  package func cancelled(_ call: OpenCall, status: CallStatus) { instance?.inbox.put(.event(.cancel(call.id, status))) }

  package func credited(_ call: OpenCall, chunks: UInt64) { instance?.inbox.put(.event(.credit(call.id, chunks))) }

  // MARK: Looking

  package var instance: PluginInstance? {
    state.withLock { state in
      switch state.phase {
      case .starting(let instance), .active(let instance), .stopping(let instance): instance
      case .opening, .ready, .failed, .closed: nil
      }
    }
  }

  /// What the plugin is doing, and why it does not run.
  package var condition: (state: PluginState, reason: String?) {
    state.withLock { state in
      switch state.phase {
      case .opening, .ready: (.ready, nil)
      case .starting: (.ready, "starting")
      case .active: (.active, nil)
      case .stopping: (.active, "stopping")
      case .failed(let reason): (.failed, reason)
      case .closed: (.disabled, "stopped")
      }
    }
  }

  package var isStarting: Bool {
    state.withLock { if case .starting = $0.phase { true } else { false } }
  }

  package var subscriptionCounts: [(pattern: String, counts: EventSubscription.Counts)] {
    let subscriptions = state.withLock { $0.subscriptions }
    return zip(blueprint.subscriptions, subscriptions).map { ($0.pattern.description, $1.counts) }
  }

  package var counters: InstanceCounters.Snapshot? { state.withLock { $0.counters }?.snapshot() }
}
