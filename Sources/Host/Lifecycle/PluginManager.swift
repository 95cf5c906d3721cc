// SPDX-License-Identifier: Apache-2.0
// Which plugins there are and what each is doing. Start, stop and reload run on the lifecycle thread only, one at a time; looking is
// allowed from any thread.
import JSON
import Synchronization
package import PluginBridge

/// Opens, starts, reloads and stops plugins in their order.
package final class PluginManager: Sendable {
  package struct Limits: Sendable {
    package var startMilliseconds = 10_000
    package var stopMilliseconds = 5_000
    package var drainMilliseconds = 10_000

    package init() {}
  }

  private let switchboard: Switchboard
  private let logger: Logger
  private let limits: Mutex<Limits>
  private let isolation: Mutex<PluginSlot.Isolation?>
  /// Told of each start, so that somebody watches its time. See `watchStarts`.
  private let starts: @Sendable (PluginSlot) -> Void
  private let state = Mutex(State())

  struct Entry: Sendable {
    var candidate: PluginCandidate
    /// There for accepted plugins alone.
    var slot: PluginSlot?
    /// Why an accepted plugin could not be put on the switchboard.
    var fault: String?
  }

  private struct State {
    /// In the order of starting.
    var order: [String] = []
    var entries: [String: Entry] = [:]
  }

  /// - Parameter starting: Told of each start, from any thread; must not block.
  package init(
    switchboard: Switchboard, logger: Logger, limits: Limits, isolation: PluginSlot.Isolation?,
    starting: @escaping @Sendable (PluginSlot) -> Void
  ) {
    self.switchboard = switchboard
    self.logger = logger
    self.limits = Mutex(limits)
    self.isolation = Mutex(isolation)
    starts = starting
  }

  package var startMilliseconds: Int { limits.withLock { $0.startMilliseconds } }
  package func setLimits(_ limits: Limits) { self.limits.withLock { $0 = limits } }
  /// For processes that begin from now on.
  package func setIsolation(_ isolation: PluginSlot.Isolation?) { self.isolation.withLock { $0 = isolation } }

  // MARK: On the lifecycle thread

  /// Makes the plugins be what a survey found: stops what went or changed, opens what is new, tells the others their configuration.
  ///
  /// Loads nothing: see `startWithHost`.
  ///
  /// - Parameter candidates: In the order of starting.
  package func apply(_ candidates: [PluginCandidate]) {
    let wanted = Dictionary(candidates.map { ($0.id, $0) }) { first, _ in first }
    let before = state.withLock { $0 }
    for id in before.order.reversed() {
      guard let entry = before.entries[id], entry.slot != nil, !isKept(entry, as: wanted[id]) else { continue }
      guard let candidate = wanted[id], case .accepted(let fresh) = candidate.verdict, let slot = entry.slot, slot.isReplaceable else {
        close(id)
        continue
      }
      replace(slot, with: fresh)
    }
    for candidate in candidates where wanted[candidate.id]?.path == candidate.path { adopt(candidate) }
    state.withLock { state in
      state.order = candidates.map(\.id)
      state.entries = state.entries.filter { wanted[$0.key] != nil }
    }
  }

  /// Whether a running plugin may go on under what was found now.
  private func isKept(_ entry: Entry, as candidate: PluginCandidate?) -> Bool {
    guard let candidate, case .accepted = candidate.verdict, let slot = entry.slot else { return false }
    return candidate.fingerprint == entry.candidate.fingerprint && ![.failed, .quarantined].contains(slot.condition.state)
  }

  private func adopt(_ candidate: PluginCandidate) {
    let present = state.withLock { $0.entries[candidate.id] }
    if let slot = present?.slot, case .accepted(let blueprint) = candidate.verdict {
      state.withLock { $0.entries[candidate.id]?.candidate = candidate }
      slot.reconfigure(blueprint.terms.configuration)
      return
    }
    var entry = Entry(candidate: candidate)
    switch candidate.verdict {
    case .accepted(let blueprint): (entry.slot, entry.fault) = open(blueprint)
    case .disabled: break
    case .refused(let reason): logger.warning("plugin refused", ["plugin": candidate.id, "reason": reason])
    }
    state.withLock { $0.entries[candidate.id] = entry }
  }

  private func open(_ blueprint: PluginBlueprint) -> (PluginSlot?, String?) {
    let slot = PluginSlot(
      blueprint: blueprint, switchboard: switchboard, logger: logger, isolation: isolation.withLock { $0 },
      neighbour: { [weak self] id in self?.slot(id) }, starting: starts)
    do throws(PluginFault) {
      try slot.open()
      return (slot, nil)
    } catch {
      logger.warning("plugin refused", ["plugin": blueprint.terms.id, "reason": error.description])
      return (nil, error.description)
    }
  }

  /// Starts the plugins that start with the host, in order, each within its limit.
  ///
  /// - Parameter isStopping: Ends the waiting early.
  package func startWithHost(unless isStopping: () -> Bool = { false }) {
    for slot in orderedSlots() where slot.blueprint.startsWithHost && slot.condition.state == .ready && !isStopping() {
      let settled = BlockingQueue<Void>()
      slot.whenActive { _ in settled.put(()) }
      let limit = startMilliseconds
      let deadline = MonotonicClock.after(milliseconds: limit)
      while settled.take(until: min(deadline, MonotonicClock.after(milliseconds: 50))) == nil, !isStopping() {
        guard MonotonicClock.now() >= deadline else { continue }
        slot.abandonStart(afterMilliseconds: limit)
        break
      }
    }
  }

  /// Puts what a survey found in the place of one plugin, also when its files are the same.
  ///
  /// - Parameter isStopping: Ends the waiting for starts early.
  /// - Returns: nil, or why the old code goes on.
  package func reload(
    _ id: String, with candidates: [PluginCandidate], unless isStopping: () -> Bool = { false }
  ) -> PluginFault? {
    var fault: PluginFault?
    let candidate = candidates.first { $0.id == id }
    if let slot = slot(id), slot.isReplaceable, let candidate {
      switch candidate.verdict {
      case .accepted(let fresh):
        fault = replace(slot, with: fresh)
        state.withLock { $0.entries[id]?.candidate = candidate }
      case .refused(let reason): return PluginFault(reason)
      case .disabled: close(id)
      }
    } else {
      close(id)
    }
    apply(candidates)
    startWithHost(unless: isStopping)
    return fault
  }

  @discardableResult
  private func replace(_ slot: PluginSlot, with fresh: PluginBlueprint) -> PluginFault? {
    let limits = limits.withLock { $0 }
    let fault = slot.replace(
      with: fresh,
      limits: PluginSlot.ReplacementLimits(
        startMilliseconds: limits.startMilliseconds, stopMilliseconds: limits.stopMilliseconds,
        drainMilliseconds: limits.drainMilliseconds))
    if let fault { logger.error("plugin not replaced", ["plugin": slot.id, "reason": fault.description]) }
    return fault
  }

  /// Stops every plugin, last started first.
  package func stopAll() {
    for id in state.withLock({ $0.order }).reversed() { close(id) }
  }

  /// Takes one plugin off the switchboard and stops it within its limit.
  private func close(_ id: String) {
    guard let slot = slot(id) else { return }
    let wasActive = slot.condition.state == .active
    let limit = limits.withLock { $0.stopMilliseconds }
    let deadline = MonotonicClock.after(milliseconds: limit)
    let stopped = BlockingQueue<Void>()
    slot.close(deadline: deadline) { stopped.put(()) }
    // The plugin has the limit; a little more, so that one that keeps it by a hair is not called stuck.
    if stopped.take(until: MonotonicClock.after(milliseconds: limit + 250)) == nil {
      slot.abandonStop()
      logger.error("plugin did not stop in time; its thread is left to itself", ["plugin": id, "limitMs": "\(limit)"])
    } else if wasActive {
      logger.info("plugin stopped", ["plugin": id])
    }
    state.withLock { $0.entries[id]?.slot = nil }
  }

  // MARK: From any thread

  func slot(_ id: String) -> PluginSlot? { state.withLock { $0.entries[id]?.slot } }

  func entries() -> [Entry] {
    state.withLock { state in state.order.compactMap { state.entries[$0] } }
  }

  func entry(_ id: String) -> Entry? { state.withLock { $0.entries[id] } }

  private func orderedSlots() -> [PluginSlot] {
    state.withLock { state in state.order.compactMap { state.entries[$0]?.slot } }
  }
}
