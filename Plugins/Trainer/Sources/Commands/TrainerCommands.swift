// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The plugin's commands: what each reads, does and answers.
struct TrainerCommands: Sendable {
  typealias Body = @Sendable (CommandInput, TrainerService) async throws -> JSONValue

  /// Gives the running service; throws before the start.
  let service: @Sendable () throws -> TrainerService

  var all: [Command] { general + simple + lineage + guarded + training }

  private var general: [Command] {
    [
      command("trainer.list", list), command("trainer.request", request), command("trainer.ping", ping),
      command("trainer.pause") { input, service in try await self.sendToRanks("pause", input, service, passing: ["reason"]) },
      command("trainer.resume") { input, service in try await self.sendToRanks("resume", input, service) },
      command("trainer.stop") { input, service in try await self.sendToRanks("stop", input, service) },
    ]
  }

  func command(_ name: String, _ body: @escaping Body) -> Command {
    .bytes(name) { payload, _ in Payload(bytes: try await body(CommandInput(payload, of: name), service()).bytes()) }
  }

  /// How many sessions without a connection are listed unless all are asked for.
  private static let listedUnconnected = 20

  // MARK: - Bodies

  private func list(_ input: CommandInput, _ service: TrainerService) async throws -> JSONValue {
    let sessions = try service.sessions.list(mostUnconnected: input.bool("all") == true ? .max : Self.listedUnconnected)
    let usage = service.spool.usage
    return [
      "host": .string(service.address.host), "port": .integer(Int64(service.address.port)),
      "sessions": .array(sessions.map(\.description)), "connections": .array(service.sessions.connections.map(\.description)),
      "groups": .array(service.sessions.groups.map(Self.group)),
      "pendingRequests": .integer(Int64(service.requests.count)), "counters": service.counters.description,
      "spool": ["memoryBytes": .integer(Int64(usage.memoryBytes)), "fileBytes": .integer(Int64(usage.fileBytes))],
    ]
  }

  private static func group(_ sessions: [Session]) -> JSONValue {
    ["group": .string(sessions[0].group ?? ""), "run": .string(sessions[0].run ?? ""), "sessions": .array(sessions.map { .string($0.id) })]
  }

  private func request(_ input: CommandInput, _ service: TrainerService) async throws -> JSONValue {
    guard let name = try input.string("cmd"), !name.isEmpty else {
      throw PluginFailure("cannot send a request without a name: give the trainer's command as 'cmd'", status: .invalid)
    }
    let payload = try input.object("payload")
    if CommandTraits.isForAllRanks(name) { return try await sendToRanks(name, payload, input, service) }
    return try await once(name, input, service) { target in
      let answer = try await service.request(name, payload, at: target, within: input.milliseconds("timeoutMs"))
      return answer.withoutLongArrays.description
    }
  }

  /// Sends a command to all ranks of a run, with some members of the input as its payload.
  private func sendToRanks(
    _ name: String, _ input: CommandInput, _ service: TrainerService, passing members: [String] = []
  ) async throws -> JSONValue {
    let passed = members.compactMap { member in input[member].map { (member, $0) } }
    let payload = passed.isEmpty ? JSONValue?.none : .object(Dictionary(uniqueKeysWithValues: passed))
    return try await sendToRanks(name, payload, input, service)
  }

  private func sendToRanks(
    _ name: String, _ payload: JSONValue?, _ input: CommandInput, _ service: TrainerService
  ) async throws -> JSONValue {
    let targets = try service.sessions.ranks(input.string("session") ?? input.string("run"), isAlone: input.bool("only") == true)
    let limit = try input.milliseconds("timeoutMs")
    let send = { @Sendable in
      let outcomes = await service.request(name, payload, together: targets, within: limit)
      return try RankAnswer.of(name, targets, outcomes)
    }
    guard CommandTraits.isJoined(name) else { return try await send() }
    let key = ([name] + targets.map(\.session)).joined(separator: "\u{0}")
    return try await service.flights.joined(key, send)
  }

  private func ping(_ input: CommandInput, _ service: TrainerService) async throws -> JSONValue {
    let (session, milliseconds) = try await service.ping(input.string("session"), within: input.milliseconds("timeoutMs"))
    return ["session": .string(session), "alive": true, "milliseconds": .number(milliseconds)]
  }

  // MARK: - Guards

  /// Does something to a session, unless it does harm that nobody confirmed, or is being done already.
  ///
  /// - Parameter name: The trainer's command.
  func once(
    _ name: String, _ input: CommandInput, _ service: TrainerService, _ body: (SessionTable.Target) async throws -> JSONValue
  ) async throws -> JSONValue {
    _ = try input.milliseconds("timeoutMs")
    if let harm = CommandTraits.harm(name) { try refuse(name, harm, unlessConfirmedIn: input) }
    let run = input.command == "trainer.request" ? try input.string("run") : nil
    let target = try service.sessions.target(input.string("session") ?? run)
    let session = service.sessions[target.session]
    if CommandTraits.guardKey(name) == "test", session?.isLightning == true {
      try refuse(
        name, "in the middle of a training under Lightning ends the training with an error at the next resume", unlessConfirmedIn: input)
    }
    guard let key = CommandTraits.guardKey(name) else { return try await body(target) }
    return try await service.flights.alone(key, target.session, as: name) {
      // One that was given up may still be carried out.
      if session?.outstanding.contains(where: { CommandTraits.guardKey($0.command) == key }) == true {
        throw FlightTable.inFlight(name, target.session)
      }
      return try await body(target)
    }
  }

  private func refuse(_ name: String, _ harm: String, unlessConfirmedIn input: CommandInput) throws {
    guard try input.string("confirm") != name else { return }
    throw PluginFailure(
      "'\(name)' \(harm); if that is what you want, repeat it with 'confirm' set to '\(name)'", code: "not_confirmed", status: .denied)
  }
}
