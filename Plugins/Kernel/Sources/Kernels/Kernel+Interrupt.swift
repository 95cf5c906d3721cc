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
    let ways = services.interrupts.order(for: implementation, of: handle.interruptWays)
    let attempt = Attempt(run: run, implementation: implementation, generation: generation, begin: begin, dropped: dropped)
    // A second signal for the same run would meet the next one.
    if let run, interrupting == run { return try await joinInterrupt(of: run, ways, since: begin, dropped) }
    interrupting = run
    defer { if interrupting == run { interrupting = nil } }
    if let sent = active?.timings.sent, sent + Self.begins > Self.now {
      _ = try await within(.seconds(sent + Self.begins - Self.now)) { [self] in try await untilBegun(run, attempt.generation) }
    }
    let wasEarly = active?.hasBegun == false
    if let report = try await climb(ways, handle, attempt) { return report }
    // What came before the code began met nothing.
    if wasEarly, active?.message == run, active?.hasBegun == true, let report = try await climb(ways, handle, attempt) { return report }
    throw goesOn(ways)
  }

  /// What is interrupted, since when.
  private struct Attempt {
    let run: String?
    let implementation: String?
    let generation: Int
    let begin: Double
    let dropped: Int

    func report(_ way: InterruptWay?) -> InterruptReport {
      InterruptReport(wasRunning: true, way: way, seconds: Kernel.now - begin, dropped: dropped)
    }
  }

  /// Tries one way after the other; nil when none helped.
  private func climb(_ ways: [InterruptWay], _ handle: any KernelHandle, _ attempt: Attempt) async throws -> InterruptReport? {
    for way in ways {
      try await send(way, handle)
      let limit = services.settings.interruptLimit
      let isOver = try await within(limit) { [self] in try await untilOver(attempt.run, attempt.generation) } != nil
      if end != nil, attempt.generation == generation || status == .dead {
        services.interrupts.killed(way, for: attempt.implementation)
        throw failure(
          "interrupting kernel '\(id)' by \(way.rawValue) ended it: \(end?.sentence ?? "it is gone"); that way will not be tried again on this kind",
          code: "interrupt_killed", status: .gone)
      }
      if isOver {
        guard attempt.generation == generation else { return attempt.report(nil) }
        services.interrupts.worked(way, for: attempt.implementation)
        return attempt.report(way)
      }
      if await isAbandoned(attempt.run) { return attempt.report(way) }
      services.interrupts.failed(way, for: attempt.implementation)
    }
    return nil
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
    let (generation, limit) = (generation, services.settings.interruptLimit * (2 * ways.count + 1))
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
