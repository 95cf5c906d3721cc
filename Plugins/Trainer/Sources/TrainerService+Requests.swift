// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

extension TrainerService {
  /// A trainer's answer.
  struct Answer: Sendable {
    var session: String
    var data: JSONValue
    var milliseconds: Double

    var description: JSONValue { ["session": .string(session), "data": data, "milliseconds": .number(milliseconds)] }
  }

  /// Sends a command to a trainer and waits for what it answers.
  ///
  /// - Parameters:
  ///   - session: See `SessionTable.target`.
  ///   - limit: How long to wait; nil for what the command usually needs.
  func request(_ command: String, _ payload: JSONValue? = nil, session: String?, within limit: Duration? = nil) async throws -> Answer {
    let target = try sessions.target(session)
    let (line, milliseconds) = try await exchange(command, payload, target, within: limit)
    let data = try TrainerReply(line, to: command).data
    if data["paused"]?.boolValue == true { sessions.wasPaused(target.session) }
    return Answer(session: target.session, data: data, milliseconds: milliseconds)
  }

  /// Asks a trainer for a sign of life. Any reply is one: the original trainer does not know the command and says so at once.
  func ping(_ session: String?, within limit: Duration? = nil) async throws -> (session: String, milliseconds: Double) {
    let target = try sessions.target(session)
    return (target.session, try await exchange("ping", nil, target, within: limit).milliseconds)
  }

  private func exchange(
    _ command: String, _ payload: JSONValue?, _ target: SessionTable.Target, within limit: Duration?
  ) async throws -> (line: [UInt8], milliseconds: Double) {
    let began = MonotonicClock.now
    let id = requests.open(command, to: target)
    try send(WireCommand.line(command, payload: payload, id: id), id, target)
    let line = try await requests.reply(to: id, within: limit ?? CommandLimits.limit(of: command))
    return (line, Double(MonotonicClock.now - began) / 1e6)
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
