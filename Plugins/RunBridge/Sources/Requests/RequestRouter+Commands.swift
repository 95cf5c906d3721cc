// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

extension RequestRouter {
  /// How long a command may take when the script does not say.
  private static let ordinaryTimeout = Duration.seconds(10)

  private enum Permission {
    case granted(AuditDecision, by: String?)
    case refused(AuditDecision, by: String?, RequestFailure)
  }

  func execute(_ request: BridgeRequest, _ caller: Caller) async throws -> JSONValue {
    let command = try request.params.neededText("command")
    guard command.utf8.count <= CommandName.longest else {
      throw RequestFailure("there is no command '\(command.clipped(50))': names have at most \(CommandName.longest) bytes")
    }
    let arguments = try Self.arguments(request.params["args"])
    let deadline = request.deadline ?? .now + Self.ordinaryTimeout
    let began = ContinuousClock.now
    let record = AuditRecord()
    do {
      let result = try await Within.run(deadline, or: RequestFailure("Command timeout")) { [self] in
        try await permit(command, arguments, request, caller, record)
        return try await perform(command, arguments, caller, deadline)
      }
      audit.finish(await record.number, "ok", after: began.duration(to: .now))
      return ["result": result]
    } catch {
      let failure = Self.failure(error)
      if await !record.isWritten { await note(.undecided, by: nil, command, request, caller, record) }
      audit.finish(await record.number, failure.message.clipped(500), after: began.duration(to: .now))
      if error is CancellationError { throw error }
      throw failure
    }
  }

  private static func arguments(_ value: JSONValue?) throws(RequestFailure) -> [JSONValue] {
    guard let value, value != .null else { return [] }
    guard let list = value.arrayValue else { throw RequestFailure("'args' must be a list") }
    return list
  }

  /// Errors in the words a script gets.
  private static func failure(_ error: any Error) -> RequestFailure {
    switch error {
    case let failure as RequestFailure: failure
    case let failure as PluginFailure: RequestFailure(failure.message)
    case is CancellationError: RequestFailure("cancelled")
    default: RequestFailure("\(error)")
    }
  }

  // MARK: - May it

  private func permit(
    _ command: String, _ arguments: [JSONValue], _ request: BridgeRequest, _ caller: Caller, _ record: AuditRecord
  ) async throws {
    switch try await permission(command, arguments, caller) {
    case .granted(let decision, let by): await note(decision, by: by, command, request, caller, record)
    case .refused(let decision, let by, let failure):
      await note(decision, by: by, command, request, caller, record)
      throw failure
    }
  }

  private func note(
    _ decision: AuditDecision, by: String?, _ command: String, _ request: BridgeRequest, _ caller: Caller, _ record: AuditRecord
  ) async {
    await record.set(await audit.write(AuditEntry(request.type, command, decision, for: caller, by: by)))
  }

  private func permission(_ command: String, _ arguments: [JSONValue], _ caller: Caller) async throws -> Permission {
    if CommandName.reserved.contains(command) {
      return .refused(.reserved, by: nil, RequestFailure("no script may execute '\(command)': it is for fronts"))
    }
    if caller.scopes.allowsCommand(command) { return .granted(.scope, by: nil) }
    if settings.allows(command) { return .granted(.configuration, by: nil) }
    switch try await consents.verdict(on: command, .array(arguments), for: caller) {
    case .allowed(let by): return .granted(.consent, by: by)
    case .denied(let by): return .refused(.denied, by: by, Self.denied(command, caller, by))
    case .nobody: return .refused(.unattended, by: nil, Self.unattended(command, caller))
    }
  }

  private static func denied(_ command: String, _ caller: Caller, _ by: String?) -> RequestFailure {
    RequestFailure(
      "the run '\(caller.name)' may not execute '\(command)': it was denied\(by.map { " at '\($0)'" } ?? ""); "
        + "'jackfield call bridge.revoke' takes that back")
  }

  private static func unattended(_ command: String, _ caller: Caller) -> RequestFailure {
    RequestFailure(
      "the run '\(caller.name)' may not execute '\(command)', and nobody is attached who could allow it: attach with 'jackfield attach', "
        + "begin the run with '--scope \(command)', or name it in 'allow' of the run-bridge settings")
  }

  // MARK: - Do it

  private func perform(
    _ command: String, _ arguments: [JSONValue], _ caller: Caller, _ deadline: ContinuousClock.Instant
  ) async throws -> JSONValue {
    let question = FrontQuestion(
      kind: .command, body: ["command": .string(command), "args": .array(arguments)], command: command)
    // A little later than the request itself, which ends in words of its own.
    if let answer = try await fronts.ask(question, for: caller, until: deadline + .milliseconds(250), part: { _ in }) {
      return answer["result"] ?? .null
    }
    guard CommandName.isOurs(command) else { throw Self.unknown(command) }
    let input = try Self.input(arguments, of: command)
    do {
      return try await commands.call(command, input, timeout: max(.milliseconds(1), deadline - .now))
    } catch {
      guard let failure = error as? PluginFailure else { throw error }
      if failure.status == .deadline { throw RequestFailure("Command timeout") }
      if failure.message.hasPrefix("cannot call '\(command)': no plugin offers it") { throw Self.unknown(command) }
      throw failure
    }
  }

  private static func unknown(_ command: String) -> RequestFailure {
    RequestFailure("there is no command '\(command)': neither a plugin nor an attached front offers it; see 'jackfield commands'")
  }

  private static func input(_ arguments: [JSONValue], of command: String) throws(RequestFailure) -> JSONValue {
    if arguments.isEmpty { return [:] }
    if arguments.count == 1, arguments[0].objectValue != nil { return arguments[0] }
    throw RequestFailure(
      "cannot execute '\(command)' with \(arguments.count) argument\(arguments.count == 1 ? "" : "s"): a command of Jackfield takes one "
        + "object, or nothing; see 'jackfield commands'")
  }
}
