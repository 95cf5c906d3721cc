// SPDX-License-Identifier: Apache-2.0
// Commands that need the training to stand still, or that must not be done twice.

internal import JSON
internal import PluginSDK

extension TrainerCommands {
  var guarded: [Command] {
    [
      command("trainer.test", test), command("trainer.report", report), command("trainer.reset", reset),
    ]
  }

  private func test(_ input: CommandInput, _ service: TrainerService) async throws -> JSONValue {
    let isNow = try input.bool("now") == true
    let wire = isNow ? "test_now" : "test"
    var payload: JSONValue = ["label": .string(try input.name("label") ?? (isNow ? "final" : "manual"))]
    if !isNow { payload["source"] = "manual" }
    return try await once(wire, input, service) { target in
      try await service.request(wire, payload, at: target, within: input.milliseconds("timeoutMs")).description
    }
  }

  // MARK: - Reports

  private func report(_ input: CommandInput, _ service: TrainerService) async throws -> JSONValue {
    var payload: JSONValue = ["subset_on": .string(try input.word("subset_on", of: ["train", "val"]) ?? "train")]
    payload["owner_run_id"] = try input.name("run").map { .string($0) }
    payload["subset_indices"] = try input.indices("indices").map { .array($0.map { .integer(Int64($0)) }) }
    let resume = try input.bool("resume")
    let limit = try input.milliseconds("timeoutMs")
    return try await once("generate_report", input, service) { [payload] target in
      try await PausedWork(service: service, target: target, resume: resume).run("report") { _ in
        try await Self.summary(service.request("generate_report", payload, at: target, within: limit))
      }
    }
  }

  /// A report of hundred thousands of samples is recorded, not carried about: the answer tells what is in it.
  private static func summary(_ answer: TrainerService.Answer) -> JSONValue {
    let losses = answer.data["losses"]?.arrayValue ?? []
    let finite = losses.compactMap(\.doubleValue).filter(\.isFinite).sorted()
    let meta = answer.data["meta"]
    var summary: JSONValue = [
      "session": .string(answer.session), "milliseconds": .number(answer.milliseconds), "samples": .integer(Int64(losses.count)),
      "nulls": .integer(Int64(losses.count - finite.count)),
      "note": "the losses and their samples are recorded: 'runs.report' gives them, page by page",
    ]
    summary["run"] = answer.data["owner_run_id"]
    for member in ["subset_on", "at_step", "at_epoch", "subset_count"] { summary[member] = meta?[member] }
    summary["trainerNote"] = meta?["note"]
    summary["checkpoint"] = meta?["owner_ckpt_path"]
    summary["key"] = answer.key.map { .string($0) }
    guard let least = finite.first, let most = finite.last else { return summary }
    summary["min"] = .number(least)
    summary["max"] = .number(most)
    summary["mean"] = .number(finite.reduce(0, +) / Double(finite.count))
    summary["median"] = .number((finite[(finite.count - 1) / 2] + finite[finite.count / 2]) / 2)
    return summary
  }

  // MARK: - Reset

  private func reset(_ input: CommandInput, _ service: TrainerService) async throws -> JSONValue {
    let chosen = try input.name("name")
    var payload: JSONValue = ["reason": .string(try input.string("reason") ?? "manual")]
    let limit = try input.milliseconds("timeoutMs")
    return try await once("reset_session", input, service) { target in
      var warnings: [String] = []
      let naming = RunNaming(service: service)
      let name = try await chosen.asyncMap { try await naming.reserve($0, &warnings) }
      payload["run_name"] = name.map { .string($0) }
      let answer = try await naming.keeping(name) { try await service.request("reset_session", payload, at: target, within: limit) }
      return answer.description(warnings)
    }
  }
}

extension Optional {
  func asyncMap<Result>(_ body: (Wrapped) async throws -> Result) async rethrows -> Result? {
    guard let self else { return nil }
    return try await body(self)
  }
}

extension TrainerService.Answer {
  func description(_ warnings: [String]) -> JSONValue {
    var answer = description
    if !warnings.isEmpty { answer["warnings"] = .array(warnings.map { .string($0) }) }
    return answer
  }
}
