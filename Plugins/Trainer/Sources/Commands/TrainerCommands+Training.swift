// SPDX-License-Identifier: Apache-2.0
// Trainings begun from here.

internal import Glibc
internal import JSON
internal import PluginSDK

extension TrainerCommands {
  var training: [Command] {
    [
      command("train.start") { input, service in try service.processes.begin(TrainOrder(input)).description },
      command("train.list") { _, service in ["processes": .array(service.processes.list.map(\.description))] },
      command("train.stop") { input, service in
        guard let id = try input.name("id") else { throw input.invalid("name the process as 'id'; 'train.list' shows them") }
        let signal = try input.word("signal", of: Self.signals.keys.sorted()) ?? "TERM"
        let grace = try input.milliseconds("graceMs") ?? .seconds(10)
        return try await service.processes.stop(id, signal: Self.signals[signal] ?? SIGTERM, grace: grace).description
      },
    ]
  }

  private static let signals = ["TERM": SIGTERM, "INT": SIGINT, "HUP": SIGHUP, "KILL": SIGKILL]
}
