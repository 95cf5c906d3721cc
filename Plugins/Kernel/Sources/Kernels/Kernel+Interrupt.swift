// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

// Stopping what runs: one way after the other, none that is known to end the kernel.
extension Kernel {
  /// Interrupts what runs.
  ///
  /// - Parameter dropsWaiting: Ends what waits, too.
  /// - Throws: When nothing helped, with what was tried.
  func interrupt(dropsWaiting: Bool = false) async throws -> InterruptReport {
    let dropped = dropsWaiting ? queue.waiting.count : 0
    if dropsWaiting { dropWaiting(because: "it was dropped when the kernel was interrupted") }
    let begin = Self.now
    guard let handle, status != .dead else {
      throw failure("cannot interrupt kernel '\(id)': \(reason ?? "it is dead"); restart it", code: "kernel_dead", status: .gone)
    }
    let run = active?.message
    guard run != nil || !foreign.isEmpty else { return InterruptReport(wasRunning: false, way: nil, seconds: 0, dropped: dropped) }
    let implementation = implementation
    let ways = services.interrupts.order(for: implementation, of: handle.interruptWays)
    let (generation, limit) = (generation, services.settings.interruptLimit)
    // A second signal for the same run would meet the next one.
    if let run, interrupting == run { return try await joinInterrupt(of: run, ways, since: begin, dropped) }
    interrupting = run
    defer { if interrupting == run { interrupting = nil } }
    if let sent = active?.timings.sent, sent + Self.begins > Self.now {
      _ = try await within(.seconds(sent + Self.begins - Self.now)) { [self] in try await untilBegun(run, generation) }
    }
    for way in ways {
      try await send(way, handle)
      let isOver = try await within(limit) { [self] in try await untilOver(run, generation) } != nil
      if end != nil, generation == self.generation || status == .dead {
        services.interrupts.killed(way, for: implementation)
        throw failure(
          "interrupting kernel '\(id)' by \(way.rawValue) ended it: \(end?.sentence ?? "it is gone"); that way will not be tried again on this kind",
          code: "interrupt_killed", status: .gone)
      }
      if isOver {
        guard generation == self.generation else {
          return InterruptReport(wasRunning: true, way: nil, seconds: Self.now - begin, dropped: dropped)
        }
        services.interrupts.worked(way, for: implementation)
        return InterruptReport(wasRunning: true, way: way, seconds: Self.now - begin, dropped: dropped)
      }
      if await isAbandoned(run) { return InterruptReport(wasRunning: true, way: way, seconds: Self.now - begin, dropped: dropped) }
      services.interrupts.failed(way, for: implementation)
    }
    throw goesOn(ways)
  }

  /// Ends a run that the kernel has forgotten: a signal that meets ipykernel between two messages takes the one it was about to begin along, and
  /// no reply ever comes. Its shell then answers again, which it does not while code runs.
  private func isAbandoned(_ run: String?) async -> Bool {
    guard let run, (try? await ask("kernel_info_request", [:], within: .seconds(1))) != nil, var lost = active, lost.message == run else {
      return false
    }
    lost.status = .aborted
    lost.reason = "it was interrupted before it had begun"
    finish(lost)
    return true
  }

  private func goesOn(_ ways: [InterruptWay]) -> PluginFailure {
    let tried = ways.isEmpty ? "no way of interrupting it is known" : "tried \(ways.map(\.rawValue).joined(separator: ", then "))"
    return failure(
      "kernel '\(id)' goes on in spite of the interrupt: \(tried); interrupt again, or restart it with kernel.restart",
      code: "not_interrupted",
      status: .deadline)
  }

  /// Seconds a run may take from being sent until the kernel is seen to work at it; an interrupt before that meets nothing.
  private static let begins = 2.0

  private func untilBegun(_ run: String?, _ generation: Int) async throws {
    while generation == self.generation, end == nil, let active, active.message == run, !active.hasBegun {
      try await turns.wait(after: turns.count)
    }
  }

  /// Somebody else interrupts this run already.
  private func joinInterrupt(of run: String, _ ways: [InterruptWay], since begin: Double, _ dropped: Int) async throws -> InterruptReport {
    let (generation, limit) = (generation, services.settings.interruptLimit * (ways.count + 1))
    guard try await within(limit, { [self] in try await untilOver(run, generation) }) != nil else { throw goesOn(ways) }
    return InterruptReport(wasRunning: true, way: ways.first, seconds: Self.now - begin, dropped: dropped)
  }

  private func send(_ way: InterruptWay, _ handle: any KernelHandle) async throws {
    guard way == .message else { return try await handle.interrupt(by: way) }
    try link?.send(.request("interrupt_request", session: session, content: KernelMessage.empty, channel: .control))
  }

  /// Returns when the run is over, or its process.
  private func untilOver(_ run: String?, _ generation: Int) async throws {
    while generation == self.generation, end == nil {
      let seen = turns.count
      if let run, active?.message != run { return }
      if run == nil, foreign.isEmpty { return }
      try await turns.wait(after: seen)
    }
  }
}
