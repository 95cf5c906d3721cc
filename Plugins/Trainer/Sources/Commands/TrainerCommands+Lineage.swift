// SPDX-License-Identifier: Apache-2.0
// Commands that bind the trainer to another run: the steps of the one it leaves must not be lost.

internal import JSON
internal import PluginSDK

extension TrainerCommands {
  var lineage: [Command] {
    [
      command("trainer.switch") { input, service in
        guard let run = try input.name("run") else { throw input.invalid("name the run as 'run'") }
        return try await bind("switch_run", to: run, input, service)
      },
      command("trainer.attach") { input, service in try await bind("attach_context", to: input.name("run"), input, service) },
      command("trainer.fork", fork), command("trainer.merge", merge),
    ]
  }

  // MARK: - Switching

  private func bind(_ wire: String, to run: String?, _ input: CommandInput, _ service: TrainerService) async throws -> JSONValue {
    let chosen = try input.name("checkpoint")
    let step = try input.count("step")
    let mayKeepWeights = try input.bool("withoutCheckpoint") == true
    let (save, resume) = (try input.bool("save") != false, try input.bool("resume") == true)
    return try await once(wire, input, service) { target in
      let before = service.sessions[target.session]
      let lineage = Lineage(service: service, target: target)
      var warnings: [String] = []
      var payload: JSONValue = [:]
      payload["run_id"] = run.map { .string($0) }
      var checkpoint = try chosen.map { UsableCheckpoint(path: try lineage.path($0, "checkpoint"), step: step) }
      if checkpoint == nil, !mayKeepWeights, let run = run ?? before?.run {
        checkpoint = try await lineage.checkpoint(of: run, isNeeded: true, &warnings)
      }
      payload["init_ckpt"] = checkpoint.map { .string($0.path) }
      payload["init_step"] = (step ?? checkpoint?.step).map { .integer(Int64($0)) }
      let seeds = try await RunNaming(service: service).seeds()
      payload["fork_counter_init"] = .integer(Int64(seeds.fork))
      payload["merge_counter_init"] = .integer(Int64(seeds.merge))
      let isOther = run != nil && run != before?.run
      var saved: JSONValue?
      if save, isOther { saved = try await lineage.save(before?.run, "switch to '\(run ?? "")'") }
      let answer = try await service.request(wire, payload, at: target, within: input.milliseconds("timeoutMs"))
      if resume { _ = try await service.request("resume", nil, at: target) }
      var result = answer.description(warnings)
      result["run"] = answer.data["run_id"]
      result["checkpoint"] = checkpoint.map { .string($0.path) }
      result["saved"] = saved
      result["seeds"] = ["fork": .integer(Int64(seeds.fork)), "merge": .integer(Int64(seeds.merge))]
      result["resumed"] = .bool(resume)
      return result
    }
  }

  // MARK: - Forking

  private func fork(_ input: CommandInput, _ service: TrainerService) async throws -> JSONValue {
    let selection = try ForkSelection(input)
    let hyperparameters = try Self.hyperparameters(input)
    let (parent, chosenName) = (try input.name("run"), try input.name("name"))
    let resume = try input.bool("resume")
    return try await once("fork", input, service) { target in
      let current = service.sessions[target.session]?.run
      guard let parent = parent ?? current else { throw input.invalid("the session has no run yet; training has not begun") }
      let lineage = Lineage(service: service, target: target)
      var warnings = service.sessions[target.session]?.isLightning == true ? [Self.lightningIgnoresSubsets] : []
      let samples = try await lineage.resolve(selection, in: parent, &warnings)
      // What can be refused is refused before the training is paused.
      let foreign = parent == current ? nil : try await lineage.checkpoint(of: parent, isNeeded: false, &warnings)
      let naming = RunNaming(service: service)
      let name = try await chosenName.asyncMap { try await naming.reserve($0, &warnings) }.orElse {
        try await naming.next("fork", &warnings)
      }
      var payload = samples.payload
      payload["parent_run_id"] = .string(parent)
      payload["owner_run_id"] = .string(parent)
      payload["run_name"] = .string(name)
      payload["hparams"] = hyperparameters
      return try await naming.keeping(name) { [payload, warnings] in
        try await PausedWork(service: service, target: target, resume: resume).run("fork '\(name)' of '\(parent)'") { pause in
          var payload = payload
          let checkpoint = parent == current ? pause.checkpoint : foreign
          payload["parent_ckpt_path"] = checkpoint.map { .string($0.path) }
          let answer = try await service.request("fork", payload, at: target, within: input.milliseconds("timeoutMs"))
          let count = answer.data["subset_indices"]?.arrayValue?.count ?? 0
          var result = answer.withoutLongArrays.description(warnings)
          result["run"] = answer.data["new_run"]
          result["parent"] = .string(parent)
          result["checkpoint"] = checkpoint.map { .string($0.path) }
          result["samples"] = .integer(Int64(count))
          result["selected"] = .string(samples.name(of: selection))
          return result
        }
      }
    }
  }

  private static let lightningIgnoresSubsets =
    "under Lightning the chosen samples do not reach the loader that was given to 'fit': the fork trains on all of them"

  private static func hyperparameters(_ input: CommandInput) throws -> JSONValue? {
    guard let given = try input.members("hparams") else { return nil }
    for name in given.memberNames where !["lr_mul", "wd_mul"].contains(name) {
      throw input.invalid(
        "'hparams.\(name)' would be ignored by the trainer without a word: it takes only 'lr_mul' and 'wd_mul', factors of the learning rate "
          + "and the weight decay")
    }
    var result: [String: JSONValue] = [:]
    for name in given.memberNames {
      guard let factor = try given.number(name), factor > 0 else { throw input.invalid("'hparams.\(name)' must be above zero") }
      result[name] = .number(factor)
    }
    return .object(result)
  }

  // MARK: - Merging

  private func merge(_ input: CommandInput, _ service: TrainerService) async throws -> JSONValue {
    let strategy = try input.string("strategy") ?? "swa"
    guard ["swa", "fisher", "adapter"].contains(strategy) else {
      throw input.invalid(
        "the trainer knows no strategy '\(strategy)' and would average as for 'swa' without a word; give 'swa', 'fisher' or 'adapter'")
    }
    let (parents, files) = (try input.names("parents") ?? [], try input.names("paths") ?? [])
    guard parents.count + files.count >= 2 else {
      throw input.invalid("give at least two runs as 'parents', or checkpoint files as 'paths'")
    }
    guard Set(parents).count == parents.count else { throw input.invalid("a run stands twice in 'parents'") }
    let (chosenName, resume) = (try input.name("name"), try input.bool("resume"))
    return try await once("merge", input, service) { target in
      let lineage = Lineage(service: service, target: target)
      let current = service.sessions[target.session]?.run
      var warnings = strategy == "fisher" ? ["the trainer has no Fisher information: 'fisher' averages as 'swa' does"] : []
      let found = try await lineage.checkpoints(of: parents.filter { $0 != current }, &warnings)
      let given = try files.map { try lineage.path($0, "paths") }
      let naming = RunNaming(service: service)
      let name = try await chosenName.asyncMap { try await naming.reserve($0, &warnings) }.orElse {
        try await naming.next("merge", &warnings)
      }
      return try await naming.keeping(name) { [warnings] in
        try await PausedWork(service: service, target: target, resume: resume).run("merge '\(name)'") { pause in
          var payload: JSONValue = ["strategy": .string(strategy), "new_name": .string(name)]
          if !parents.isEmpty { payload["parents"] = .array(parents.map { .string($0) }) }
          if let paths = try lineage.paths(of: parents, current, pause, found, given) {
            payload["paths"] = .array(paths.map { .string($0) })
          }
          let answer = try await service.request("merge", payload, at: target, within: input.milliseconds("timeoutMs"))
          var result = answer.description(warnings)
          result["run"] = answer.data["new_run"]
          result["parents"] = .array(parents.map { .string($0) })
          return result
        }
      }
    }
  }
}

extension Optional {
  /// The value, or one that is made for the lack of it.
  fileprivate func orElse(_ body: () async throws -> Wrapped) async rethrows -> Wrapped {
    if let self { return self }
    return try await body()
  }
}
