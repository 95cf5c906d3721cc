// SPDX-License-Identifier: Apache-2.0
// How a plugin's code begins and ends.
package import PluginBridge
import Synchronization

extension PluginSlot {
  /// Loads and starts the plugin, if it is not loaded yet, after those it requires. Returns at once.
  package func activate() {
    if let held = quarantine { return beQuarantined(held) { $0.mayStart } }
    begin { $0.mayStart }
  }

  /// Makes an instance and launches it, if the phase allows it.
  func begin(_ isAllowed: (Phase) -> Bool) {
    let made: Result<any RunningPlugin, PluginFault>? = state.withLock { state in
      guard isAllowed(state.phase) else { return nil }
      let made = make(state.blueprint, configuration: state.configuration)
      switch made {
      case .success(let instance): state.phase = .starting(instance)
      case .failure(let fault): state.phase = .failed(fault.description)
      }
      return made
    }
    switch made {
    case .success(let instance):
      starting(self)
      launch(instance, after: blueprint.requires[...])
    case .failure(let fault): tellFailure(fault)
    case nil: break
    }
  }

  func make(
    _ blueprint: PluginBlueprint, configuration: [UInt8], eventsPaused: Bool = false
  ) -> Result<any RunningPlugin, PluginFault> {
    var terms = blueprint.terms
    terms.configuration = configuration
    terms.limits.payloadBytes = switchboard.limits.payloadBytes
    terms.limits.eventBytes = switchboard.limits.eventBytes
    let pen = logger.labelled(id)
    guard blueprint.mode == .process else {
      let inbox = InstanceInbox()
      let port = SwitchboardPort(inbox: inbox, switchboard: switchboard, provider: self, logger: pen)
      return .success(PluginInstance(terms: terms, port: port, inbox: inbox))
    }
    guard let isolation else { return .failure(PluginFault("plugin '\(id)' cannot run in a process of its own here")) }
    return Result { () throws(PluginFault) in
      try RunnerInstance(
        terms: terms, environment: blueprint.environment, isolation: isolation.terms, eventsPaused: eventsPaused, switchboard: switchboard,
        owner: self, logger: pen)
    }
  }

  func launch(_ instance: any RunningPlugin, after required: ArraySlice<String>) {
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

  private func launched(_ instance: any RunningPlugin, _ outcome: Result<Void, PluginFault>) {
    let isOurs: Bool = state.withLock { state in
      guard case .starting(let current) = state.phase, current === instance else { return false }
      switch outcome {
      case .success: state.phase = .active(instance)
      case .failure(let fault): state.phase = .failed(fault.description)
      }
      return true
    }
    // Given up, or closed meanwhile: then this changes nothing, and a second stop does no harm.
    guard isOurs else { return instance.shutDown(deadline: MonotonicClock.after(milliseconds: 1_000)) {} }
    switch outcome {
    case .success: tellActive()
    case .failure(let fault):
      instance.discard()
      tellFailure(fault)
    }
  }

  /// Lets go of everything that waited for the plugin's code.
  func tellActive() {
    let (waiters, pending): ([Waiter], [PendingCall]) = state.withLock { state in
      defer { (state.waiters, state.pending) = ([], []) }
      return (state.waiters, state.pending)
    }
    logger.info("plugin started", ["plugin": id, "version": blueprint.terms.version])
    for call in pending { begin(call) }
    for waiter in waiters { waiter(nil) }
  }

  /// Answers everything that waits for a plugin that will not run, and lets its publishers go on.
  func tellFailure(_ fault: PluginFault) {
    let waiters: [Waiter] = state.withLock { state in
      defer { (state.waiters, state.pending) = ([], []) }
      return state.waiters
    }
    logger.error("plugin not started", ["plugin": id, "reason": fault.description])
    leaveTheBus()
    switchboard.abandonCalls(of: self, .failed, fault.description)
    for waiter in waiters { waiter(fault) }
  }

  /// Gives a start up that took too long; its thread is left to itself, its process is ended.
  package func abandonStart(afterMilliseconds limit: Int) {
    let fault = PluginFault("plugin '\(id)' did not start within \(limit) ms; raise limits.startTimeoutMs, or mend the plugin")
    let given: (any RunningPlugin)? = state.withLock { state in
      guard case .starting(let instance) = state.phase else { return nil }
      state.phase = .failed(fault.description)
      return instance
    }
    guard let given else { return }
    given.discard()
    tellFailure(fault)
  }

  /// Runs `body` once the plugin is active (with nil) or will not be (with the reason).
  package func whenActive(_ body: @escaping @Sendable (PluginFault?) -> Void) {
    let now: PluginFault?? = state.withLock { state in
      switch state.phase {
      case .active: return .some(nil)
      case .ready, .starting, .resting, .switching:
        state.waiters.append(body)
        return .none
      case .opening, .stopping, .closed: return stopping
      case .failed(let reason), .quarantined(let reason): return PluginFault(reason)
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
    let (instance, waiters, draining): ((any RunningPlugin)?, [Waiter], [RunnerInstance]) = state.withLock { state in
      defer { (state.waiters, state.pending, state.draining) = ([], [], []) }
      let instance = Self.instance(state)
      state.phase = instance.map { .stopping($0) } ?? .closed
      return (instance, state.waiters, state.draining)
    }
    switchboard.unregister(self)
    leaveTheBus()
    for waiter in waiters { waiter(stopping) }
    for old in draining { old.shutDown(deadline: deadline) {} }
    guard let instance else {
      state.withLock { $0.subscriptions = [] }
      switchboard.abandonCalls(of: self, .stopping, "plugin '\(id)' is stopping; try again later")
      return stopped()
    }
    switchboard.cancelCalls(of: self, .stopping)
    instance.shutDown(deadline: deadline) { [self] in
      state.withLock { state in
        state.counts = instance.counts
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
    let instance = state.withLock { state -> (any RunningPlugin)? in
      guard state.configuration != configuration else { return nil }
      state.configuration = configuration
      switch state.phase {
      case .starting(let instance), .active(let instance): return instance
      default: return nil
      }
    }
    instance?.configurationChanged(configuration)
  }

  /// Says that the plugin's code did not end in time; its thread is left to itself.
  package func abandonStop() { state.withLock { $0.phase = .failed("plugin '\(id)' did not stop in time") } }
}
