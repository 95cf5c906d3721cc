// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// One answer for all ranks of a run.
enum RankAnswer {
  /// Puts together what the ranks said to one command.
  ///
  /// - Returns: The first rank's answer; with more than one, those of all as `ranks`.
  /// - Throws: What the only rank failed with, or how many of several failed.
  static func of(
    _ command: String, _ targets: [SessionTable.Target], _ outcomes: [Result<TrainerService.Answer, any Error>]
  ) throws -> JSONValue {
    try Task.checkCancellation()
    guard targets.count > 1 else { return try outcomes[0].get().description }
    let ranks = JSONValue.array(zip(targets, outcomes).map(description))
    let answers = outcomes.compactMap { try? $0.get() }
    guard answers.count == targets.count else { throw failure(command, targets, outcomes, ranks) }
    var answer = answers[0].description
    answer["milliseconds"] = .number(answers.map(\.milliseconds).max() ?? 0)
    answer["ranks"] = ranks
    return answer
  }

  private static func description(_ target: SessionTable.Target, _ outcome: Result<TrainerService.Answer, any Error>) -> JSONValue {
    switch outcome {
    case .success(let answer):
      var members = answer.description
      members["ok"] = true
      return members
    case .failure(let error): return ["session": .string(target.session), "ok": false, "error": .string("\(error)")]
    }
  }

  private static func failure(
    _ command: String, _ targets: [SessionTable.Target], _ outcomes: [Result<TrainerService.Answer, any Error>], _ ranks: JSONValue
  ) -> PluginFailure {
    var reasons: [String] = []
    for (target, outcome) in zip(targets, outcomes) {
      if case .failure(let error) = outcome { reasons.append("session '\(target.session)': \(error)") }
    }
    let data: JSONValue = ["ranks": ranks]
    return PluginFailure(
      "'\(command)' failed in \(reasons.count) of \(targets.count) ranks, the others carried it out; \(reasons.joined(separator: "; "))",
      code: "rank_failed", retryable: true, data: data)
  }
}
