// SPDX-License-Identifier: Apache-2.0
// New files take the place of those that run, and no call is lost: it is answered by the old code or by the new.
package import PluginBridge
import Synchronization

extension PluginSlot {
  package struct ReplacementLimits: Sendable {
    package var startMilliseconds: Int
    package var stopMilliseconds: Int
    /// How long old code may go on with calls that have no deadline.
    package var drainMilliseconds: Int

    package init(startMilliseconds: Int, stopMilliseconds: Int, drainMilliseconds: Int) {
      self.startMilliseconds = startMilliseconds
      self.stopMilliseconds = stopMilliseconds
      self.drainMilliseconds = drainMilliseconds
    }
  }

  /// Whether `replace` can do it; else the slot is closed and another one opened.
  package var isReplaceable: Bool {
    switch condition.state {
    case .active, .ready: true
    default: false
    }
  }

  /// Puts other files in place. Waits for the new code to start; on the lifecycle thread only.
  ///
  /// - Returns: nil, or why the old code goes on.
  package func replace(with fresh: PluginBlueprint, limits: ReplacementLimits) -> PluginFault? {
    if let taken = switchboard.firstTaken(fresh.commands.map(\.name), otherThanBy: self) { return clash(taken) }
    guard let old = runningNow(within: limits.startMilliseconds) else {
      adopt(fresh)
      return nil
    }
    let before = blueprint
    let overlaps = fresh.reload == .overlap && fresh.mode == .process && before.mode == .process
    if overlaps, fresh.subscriptions == before.subscriptions, let old = old as? RunnerInstance {
      return overlap(old, fresh, limits)
    }
    return change(old, from: before, to: fresh, limits)
  }

  /// The code that runs; waits for a start that is under way.
  private func runningNow(within milliseconds: Int) -> (any RunningPlugin)? {
    if isStarting {
      let settled = BlockingQueue<Void>()
      whenActive { _ in settled.put(()) }
      _ = settled.take(until: MonotonicClock.after(milliseconds: milliseconds))
    }
    return state.withLock { if case .active(let instance) = $0.phase { instance } else { nil } }
  }

  /// Takes over what the new manifest says.
  private func adopt(_ fresh: PluginBlueprint) {
    let (gone, renews): (Set<String>, Bool) = state.withLock { state in
      let gone = Set(state.blueprint.commands.map(\.name)).subtracting(fresh.commands.map(\.name))
      let renews = state.blueprint.subscriptions != fresh.subscriptions
      state.blueprint = fresh
      state.configuration = fresh.terms.configuration
      return (gone, renews)
    }
    switchboard.unregister(gone, of: self)
    switchboard.register(fresh.commands, provider: self)
    guard renews else { return }
    leaveTheBus()
    let subscriptions = subscribe(fresh)
    state.withLock { $0.subscriptions = subscriptions }
  }

  // MARK: Side by side

  private func overlap(_ old: RunnerInstance, _ fresh: PluginBlueprint, _ limits: ReplacementLimits) -> PluginFault? {
    let new: any RunningPlugin
    switch make(fresh, configuration: fresh.terms.configuration, eventsPaused: true) {
    case .success(let made): new = made
    case .failure(let fault): return fault
    }
    if let fault = launchAndWait(new, limits.startMilliseconds) { return fault }
    let isOld = state.withLock { state in
      guard case .active(let current) = state.phase, current === old else { return false }
      state.phase = .active(new)
      state.draining.append(old)
      return true
    }
    guard isOld else {
      new.shutDown(deadline: MonotonicClock.after(milliseconds: limits.stopMilliseconds)) {}
      return PluginFault("plugin '\(id)' died while its new files were being loaded; try again")
    }
    adopt(fresh)
    old.pauseEvents()
    new.resumeEvents()
    HostThread.start("jf-drain") { [self] in drain(old, limits) }
    return nil
  }

  /// Waits until a process that was replaced has answered its calls, each to its deadline, and then stops it.
  private func drain(_ old: RunnerInstance, _ limits: ReplacementLimits) {
    let limit = MonotonicClock.after(milliseconds: limits.drainMilliseconds)
    old.waitUntilQuiet(callsWithoutDeadline: limit)
    old.shutDown(deadline: MonotonicClock.after(milliseconds: limits.stopMilliseconds)) { [self] in
      state.withLock { $0.draining.removeAll { $0 === old } }
    }
  }

  // MARK: One after the other

  private func change(
    _ old: any RunningPlugin, from before: PluginBlueprint, to fresh: PluginBlueprint, _ limits: ReplacementLimits
  ) -> PluginFault? {
    let isOld = state.withLock { state in
      guard case .active(let current) = state.phase, current === old else { return false }
      state.phase = .switching
      return true
    }
    guard isOld else { return PluginFault("plugin '\(id)' died while its new files were being loaded; try again") }
    end(old, limits)
    adopt(fresh)
    guard let fault = begin(fresh, limits) else { return nil }
    logger.error("plugin's new files do not start; the old ones go on", ["plugin": id, "reason": fault.description])
    adopt(before)
    if let second = begin(before, limits) { failBoth(second) }
    return fault
  }

  /// Lets the old code answer what it has begun, and stops it.
  private func end(_ old: any RunningPlugin, _ limits: ReplacementLimits) {
    let begun = waitForBegunCalls(until: MonotonicClock.after(milliseconds: limits.drainMilliseconds))
    let stopped = BlockingQueue<Void>()
    old.shutDown(deadline: MonotonicClock.after(milliseconds: limits.stopMilliseconds)) { stopped.put(()) }
    if stopped.take(until: MonotonicClock.after(milliseconds: limits.stopMilliseconds + 500)) == nil {
      logger.error("plugin did not stop in time; its thread is left to itself", ["plugin": id])
    }
    takeBack(old.takeUnbegun())
    let pending = pendingIDs
    for call in begun where !pending.contains(call.id) {
      switchboard.fail(call, .stopping, "cannot end '\(call.commandName)': plugin '\(id)' was reloaded; try again")
    }
  }

  private var pendingIDs: Set<CallID> { Set(state.withLock { $0.pending.map(\.call.id) }) }

  /// The calls whose caller waits and that are not waiting here for the new code; also those that are just on their way here.
  private func begunCalls() -> [OpenCall] {
    let pending = pendingIDs
    return switchboard.calls.all().filter { $0.command.provider === self && $0.isOpen && !pending.contains($0.id) }
  }

  /// Nothing tells when a plugin in this process has answered its last call, so it is looked for.
  ///
  /// - Returns: Those that are not answered at the deadline.
  private func waitForBegunCalls(until deadline: UInt64) -> [OpenCall] {
    let never = BlockingQueue<Void>()
    while true {
      let begun = begunCalls()
      guard !begun.isEmpty, MonotonicClock.now() < deadline else { return begun }
      _ = never.take(until: min(deadline, MonotonicClock.after(milliseconds: 5)))
    }
  }

  private func begin(_ blueprint: PluginBlueprint, _ limits: ReplacementLimits) -> PluginFault? {
    switch make(blueprint, configuration: blueprint.terms.configuration) {
    case .failure(let fault): return fault
    case .success(let new):
      if let fault = launchAndWait(new, limits.startMilliseconds) { return fault }
      state.withLock { state in
        if case .switching = state.phase { state.phase = .active(new) }
      }
      tellActive()
      return nil
    }
  }

  private func failBoth(_ fault: PluginFault) {
    state.withLock { state in
      if case .switching = state.phase { state.phase = .failed(fault.description) }
    }
    tellFailure(fault)
  }

  private func launchAndWait(_ new: any RunningPlugin, _ milliseconds: Int) -> PluginFault? {
    let outcome = BlockingQueue<Result<Void, PluginFault>>()
    new.launch(subscriptions: state.withLock { $0.subscriptions }) { outcome.put($0) }
    switch outcome.take(until: MonotonicClock.after(milliseconds: milliseconds)) {
    case .success: return nil
    case .failure(let fault): return fault
    case nil:
      new.discard()
      return PluginFault("plugin '\(id)' did not start within \(milliseconds) ms; raise limits.startTimeoutMs, or mend the plugin")
    }
  }
}
