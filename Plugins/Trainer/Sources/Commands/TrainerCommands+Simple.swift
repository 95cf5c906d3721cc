// SPDX-License-Identifier: Apache-2.0
// Commands that are one request to one trainer.

internal import JSON
internal import PluginSDK

extension TrainerCommands {
  var simple: [Command] {
    [
      passing("trainer.info", "server_info") { _, _ in nil },
      passing("trainer.save", "save_ckpt") { _, _ in nil },
      passing("trainer.load", "load_ckpt") { input, directory in
        guard let path = try input.name("path") else { throw input.invalid("give the checkpoint's file as 'path'") }
        return ["path": .string(try TrainerPaths.toSend(path, "path", in: directory))]
      },
      passing("trainer.export_subset", "export_subset", Self.exportSubset),
      passing("trainer.prepare_export", "prepare_export") { input, directory in
        try input.name("dir").map { ["dir": .string(try TrainerPaths.toSend($0, "dir", in: directory)), "latest_only": true] }
      },
      passing("trainer.spill_all", "spill_all") { input, directory in
        guard let path = try input.name("dir") else { throw input.invalid("give the folder as 'dir'") }
        return ["dir": .string(try TrainerPaths.toSend(path, "dir", in: directory))]
      },
      passing("trainer.propose_subsets", "propose_subsets") { _, _ in nil },
      passing("trainer.seeds", "set_counter_seeds") { input, _ in
        [
          "fork_counter_init": .integer(Int64(try input.count("fork") ?? 0)),
          "merge_counter_init": .integer(Int64(try input.count("merge") ?? 0)),
        ]
      },
      passing("trainer.clean_disk", "clean_disk") { _, _ in nil },
      passing("trainer.enforce_version", "enforce_version") { input, _ in
        ["message": .string(try input.name("message") ?? "ended by the dashboard: this version of the trainer is not supported")]
      },
    ]
  }

  private func passing(
    _ name: String, _ wire: String, _ payload: @escaping @Sendable (CommandInput, _ directory: String?) throws -> JSONValue?
  ) -> Command {
    command(name) { input, service in
      try await once(wire, input, service) { target in
        let payload = try payload(input, service.sessions[target.session]?.currentDirectory)
        return try await service.request(wire, payload, at: target, within: input.milliseconds("timeoutMs")).withoutLongArrays.description
      }
    }
  }

  private static func exportSubset(_ input: CommandInput, _ directory: String?) throws -> JSONValue? {
    var payload: JSONValue = ["format": .string(try input.word("format", of: ["parquet", "csv", "feather"]) ?? "parquet")]
    payload["run_id"] = try input.name("run").map { .string($0) }
    payload["out_path"] = try input.name("path").map { .string(try TrainerPaths.toSend($0, "path", in: directory)) }
    guard let indices = try input.indices("indices") else { return payload }
    guard !indices.isEmpty else { throw input.invalid("'indices' is empty; leave it out to export the run's own samples") }
    payload["subset_indices"] = .array(indices.map { .integer(Int64($0)) })
    return payload
  }
}

extension TrainerService.Answer {
  /// More values than this are not worth carrying through the host: the store has them.
  private static let mostValues = 100_000
  private static let arrays = ["losses", "sample_indices", "subset_indices"]

  /// With the number of values instead of arrays that are too long to carry.
  var withoutLongArrays: Self {
    var answer = self
    for name in Self.arrays {
      guard let count = data[name]?.arrayValue?.count, count > Self.mostValues else { continue }
      answer.data[name] = nil
      answer.data[name + "_count"] = .integer(Int64(count))
    }
    return answer
  }
}
