// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Some checks of one training within one pause.
struct Checkup: Sendable {
  struct Parts: Sendable {
    var neighbours: Neighbours
    var records: HealthRecords
    var inUse: SessionsInUse
    var thresholds: CheckThresholds
  }

  /// What came of it.
  struct Report: Sendable {
    var target: TrainingTarget
    var results: [JSONValue] = []
    var verdicts: [Verdict] = []
    var paused: Bool
    /// Why the training does not go on though it should.
    var trouble: String?

    var description: [String: JSONValue] {
      var members: [String: JSONValue] = [
        "session": .string(target.session), "run": target.run.map { .string($0) } ?? .null, "paused": .bool(paused),
        "resumed": .bool(paused && trouble == nil),
      ]
      members["trouble"] = trouble.map { .string($0) }
      return members
    }
  }

  let parts: Parts
  let input: CheckInput

  /// Makes the checks one after the other; one that fails does not keep the others from being made.
  ///
  /// - Parameter finished: Told of each result; must not wait.
  func perform(_ call: Call, finished: @Sendable (JSONValue) -> Void) async throws -> Report {
    let list = try await parts.neighbours.call("trainer.list")
    let target = try TrainingTarget(in: list, run: input.run, session: input.session)
    try parts.inUse.take(target.sessions)
    defer { parts.inUse.giveBack(target.sessions) }
    call.progress(0, target.isPaused ? "paused already" : "pausing the training")
    let pause = try await Pause(target, parts.neighbours)
    var report = Report(target: target, paused: pause.isOurs)
    do {
      try await check(target, call, &report, finished)
    } catch {
      _ = await pause.end()
      throw error
    }
    report.trouble = await pause.end()
    call.progress(1, "done")
    return report
  }

  private func check(
    _ target: TrainingTarget, _ call: Call, _ report: inout Report, _ finished: @Sendable (JSONValue) -> Void
  ) async throws {
    for (index, check) in input.checks.enumerated() {
      try Task.checkCancellation()
      call.progress((Double(index) + 0.5) / Double(input.checks.count + 1), check.kind.rawValue)
      let outcome = try await outcome(check.kind, check.payload, target)
      let row = CheckRow(
        key: "\(target.session)/\(check.kind.rawValue)/\(UniqueKey.next())", run: target.run ?? outcome.head?.run, session: target.session,
        outcome: outcome, time: unixTime())
      let result = await parts.records.keep(row)
      report.results.append(result)
      report.verdicts.append(outcome.judgement.verdict)
      finished(result)
    }
  }

  private func outcome(_ kind: CheckKind, _ payload: [String: JSONValue], _ target: TrainingTarget) async throws -> CheckOutcome {
    var context = CheckContext(kind: kind, payload: payload, thresholds: parts.thresholds)
    if kind == .throughput, let run = target.run { context.before = await parts.records.lastThroughput(of: run) }
    return CheckOutcome(try await replies(kind, payload, target), context)
  }

  /// Asks all ranks that must take part at once.
  private func replies(_ kind: CheckKind, _ payload: [String: JSONValue], _ target: TrainingTarget) async throws -> [RankReply] {
    let sessions = kind.concernsAllRanks ? target.sessions : [target.session]
    return try await withThrowingTaskGroup(of: (Int, [RankReply]).self) { group in
      for (index, session) in sessions.enumerated() {
        group.addTask { (index, try await ask(kind, payload, session)) }
      }
      var replies: [(Int, [RankReply])] = []
      for try await reply in group { replies.append(reply) }
      return replies.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }
  }

  private func ask(_ kind: CheckKind, _ payload: [String: JSONValue], _ session: String) async throws -> [RankReply] {
    // This very session: the other ranks are asked at the same time, so that each one's own answer is heard, also a bad one.
    var request: [String: JSONValue] = [
      "session": .string(session), "cmd": .string(kind.command), "payload": .object(payload), "only": true,
    ]
    request["timeoutMs"] = input.timeoutMilliseconds.map { .integer(Int64($0)) }
    do {
      return RankReply.all(in: try await parts.neighbours.call("trainer.request", .object(request)))
    } catch let failure as PluginFailure where failure.status != .cancelled && failure.status != .stopping {
      try Task.checkCancellation()
      return RankReply.all(in: failure, session: session)
    }
  }
}
