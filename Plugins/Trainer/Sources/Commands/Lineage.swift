// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// What a fork, a merge or a switch has to find out first.
struct Lineage: Sendable {
  let service: TrainerService
  let target: SessionTable.Target

  private var directory: String? { service.sessions[target.session]?.currentDirectory }

  /// A path that a person gave, as the trainer gets it.
  func path(_ path: String, _ member: String) throws -> String { try TrainerPaths.toSend(path, member, in: directory) }

  /// The newest checkpoint of a run.
  ///
  /// - Parameter isNeeded: Whether nothing else finds one, so that none is a failure.
  /// - Returns: Nil, with a warning, when nobody keeps records and the trainer may find one itself.
  func checkpoint(of run: String, isNeeded: Bool, _ warnings: inout [String]) async throws -> UsableCheckpoint? {
    let found = try await service.ledger.newestCheckpoint(of: run)
    if let checkpoint = found.checkpoint { return checkpoint }
    if !found.isKept {
      warnings.add(RunNaming.unrecorded)
      if let seen = service.checkpoints.newest(of: run) { return seen }
      if !isNeeded {
        warnings.add("no checkpoint of '\(run)' is known: the trainer looks for one in its save folder, or else takes the weights it has")
        return nil
      }
    }
    throw PluginFailure(
      "run '\(run)' has no checkpoint that can be loaded: none is known whose file, or a kept copy of it, is there; for a switch, give one as "
        + "'checkpoint', or 'withoutCheckpoint' to go on with the weights the trainer has",
      code: "no_checkpoint", status: .notFound)
  }

  /// The newest checkpoint of each run.
  ///
  /// - Throws: Naming all those that have none.
  func checkpoints(of runs: [String], _ warnings: inout [String]) async throws -> [String: UsableCheckpoint] {
    var found: [String: UsableCheckpoint] = [:]
    var without: [String] = []
    for run in runs {
      let answer = try await service.ledger.newestCheckpoint(of: run)
      found[run] = answer.isKept ? answer.checkpoint : service.checkpoints.newest(of: run)
      if answer.checkpoint == nil, answer.isKept { without.append("'\(run)'") }
      if !answer.isKept { warnings.add(RunNaming.unrecorded) }
    }
    guard without.isEmpty else {
      throw PluginFailure(
        "cannot merge: \(without.joined(separator: ", ")) \(without.count == 1 ? "has" : "have") no checkpoint that can be loaded; pause or "
          + "save while that run is trained, or give files as 'paths'", code: "no_checkpoint", status: .notFound)
    }
    return found
  }

  /// The files to merge; nil leaves the search to the trainer.
  func paths(
    of parents: [String], _ current: String?, _ pause: PausedWork.Pause, _ found: [String: UsableCheckpoint], _ given: [String]
  ) throws -> [String]? {
    let known = parents.compactMap { parent in parent == current ? pause.checkpoint?.path : found[parent]?.path }
    guard known.count < parents.count else { return known + given }
    guard given.isEmpty else {
      throw PluginFailure(
        "cannot merge runs and files together: the checkpoints of some 'parents' are not known here; give all as 'paths'", status: .invalid)
    }
    return nil
  }

  /// Pauses the run that is left and has it saved.
  func save(_ run: String?, _ reason: String) async throws -> JSONValue {
    let pause = try await service.request("pause", ["reason": .string(reason)], at: target)
    var saved: JSONValue = ["step": pause.data["step"] ?? .null]
    saved["run"] = run.map { .string($0) }
    if let path = pause.data["ckpt"], !path.isNull {
      saved["checkpoint"] = path
      return saved
    }
    let answer = try await service.request("save_ckpt", nil, at: target)
    guard let path = answer.data["path"], !path.isNull else {
      throw PluginFailure(
        "did not switch: the run\(run.map { " '\($0)'" } ?? "") was paused, but the trainer wrote no checkpoint of it, and its steps since the "
          + "last one would be lost; resume it, or repeat with 'save' set to false", code: "not_saved")
    }
    saved["checkpoint"] = path
    return saved
  }

  /// Turns a region into the samples that a person saw in the newest report.
  func resolve(_ selection: ForkSelection, in run: String, _ warnings: inout [String]) async throws -> ForkSelection {
    guard case .region(let least, let most) = selection else { return selection }
    guard let found = try await RegionSamples.find(in: run, least, most, service.ledger) else {
      warnings.add(
        "there is no recorded report of '\(run)': the trainer scans the samples itself, in training mode, and may pick others than a report shows"
      )
      return selection
    }
    guard !found.indices.isEmpty else {
      throw PluginFailure(
        "no sample of the newest report of '\(run)' has a loss from \(least) to \(most); choose another region", code: "empty_region",
        status: .invalid)
    }
    return .indices(found.indices)
  }
}

extension ForkSelection {
  /// How the samples were chosen in the end, for the answer.
  func name(of asked: ForkSelection) -> String {
    switch (self, asked) {
    case (.indices, .region): "the samples of the newest report"
    case (.indices, _): "the given samples"
    case (.region, _): "a scan by the trainer"
    case (.everything, _): "all samples of the current loader"
    case (.other, _): "a scan by the trainer"
    }
  }
}

extension [String] {
  /// Appends a sentence that is not there yet.
  mutating func add(_ sentence: String) { if !contains(sentence) { append(sentence) } }
}
