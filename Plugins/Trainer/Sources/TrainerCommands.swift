// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The plugin's commands: what each reads, does and answers.
struct TrainerCommands: Sendable {
  /// Gives the running service; throws before the start.
  let service: @Sendable () throws -> TrainerService

  var all: [Command] {
    [
      command("trainer.list", list),
      command("trainer.request", request),
      command("trainer.pause") { input, service in try await self.send("pause", input, service, passing: ["reason"]) },
      command("trainer.resume") { input, service in try await self.send("resume", input, service) },
      command("trainer.stop") { input, service in try await self.send("stop", input, service) },
      command("trainer.ping", ping),
    ]
  }

  private func command(
    _ name: String, _ body: @escaping @Sendable (CommandInput, TrainerService) async throws -> JSONValue
  ) -> Command {
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
      "pendingRequests": .integer(Int64(service.requests.count)), "counters": service.counters.description,
      "spool": ["memoryBytes": .integer(Int64(usage.memoryBytes)), "fileBytes": .integer(Int64(usage.fileBytes))],
    ]
  }

  private func request(_ input: CommandInput, _ service: TrainerService) async throws -> JSONValue {
    guard let name = try input.string("cmd"), !name.isEmpty else {
      throw PluginFailure("cannot send a request without a name: give the trainer's command as 'cmd'", status: .invalid)
    }
    try refuseUnconfirmed(name, input)
    return try await service.request(
      name, input.object("payload"), session: input.string("session"), within: input.milliseconds("timeoutMs")
    ).description
  }

  private func send(
    _ name: String, _ input: CommandInput, _ service: TrainerService, passing members: [String] = []
  ) async throws -> JSONValue {
    let passed = members.compactMap { member in input[member].map { (member, $0) } }
    let payload = passed.isEmpty ? JSONValue?.none : .object(Dictionary(uniqueKeysWithValues: passed))
    return try await service.request(name, payload, session: input.string("session"), within: input.milliseconds("timeoutMs")).description
  }

  private func ping(_ input: CommandInput, _ service: TrainerService) async throws -> JSONValue {
    let (session, milliseconds) = try await service.ping(input.string("session"), within: input.milliseconds("timeoutMs"))
    return ["session": .string(session), "alive": true, "milliseconds": .number(milliseconds)]
  }

  /// Two commands do harm that cannot be undone: one deletes the user's files, the other ends the training.
  private func refuseUnconfirmed(_ name: String, _ input: CommandInput) throws {
    guard let harm = Self.harm[name], try input.string("confirm") != name else { return }
    throw PluginFailure(
      "'\(name)' \(harm); if that is what you want, repeat it with 'confirm' set to '\(name)'", code: "not_confirmed", status: .denied)
  }

  private static let harm = [
    "clean_disk": "deletes every file in the trainer's save folder, also those it did not write",
    "enforce_version": "ends the training with an error in the user's script",
  ]
}
