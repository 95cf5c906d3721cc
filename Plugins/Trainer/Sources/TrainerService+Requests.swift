// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

extension TrainerService {
  /// A trainer's answer.
  struct Answer: Sendable {
    var session: String
    var data: JSONValue
    var milliseconds: Double
    /// Paths in `data` that were made absolute, as the trainer gave them.
    var asGiven: [String: JSONValue] = [:]
    /// The request's identifier, which is the key of what is recorded of it.
    var key: String?

    var description: JSONValue {
      var members: [String: JSONValue] = ["session": .string(session), "data": data, "milliseconds": .number(milliseconds)]
      if !asGiven.isEmpty { members["asGiven"] = .object(asGiven) }
      return .object(members)
    }
  }

  /// A request on its way.
  private struct Flying {
    let id: String
    let target: SessionTable.Target
    let began: UInt64
    /// The run the session was bound to.
    let run: String?
  }

  /// Sends a command to a trainer and waits for what it answers.
  ///
  /// - Parameters:
  ///   - session: See `SessionTable.target`.
  ///   - limit: How long to wait; nil for what the command usually needs.
  func request(_ command: String, _ payload: JSONValue? = nil, session: String?, within limit: Duration? = nil) async throws -> Answer {
    try await request(command, payload, at: sessions.target(session), within: limit)
  }

  func request(
    _ command: String, _ payload: JSONValue? = nil, at target: SessionTable.Target, within limit: Duration? = nil
  ) async throws -> Answer {
    try await answer(to: begin(command, payload, target), command, within: limit)
  }

  /// Sends a command to several trainers at once, and waits for all.
  ///
  /// - Returns: One outcome for each, in their order.
  func request(
    _ command: String, _ payload: JSONValue?, atAll targets: [SessionTable.Target], within limit: Duration? = nil
  ) async -> [Result<Answer, any Error>] {
    // All are sent before any is waited for: a rank that goes on alone waits for the others for ever.
    let flying = targets.map { target in Result { try begin(command, payload, target) } }
    return await withTaskGroup(of: (Int, Result<Answer, any Error>).self) { group in
      for (index, flight) in flying.enumerated() {
        group.addTask {
          do {
            return (index, .success(try await self.answer(to: flight.get(), command, within: limit)))
          } catch {
            return (index, .failure(error))
          }
        }
      }
      var outcomes: [Int: Result<Answer, any Error>] = [:]
      for await (index, outcome) in group { outcomes[index] = outcome }
      return targets.indices.compactMap { outcomes[$0] }
    }
  }

  /// Asks a trainer for a sign of life. Any reply is one: the original trainer does not know the command and says so at once.
  func ping(_ session: String?, within limit: Duration? = nil) async throws -> (session: String, milliseconds: Double) {
    let target = try sessions.target(session)
    return (target.session, try await line(of: begin("ping", nil, target), "ping", within: limit).milliseconds)
  }

  private func begin(_ command: String, _ payload: JSONValue?, _ target: SessionTable.Target) throws -> Flying {
    let began = MonotonicClock.now
    let run = sessions[target.session]?.run
    let id = requests.open(command, payload, to: target, run: run)
    // Noted first: the answer may be here before the sending returns.
    sessions.sent(Session.Outstanding(id: id, command: command, connection: target.connection), to: target.session)
    do { try send(WireCommand.line(command, payload: payload, id: id), id, target) } catch {
      sessions.forgetRequest(id, to: target.session)
      throw error
    }
    if CommandTraits.takesLong(command) { tellNews() }
    return Flying(id: id, target: target, began: began, run: run)
  }

  private func answer(to flying: Flying, _ command: String, within limit: Duration?) async throws -> Answer {
    let line: [UInt8]
    let milliseconds: Double
    do {
      (line, milliseconds) = try await self.line(of: flying, command, within: limit)
    } catch let failure as PluginFailure {
      // The reply to a stop is usually lost with the script that ends: the end is the answer.
      guard command == "stop", failure.code == "connection_lost" else { throw failure }
      return Answer(
        session: flying.target.session, data: ["status": "ended"], milliseconds: Double(MonotonicClock.now - flying.began) / 1e6,
        key: flying.id)
    }
    let data = try TrainerReply(line, to: command).data
    let paths = TrainerPaths.absolute(data, of: command, in: sessions[flying.target.session]?.currentDirectory)
    checkpoints.saw(command, of: flying.run, paths.data)
    return Answer(session: flying.target.session, data: paths.data, milliseconds: milliseconds, asGiven: paths.asGiven, key: flying.id)
  }

  private func line(
    of flying: Flying, _ command: String, within limit: Duration?
  ) async throws -> (line: [UInt8], milliseconds: Double) {
    let line = try await requests.reply(to: flying.id, within: limit ?? CommandLimits.limit(of: command))
    return (line, Double(MonotonicClock.now - flying.began) / 1e6)
  }

  private func send(_ line: [UInt8], _ id: String, _ target: SessionTable.Target) throws {
    switch send(line, to: target.connection) {
    case .queued: return
    case .gone:
      requests.forget(id)
      throw PluginFailure(
        "session '\(target.session)' lost its connection just now; try again when it is back", code: "connection_lost", retryable: true,
        status: .gone)
    case .full:
      requests.forget(id)
      throw PluginFailure(
        "session '\(target.session)' has not read the commands sent before; try again when it has", code: "trainer_not_reading",
        retryable: true, status: .busy)
    }
  }
}
